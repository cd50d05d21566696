"""The report of a bulk change: which record was refused, and why."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import msgspec

from relata.engine.storage.planner import quoted
from relata.engine.workspace.chunk import Outcome
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Problem


class Note(msgspec.Struct, frozen=True):
    """One remark about one record. field: "" where it concerns the whole."""

    record: UUID
    code: str
    field: str
    message: str


def note_of(record: UUID, problem: Problem) -> Note:
    """A problem as a remark, with what to do about it."""
    message = f"{problem.message} {problem.hint or ''}".strip()
    return Note(record, problem.code, problem.field or "", message)


def notes_of(record: UUID, outcome: Outcome) -> list[Note]:
    """Everything that was wrong with one record."""
    return [note_of(record, problem) for problem in outcome.problems]


async def save(work: Workspace, bulk: UUID, notes: Iterable[Note]) -> None:
    """Keep them, in the transaction of their chunk."""
    rows = [(bulk, note.record, note.code, note.field, note.message) for note in notes]
    if rows:
        space = quoted(work.context.schema)
        columns = "bulk, record, code, field, message"
        await work.unit.connection.copy_text(f"copy {space}._bulk_note ({columns}) from stdin", rows)


async def page(work: Workspace, bulk: UUID, *, after: int = 0, limit: int = 500) -> list[tuple[int, Note]]:
    """Remarks with their numbers, in order. The caller has read the bulk change through the door."""
    rows = await work.unit.connection.fetch(
        f"select id, record, code, field, message from {quoted(work.context.schema)}._bulk_note"
        " where bulk = %s and id > %s order by id limit %s",
        (bulk, after, limit),
    )
    return [(row[0], Note(*row[1:])) for row in rows]
