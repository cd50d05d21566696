"""The pairs that were found: open ones wait for a person, dismissed ones are never asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from relata.engine.matching.pairs import Pattern
from relata.engine.metadata.object import Object
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace

_KEEP = """
    insert into {schema}._match_pair as known (one, other, object, bits, levels)
    select new.one, new.other, %(object)s, new.bits, new.levels::smallint[]
    from unnest(%(ones)s::uuid[], %(others)s::uuid[], %(bits)s::real[], %(levels)s::text[])
        as new(one, other, bits, levels)
    on conflict (one, other) do update set bits = excluded.bits, levels = excluded.levels
    where known.state <> 'dismissed'
"""


@dataclass(frozen=True, slots=True)
class Found:
    """one < other."""

    one: UUID
    other: UUID
    bits: float
    levels: Pattern


async def keep_pairs(connection: Connection, schema: str, one: Object, found: Sequence[Found]) -> int:
    """Note these pairs; how many there are. What was dismissed stays so."""
    if found:
        await connection.execute(
            _KEEP.format(schema=quoted(schema)),
            {
                "object": one.name, "ones": [each.one for each in found], "others": [each.other for each in found],
                "bits": [each.bits for each in found],
                "levels": [f"{{{','.join(map(str, each.levels))}}}" for each in found],
            },
        )  # fmt: skip
    return len(found)


async def dismiss(
    connection: Connection, schema: str, one: Object, pairs: Sequence[tuple[UUID, UUID]], by: UUID | None
) -> None:
    """These are not the same thing, and nobody is asked again."""
    ordered = [(min(pair), max(pair)) for pair in pairs]
    await connection.execute(
        f"insert into {quoted(schema)}._match_pair as known (one, other, object, bits, state, decided_by)"
        " select a, b, %(object)s, 0, 'dismissed', %(by)s"
        " from unnest(%(ones)s::uuid[], %(others)s::uuid[]) as new(a, b)"
        " on conflict (one, other) do update set state = 'dismissed', decided_by = excluded.decided_by, at = now()",
        {"object": one.name, "by": by, "ones": [a for a, _b in ordered], "others": [b for _a, b in ordered]},
    )


async def reopen(connection: Connection, schema: str, one: UUID, other: UUID) -> None:
    """Take back that they are not the same thing."""
    await connection.execute(
        f"update {quoted(schema)}._match_pair set state = 'open', decided_by = null, at = now()"
        " where one = %(one)s and other = %(other)s",
        {"one": min(one, other), "other": max(one, other)},
    )


async def told_apart(work: Workspace, record: UUID) -> set[UUID]:
    """Records of which it was said that they are not the same thing as this one."""
    rows = await work.unit.connection.fetch(
        f"select one, other from {quoted(work.context.schema)}._match_pair where state = 'dismissed'"
        " and (one = %(record)s or other = %(record)s)",
        {"record": record},
    )
    return {key for row in rows for key in row} - {record}
