"""Rows of an import in which nothing differed. They write no record and no line of the log; a program that sent them
wants to know their records all the same. A line for each chunk that had any."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from relata.engine.storage.copy_format import array_of
from relata.engine.storage.migrations import Migration
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace

MIGRATIONS = (
    Migration(
        "2026_11_22_import_same_rows",
        """
        create table {schema}._import_same (
            import uuid not null references {schema}._import on delete cascade, last integer not null,
            rows integer[] not null, records uuid[] not null, primary key (import, last));
        """,
        workspace=True,
    ),
)
#: Chunks that are read at once; most pages need one of them, or two.
_CHUNKS = 4


async def keep(work: Workspace, import_id: UUID, same: Sequence[tuple[int, UUID]]) -> None:
    """Those of one chunk, in the order of their rows."""
    if same:
        rows, records = zip(*same, strict=True)
        await work.unit.connection.execute(
            f"insert into {quoted(work.context.schema)}._import_same (import, last, rows, records)"
            " values (%s, %s, %s::integer[], %s::uuid[])",
            (import_id, rows[-1], array_of(rows), array_of(records)),
        )


async def page(work: Workspace, import_id: UUID, *, after: int, limit: int) -> list[tuple[int, UUID]]:
    """The next rows with their records. after: the last row of the page before. The caller may see the import."""
    found: list[tuple[int, UUID]] = []
    while len(found) < limit:
        chunks = await work.unit.connection.fetch(
            f"select last, rows, records from {quoted(work.context.schema)}._import_same"
            " where import = %s and last > %s order by last limit %s",
            (import_id, after, _CHUNKS),
        )
        if not chunks:
            break
        for last, rows, records in chunks:
            found += [pair for pair in zip(rows, records, strict=True) if pair[0] > after]
            after = last
    return found[:limit]
