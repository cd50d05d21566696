"""From the feed to deliveries: of each batch of changes a row for every webhook that wants to hear of one. Where too
much waits, or something was done quietly, one word about the gap stands for all of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from relata.engine.automation.flows.holding import WINDOW, bulk_of
from relata.engine.history.delivery import Subscriber
from relata.engine.history.feed import Change
from relata.engine.jobs.queue import NewJob, Queue
from relata.engine.metadata.registry import Registry
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.foundation.ids import new_id, parse_id

#: The task: hands over what is due for one webhook. Its arguments: schema, webhook.
DELIVER = "deliver_webhook"
HAPPENINGS = ("created", "changed", "deleted", "restored")
#: Of a gap: the receiver reads the change feed from its `after` on.
GAP = "feed.gap"
#: So many may wait for one webhook; what comes on top is told as a gap.
MOST_WAITING = 5000
#: For so long a delivery is tried.
GIVE_UP_HOURS = 24

RegistryOf = Callable[[Connection, str], Awaitable[Registry]]

_ACTIVE = "select id, objects, happens from {schema}.webhook where state = 'active' and deleted_at is null"
_WAITING = """
    select webhook, count(*) from {schema}._webhook_delivery where webhook = any(%s) and state = 'waiting'
    group by webhook
"""
_INSERT = """
    insert into {schema}._webhook_delivery (id, webhook, type, feed, object, record, bulk, give_up_at, next_at)
    select n.id, n.webhook, n.type, n.feed, n.object, n.record, n.bulk, now() + interval '{hours} hours',
        case when n.bulk is null then now() else now() + interval '{window} seconds' end
    from jsonb_to_recordset(%s::jsonb)
        as n(id uuid, webhook uuid, type text, feed bigint, object text, record uuid, bulk uuid)
    on conflict (webhook, feed) do nothing
"""
_GAP = """
    with known as (update {schema}._webhook_delivery set feed_until = greatest(feed_until, %(last)s)
        where webhook = %(webhook)s and type = '{gap}' and state = 'waiting' and attempts = 0 returning id)
    insert into {schema}._webhook_delivery (id, webhook, type, feed, feed_until, give_up_at)
    select %(id)s, %(webhook)s, '{gap}', %(first)s, %(last)s, now() + interval '{hours} hours'
    where not exists (select 1 from known) on conflict (webhook, feed) do nothing
"""


@dataclass(frozen=True, slots=True)
class _Wish:
    webhook: UUID
    objects: frozenset[str]
    happens: frozenset[str]

    def wants(self, change: Change) -> bool:
        return change.object in self.objects and change.action in self.happens


def noticing(queue: Queue, registry_of: RegistryOf) -> Subscriber:
    """The subscriber that writes down what is to be told, and enqueues one job for each webhook concerned."""

    async def enqueue(connection: Connection, schema: str, changes: Sequence[Change]) -> None:
        near = [one for one in changes if one.action in HAPPENINGS]
        if not near or "webhook" not in (await registry_of(connection, schema)).objects:
            return
        found = await note_changes(connection, schema, near)
        await queue.enqueue_many(connection, [deliver_job(schema, webhook) for webhook in found])

    return enqueue


def deliver_job(schema: str, webhook: UUID) -> NewJob:
    """Hand over what is due for a webhook."""
    return NewJob(DELIVER, {"schema": schema, "webhook": webhook}, key=f"{schema}:{webhook}")


async def note_changes(connection: Connection, schema: str, changes: Sequence[Change]) -> list[UUID]:
    """Write down what these changes tell; the webhooks concerned. Each change once for each, however often it is
    called."""
    rows = await connection.fetch(_ACTIVE.format(schema=quoted(schema)))
    wishes = [_Wish(key, frozenset(objects or ()), frozenset(happens or ())) for key, objects, happens in rows]
    wanted = {one.webhook: [change for change in changes if one.wants(change)] for one in wishes}
    wanted = {webhook: found for webhook, found in wanted.items() if found}
    if not wanted:
        return []
    counted = await connection.fetch(_WAITING.format(schema=quoted(schema)), (list(wanted),))
    waiting = {row[0]: int(row[1]) for row in counted}
    lines = []
    for webhook, found in wanted.items():
        room = max(0, MOST_WAITING - waiting.get(webhook, 0))
        loud = [one for one in found if not one.source.get("quiet")][:room]
        told = {one.feed for one in loud}
        lines += [
            {
                "id": new_id(), "webhook": webhook, "type": f"{one.object}.{one.action}", "feed": one.feed,
                "object": one.object, "record": one.record, "bulk": parse_id(bulk_of(one)),
            }
            for one in loud
        ]  # fmt: skip
        missed = [one.feed for one in found if one.feed not in told]
        if missed:
            values = {"webhook": webhook, "id": new_id(), "first": min(missed), "last": max(missed)}
            await connection.execute(_GAP.format(schema=quoted(schema), gap=GAP, hours=GIVE_UP_HOURS), values)
    if lines:
        text = msgspec.json.encode(lines).decode()
        await connection.execute(
            _INSERT.format(schema=quoted(schema), hours=GIVE_UP_HOURS, window=int(WINDOW.total_seconds())), (text,)
        )
    return list(wanted)
