"""How far an import has come, written in the transaction of each chunk, so that a killed one goes on where it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from relata.engine.storage.planner import quoted
from relata.engine.transfer.report import MESSAGES, Note
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

#: The second pass, in which links within the file's own object are set.
LINKS = 2


@dataclass(slots=True)
class State:
    """position: the number of the last row that is done in this pass. digest: of the file."""

    id: UUID
    object: str
    digest: str
    position: int
    number: int
    counts: Counter[str]
    is_finished: bool


async def begin(work: Workspace, import_id: UUID, object_name: str, digest: str) -> State:
    """A new import."""
    await work.unit.connection.execute(
        f"insert into {quoted(work.context.schema)}._import (id, object, digest, actor) values (%s, %s, %s, %s)",
        (import_id, object_name, digest, work.actor.user),
    )
    return State(import_id, object_name, digest, 1, 1, Counter(), False)


async def load(work: Workspace, import_id: UUID) -> State:
    """An import that was begun; NotFound for one of somebody else."""
    row = await work.unit.connection.fetch_one(
        "select object, digest, position, pass, counts, finished_at is not null, actor"
        f" from {quoted(work.context.schema)}._import where id = %s",
        (import_id,),
    )
    if row is None or (work.actor.user is not None and row[6] != work.actor.user):
        raise NotFound(_("There is no such import."), code="unknown_import")
    return State(import_id, row[0], row[1], row[2], row[3], Counter(row[4]), row[5])


async def save(work: Workspace, state: State, notes: Iterable[Note], waiting: Sequence[tuple[int, UUID]]) -> None:
    """Another chunk is done."""
    space = quoted(work.context.schema)
    await work.unit.connection.execute(
        f"update {space}._import set position = %s, pass = %s, counts = %s::jsonb,"
        " finished_at = case when %s then now() end where id = %s",
        (state.position, state.number, msgspec.json.encode(dict(state.counts)).decode(), state.is_finished, state.id),
    )
    await keep_notes(work, state.id, notes)
    if waiting:
        lines = [(state.id, row, record) for row, record in waiting]
        await work.unit.connection.copy_text(f"copy {space}._import_waiting (import, row, record) from stdin", lines)


async def keep_notes(work: Workspace, import_id: UUID, notes: Iterable[Note]) -> None:
    """Remarks for the report; the words of those that have words of their own."""
    columns = "import, row, line, severity, code, column_name, field, did, message"
    rows = [
        (import_id, n.row, n.line, n.severity, n.code, n.column, n.field, n.did, _own_words(n)) for n in notes
    ]  # fmt: skip
    if rows:
        space = quoted(work.context.schema)
        await work.unit.connection.copy_text(f"copy {space}._import_note ({columns}) from stdin", rows)


def _own_words(note: Note) -> str:
    """What whoever refused said; what comes from the file is left out, and so is what the code says already."""
    return note.message if note.severity == "refused" and note.code not in MESSAGES else ""


async def waiting(work: Workspace, state: State, *, after: int, limit: int) -> dict[int, UUID]:
    """The next rows whose links wait for the second pass, and the records that these rows became; in their order.
    after: the last row of the page before."""
    rows = await work.unit.connection.fetch(
        f"select row, record from {quoted(work.context.schema)}._import_waiting where import = %s and row > %s"
        " order by row limit %s",
        (state.id, max(after, state.position), limit),
    )
    return dict(rows)


async def notes(
    work: Workspace, import_id: UUID, *, after: int = 0, limit: int = 500, severity: str = ""
) -> list[Note]:
    """A page of an import's stored remarks, by row. after: the last row of the page before. severity: of one kind
    only."""
    await load(work, import_id)
    rows = await work.unit.connection.fetch(
        "select row, line, severity, code, column_name, field, did, message"
        f" from {quoted(work.context.schema)}._import_note where import = %s and row > %s"
        " and (%s = '' or severity = %s) order by row, code limit %s",
        (import_id, after, severity, severity, limit),
    )
    return [
        Note(row[0], row[1], row[2], row[3], row[7] or MESSAGES.get(row[3]) or str(row[3]), *row[4:7]) for row in rows
    ]
