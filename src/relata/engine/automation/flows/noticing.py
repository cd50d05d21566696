"""From the feed to a job: of each batch of changes only those that a flow might start on, or that a run waits for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from relata.engine.automation.flows.active import active_flows
from relata.engine.automation.flows.triggers import ANNOUNCED, HAPPENINGS, EventTrigger, RecordTrigger, SegmentTrigger
from relata.engine.history.delivery import Subscriber
from relata.engine.history.feed import Change
from relata.engine.jobs.queue import NewJob, Queue
from relata.engine.metadata.registry import Registry
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted

#: The tasks that wiring registers. START's args: schema, and the numbers of the first and the last change; PUMP's:
#: schema.
START, PUMP = "start_flows", "run_flows"

RegistryOf = Callable[[Connection, str], Awaitable[Registry]]


def noticing(queue: Queue, registry_of: RegistryOf) -> Subscriber:
    """The subscriber that enqueues one job for the changes of a batch that concern flows. What was done quietly, as an
    import may be, starts none; who waits for such a record looks again even so."""

    async def enqueue(connection: Connection, schema: str, changes: Sequence[Change]) -> None:
        if "flow" not in (await registry_of(connection, schema)).objects:
            return
        near = [one for one in changes if one.action in HAPPENINGS or one.action == ANNOUNCED]
        if not near:
            return
        flows = await active_flows(connection, schema)
        wanted = {
            (one.body.trigger.object, happening)
            for one in flows
            if isinstance(one.body.trigger, RecordTrigger)
            for happening in one.body.trigger.happens
        }
        wanted |= {
            (one.body.trigger.object, happening)
            for one in flows
            if isinstance(one.body.trigger, SegmentTrigger)
            for happening in HAPPENINGS
        }
        wanted |= {(one.body.trigger.object, ANNOUNCED) for one in flows if isinstance(one.body.trigger, EventTrigger)}
        feeds = [one.feed for one in near if (one.object, one.action) in wanted and not one.source.get("quiet")]
        jobs = []
        if feeds:
            jobs.append(NewJob(START, {"schema": schema, "first": min(feeds), "last": max(feeds)}))
        if await woken(connection, schema, near):
            jobs.append(NewJob(PUMP, {"schema": schema}, key=schema))
        await queue.enqueue_many(connection, jobs)

    return enqueue


async def woken(connection: Connection, schema: str, changes: Sequence[Change]) -> int:
    """Runs that wait for one of these records look again."""
    return await connection.execute(
        f"update {quoted(schema)}._flow_run set wake_at = now() where awaits = any(%s) and state = 'waiting'",
        ([one.record for one in changes],),
    )
