"""How many records are likely there twice: those in pairs that wait for a decision."""

from __future__ import annotations

from relata.engine.matching.shapes import is_matched
from relata.engine.matching.state import state_of
from relata.engine.metadata.object import Object
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace


async def unique_share(everything: Workspace, one: Object, records: int) -> float | None:
    """0-100; None for objects that are not compared. A pair counts as one record too many. everything: a system's
    workspace, since a pair is of two records that one person may not both see."""
    if not is_matched(one) or not records:
        return None
    connection, schema = everything.unit.connection, everything.context.schema
    state = await state_of(connection, schema, one)
    row = await connection.fetch_one(
        f"select count(distinct other) from {quoted(schema)}._match_pair"
        " where object = %s and state = 'open' and bits >= %s",
        (one.name, state.asks_from),
    )
    doubled = int(row[0]) if row else 0
    return max(0.0, (records - doubled) / records * 100)
