"""Deliveries about a bulk change wait until it can't be taken back any more; what was taken back is not told."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from relata.engine.automation.flows.holding import held_until
from relata.engine.automation.webhooks.bodies import Due
from relata.engine.automation.webhooks.noticing import GIVE_UP_HOURS
from relata.engine.storage.planner import quoted
from relata.engine.transfer.bulk.objects import BULK_CHANGE
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

_LONGEST = 20
#: All that waits for the bulk change, also what was not claimed: a large one is looked at once, not row by row.
_HOLD = """
    update {schema}._webhook_delivery set next_at = %(until)s, token = null,
        give_up_at = greatest(give_up_at, %(until)s + interval '{hours} hours'),
        attempts = attempts - case when id = any(%(claimed)s) then 1 else 0 end
    where webhook = %(webhook)s and bulk = %(bulk)s and state = 'waiting'
"""
#: Records that the undoing put back, and that nobody put back again: what was done to them never happened for the
#: other side, and what undid it neither.
_UNDONE = """
    update {schema}._webhook_delivery d set state = 'undone', ended_at = now(), token = null
    where d.id = any(%(claimed)s) and exists (
        select 1 from {schema}._change c where c.source ->> 'bulk' = %(undoing)s and c.record = d.record
    ) and not exists (
        select 1 from {schema}._change c where c.source ->> 'bulk' = %(redoing)s and c.record = d.record
    ) returning d.id
"""
_UNTOLD = """
    update {schema}._webhook_delivery d set state = 'undone', ended_at = now(), token = null
    where d.id = any(%(claimed)s) and exists (
        select 1 from {schema}._webhook_delivery o
        where o.webhook = d.webhook and o.record = d.record and o.bulk = %(undone)s and o.state = 'undone'
    ) returning d.id
"""


async def released(work: Workspace, webhook: UUID, due: Sequence[Due]) -> list[Due]:
    """Those of the claimed deliveries that may go out now."""
    kept = {one.id for one in due}
    for bulk in sorted({one.bulk for one in due if one.bulk is not None}):  # a change before what took it back
        claimed = [one.id for one in due if one.bulk == bulk]
        kept -= await _kept_back(work, webhook, bulk, claimed)
    return [one for one in due if one.id in kept]


async def _kept_back(work: Workspace, webhook: UUID, bulk: UUID, claimed: list[UUID]) -> set[UUID]:
    """Those of the bulk change's deliveries that wait on, or are never told."""
    schema, connection = quoted(work.context.schema), work.unit.connection
    chain = await _chain(work.as_system(), bulk)
    for one in chain:
        until = await held_until(work, one.id)
        if until is not None:
            values = {"webhook": webhook, "bulk": bulk, "until": until, "claimed": claimed}
            await connection.execute(_HOLD.format(schema=schema, hours=GIVE_UP_HOURS), values)
            return set(claimed)
    gone: set[UUID] = set()
    if len(chain) > 1:
        undoing, redoing = str(chain[1].id), str(chain[2].id) if len(chain) > 2 else ""
        values = {"claimed": claimed, "undoing": undoing, "redoing": redoing}
        gone |= {row[0] for row in await connection.fetch(_UNDONE.format(schema=schema), values)}
    if chain and chain[0]["undoes"] is not None:
        values = {"claimed": [one for one in claimed if one not in gone], "undone": chain[0]["undoes"]}
        gone |= {row[0] for row in await connection.fetch(_UNTOLD.format(schema=schema), values)}
    return gone


async def _chain(everything: Workspace, bulk: UUID) -> list[Record]:
    """The bulk change, what undid it, what undid that, and so on."""
    found = await everything.get_many(BULK_CHANGE, [bulk])
    while found and len(found) < _LONGEST:
        undoing = await everything.first(BULK_CHANGE, undoes=found[-1].id, order="-created_at")
        if undoing is None:
            break
        found = [*found, undoing]
    return list(found)
