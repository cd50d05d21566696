"""How many records are likely there twice: those in pairs that wait for a decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relata.engine.matching.shapes import is_matched
from relata.engine.matching.state import state_of
from relata.engine.metadata.object import Object
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace


async def unique_share(everything: Workspace, one: Object, records: int) -> float | None:
    """0-100; None for objects that are not compared. A pair counts as one record too many. everything: a system's
    workspace, since a pair is of two records that one person may not both see."""
    return (await unique_shares(everything, one, "", {None: records})).get(None)


async def unique_shares(
    everything: Workspace, one: Object, by: str, records: Mapping[Any, int]
) -> dict[Any, float]:  # fmt: skip
    """The same for each owner or source, whose records the later ones of the pairs are. by: `owner`, `created_via`, or
    "" for all together. records: how many each has, by the key of the answer."""
    if not is_matched(one) or not any(records.values()):
        return {}
    connection, space = everything.unit.connection, quoted(everything.context.schema)
    state = await state_of(connection, everything.context.schema, one)
    column = f"r.{quoted(by)}" if by else "null"
    rows = await connection.fetch(
        f"select {column}, count(distinct p.other) from {space}._match_pair p"
        f" join {space}.{quoted(one.name)} r on r.id = p.other and r.deleted_at is null"
        " where p.object = %s and p.state = 'open' and p.bits >= %s group by 1",
        (one.name, state.asks_from),
    )
    doubled: dict[Any, int] = dict(rows)
    return {key: max(0.0, (count - doubled.get(key, 0)) / count * 100) for key, count in records.items() if count}
