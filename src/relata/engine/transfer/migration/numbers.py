"""The other system's numbers, and the records that they became. A record that was merged into another one answers with
that one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace

#: A table and a number of it.
Number = tuple[str, str]


class Held(msgspec.Struct, omit_defaults=True):
    """What was taken of a row, by field. said: digests of what the row said; late: likewise of what waited for other
    rows; kept: digests of what then stood in the record."""

    said: dict[str, str] = {}
    late: dict[str, str] = {}
    kept: dict[str, str] = {}


@dataclass(slots=True)
class Known:
    """Where a number leads."""

    object: str
    record: UUID
    held: Held = field(default_factory=Held)


def digest(value: Any) -> str:
    """Short, and equal for equal values; nothing can be read from it."""
    return hashlib.blake2b(msgspec.json.encode(value, order="sorted"), digest_size=6).hexdigest()


async def find(work: Workspace, system: str, asked: Iterable[Number], *, held: bool = False) -> dict[Number, Known]:
    """The records behind these numbers. held: with what was taken of their rows."""
    pairs = sorted(set(asked))
    if not pairs:
        return {}
    space = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        f"select m.kind, m.key, m.object, m.record{', m.held' if held else ''} from {space}._migrated m"
        " join unnest(%s::text[], %s::text[]) w (kind, key) on w.kind = m.kind and w.key = m.key where m.system = %s",
        ([kind for kind, _key in pairs], [key for _kind, key in pairs], system),
    )
    return {
        (row[0], row[1]): Known(row[2], row[3], msgspec.convert(row[4], Held) if held else Held()) for row in rows
    }  # fmt: skip


async def keep(
    work: Workspace, system: str, lines: Sequence[tuple[Number, Known]], *, aliases: Sequence[tuple[Number, Known]] = ()
) -> None:
    """Write down where numbers lead. Those of an alias that is taken stay with whom they were first."""
    space = quoted(work.context.schema)
    for given, is_alias in ((lines, False), (aliases, True)):
        if given:
            await work.unit.connection.execute(
                f"insert into {space}._migrated (system, kind, key, object, record, is_alias, held)"
                " select %s, w.kind, w.key, w.object, w.record, %s, w.held::jsonb"
                " from unnest(%s::text[], %s::text[], %s::text[], %s::uuid[], %s::text[])"
                " w (kind, key, object, record, held) on conflict (system, kind, key) do "
                + ("nothing" if is_alias else "update set held = excluded.held, record = excluded.record"),
                (
                    system, is_alias, [number[0] for number, _known in given], [number[1] for number, _known in given],
                    [known.object for _number, known in given], [known.record for _number, known in given],
                    [msgspec.json.encode(known.held).decode() for _number, known in given],
                ),
            )  # fmt: skip


async def count(work: Workspace, system: str, kind: str) -> int:
    """How many rows of a table have become records, at any time."""
    row = await work.unit.connection.fetch_one(
        f"select count(*) from {quoted(work.context.schema)}._migrated"
        " where system = %s and kind = %s and not is_alias",
        (system, kind),
    )
    return int(row[0]) if row else 0


async def follow_merges(work: Workspace, system: str) -> int:
    """Let numbers of records that were merged into others lead to those. How many were led on."""
    space = quoted(work.context.schema)
    total = 0
    while True:
        rows = await work.unit.connection.fetch(
            f"update {space}._migrated m set record = (c.source ->> 'merged_into')::uuid from {space}._change c"
            " where m.system = %s and c.record = m.record and c.action = 'deleted'"
            " and c.source ->> 'merged_into' is not null"
            f" and c.id = (select max(l.id) from {space}._change l where l.record = m.record"
            " and l.action in ('deleted', 'restored')) returning 1",
            (system,),
        )
        total += len(rows)
        if not rows:
            return total


async def of_records(work: Workspace, system: str, records: Sequence[UUID]) -> dict[UUID, str]:
    """The numbers of these records, those that have one; of a merged record the first."""
    rows = await work.unit.connection.fetch(
        f"select record, key from {quoted(work.context.schema)}._migrated"
        " where system = %s and record = any(%s) and not is_alias order by key desc",
        (system, list(records)),
    )
    return {row[0]: row[1] for row in rows}
