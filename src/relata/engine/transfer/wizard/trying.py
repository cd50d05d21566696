"""Rows tried as an import would write them, and rolled back: what is told is what would happen, by the same code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NoReturn, TypeVar
from uuid import UUID

from relata.engine.history.entries import Entry, entry_of
from relata.engine.history.opening import opened
from relata.engine.storage.planner import quoted
from relata.engine.transfer.chunks import ChunkDone, import_chunk, link_chunk
from relata.engine.transfer.csv_reader import Row
from relata.engine.transfer.importing import CHUNK_ROWS
from relata.engine.transfer.mapping import Mapping
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.warnings import ALL, confirm
from relata.engine.workspace.workspace import Workspace
from relata.foundation.ids import new_id

T = TypeVar("T")
#: Makes something of what was written while it is there: entries of the log, in the order of the rows.
Look = Callable[[Workspace, list[Entry]], Awaitable[T]]


@dataclass(frozen=True, slots=True)
class Tried(Generic[T]):
    """done: counts, remarks, and what became of each row. seen: what `look` made of it."""

    done: ChunkDone
    seen: T


class _RolledBack(Exception, Generic[T]):
    def __init__(self, tried: Tried[T]) -> None:
        self.tried = tried


async def try_rows(
    door: Door, key: str, who: Who, mapping: Mapping, rows: Sequence[Row], look: Look[T], *, is_whole: bool = True,
    before: Sequence[tuple[Mapping, Sequence[Row]]] = (),
) -> Tried[T]:  # fmt: skip
    """Try these rows. is_whole: they are the whole file, so that a link within it that finds nothing finds nothing.
    before: rows of other files that these link to, which are written before, and rolled back with them."""

    async def attempt(work: Workspace) -> NoReturn:
        probe = new_id()
        work.unit.actor = work.unit.actor.through("import", **{"import": str(probe)})
        confirm(work.unit, (ALL,) if mapping.warnings == "pass" else ())
        for other, linked_rows in before:
            await _write_before(work, other, linked_rows)
        done = ChunkDone()
        for start in range(0, len(rows), CHUNK_ROWS):
            _add(done, await import_chunk(work, mapping, rows[start : start + CHUNK_ROWS], done.known))
        records = dict(done.waiting)
        waiting = [row for row in rows if row.number in records]
        for start in range(0, len(waiting), CHUNK_ROWS):
            linked = await link_chunk(work, mapping, waiting[start : start + CHUNK_ROWS], records, done.known)
            if not is_whole:
                linked.notes = [note for note in linked.notes if note.code not in ("no_match", "left_blank")]
            _add(done, linked)
        raise _RolledBack(Tried(done, await look(work, await _entries(work, mapping, probe))))

    try:
        await door.run(key, who, attempt, via="import")
    except _RolledBack as ended:
        return ended.tried
    raise AssertionError("unreachable")


async def _write_before(work: Workspace, mapping: Mapping, rows: Sequence[Row]) -> None:
    actor, work.unit.actor = work.unit.actor, work.unit.actor.through("import", **{"import": str(new_id())})
    for start in range(0, len(rows), CHUNK_ROWS):
        await import_chunk(work, mapping, rows[start : start + CHUNK_ROWS], {})
    work.unit.actor = actor


def _add(done: ChunkDone, more: ChunkDone) -> None:
    done.counts.update(more.counts)
    done.notes.extend(more.notes)
    done.known.update(more.known)
    done.waiting.extend(more.waiting)
    done.did.extend(more.did)


async def nothing(work: Workspace, entries: list[Entry]) -> None:
    """For those who want the counts alone."""


async def _entries(work: Workspace, mapping: Mapping, probe: UUID) -> list[Entry]:
    """What was written, without the values of fields that the person may not read."""
    rows = await work.unit.connection.fetch(
        "select id, object, record, action, at, actor, via, source, before, after"
        f" from {quoted(work.context.schema)}._change where source ->> 'import' = %s and object = %s"
        " and action in ('created', 'changed') order by (source ->> 'row')::bigint, id limit 1000",
        (str(probe), mapping.object),
    )
    found = [entry_of(row) for row in rows]
    found = await opened(work.unit.connection, work.context.schema, work.context.sealer, found)
    return [work.without_hidden(work.registry.get(mapping.object), entry) for entry in found]
