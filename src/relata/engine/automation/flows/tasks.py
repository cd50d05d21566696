"""The jobs of flows: what changes start, what the clock starts, and going on with whatever is due."""

from __future__ import annotations

from relata.engine.automation.flows.health import tell_stalled
from relata.engine.automation.flows.noticing import PUMP, START
from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.flows.running import Runner, next_due
from relata.engine.automation.flows.segments import start_segments
from relata.engine.automation.flows.starting import start_for_changes
from relata.engine.automation.flows.timing import clear_away, start_timed
from relata.engine.history.feed import read_feed
from relata.engine.jobs.queue import WAITED_FOR, Job, Queue
from relata.engine.workspace.door import Door
from relata.engine.workspace.workspace import Workspace

#: Starts what a date or the clock starts, and pumps: should a job ever be lost, nothing waits for longer.
TIMED, TIMED_CRON = "time_flows", "* * * * *"


def register(queue: Queue, door: Door, ports: Ports) -> None:
    """Give the queue these tasks."""
    runner = Runner(door, ports)

    async def pump(schema: str) -> None:
        key = schema.removeprefix("w_")
        await runner.pump(key)

        async def following(work: Workspace) -> None:
            due = await next_due(work)
            if due is not None:
                await queue.enqueue(work.unit.connection, PUMP, {"schema": schema}, key=schema, run_at=due)

        await door.run(key, None, following, via="automation")

    @queue.task(START, priority=WAITED_FOR)
    async def start_flows(job: Job) -> None:
        schema, first, last = str(job.args["schema"]), int(job.args["first"]), int(job.args["last"])

        async def run(work: Workspace) -> int:
            changes = await read_feed(work.unit.connection, schema, first - 1, last - first + 1)
            started = await start_for_changes(work, door.actors, changes)
            return started + await start_segments(work, door.actors, changes)

        if await door.run(schema.removeprefix("w_"), None, run, via="automation"):
            await pump(schema)

    @queue.task(PUMP, priority=WAITED_FOR)
    async def run_flows(job: Job) -> None:
        await pump(str(job.args["schema"]))

    @queue.task(TIMED)
    async def time_flows(job: Job) -> None:
        schema = str(job.args["schema"])

        async def run(work: Workspace) -> int:
            await clear_away(work)
            await tell_stalled(work, ports)
            return await start_timed(work, door.actors)

        await door.run(schema.removeprefix("w_"), None, run, via="automation")
        await pump(schema)
