"""Flows wired up: what starts them, what runs them, and how they reach people and other servers."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from relata.app.assembly import House
from relata.engine.automation.flows.noticing import PUMP, START
from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.flows.running import Runner, next_due
from relata.engine.automation.flows.starting import start_for_changes
from relata.engine.automation.flows.timing import start_timed
from relata.engine.collaboration.preferences import Preferences
from relata.engine.collaboration.telling import as_person, tell
from relata.engine.history.feed import read_feed
from relata.engine.jobs.queue import Job, Queue
from relata.engine.jobs.schedules import Recurring
from relata.engine.messaging.message import Message
from relata.engine.metadata.fields import AnyTarget
from relata.engine.ui.values import record_href
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace

#: Starts what a date or the clock starts, and pumps: should a job ever be lost, nothing waits for longer.
TIMED, TIMED_CRON = "time_flows", "* * * * *"


def register(house: House, queue: Queue) -> None:
    """Give the queue these tasks."""
    runner = Runner(house.door, ports_of(house))

    async def pump(schema: str) -> None:
        key = schema.removeprefix("w_")
        await runner.pump(key)

        async def following(work: Workspace) -> None:
            due = await next_due(work)
            if due is not None:
                await queue.enqueue(work.unit.connection, PUMP, {"schema": schema}, key=schema, run_at=due)

        await house.door.run(key, None, following, via="automation")

    @queue.task(START)
    async def start_flows(job: Job) -> None:
        schema, first, last = str(job.args["schema"]), int(job.args["first"]), int(job.args["last"])

        async def run(work: Workspace) -> int:
            changes = await read_feed(work.unit.connection, schema, first - 1, last - first + 1)
            return await start_for_changes(work, house.door.actors, changes)

        if await house.door.run(schema.removeprefix("w_"), None, run, via="automation"):
            await pump(schema)

    @queue.task(PUMP)
    async def run_flows(job: Job) -> None:
        await pump(str(job.args["schema"]))

    @queue.task(TIMED)
    async def time_flows(job: Job) -> None:
        schema = str(job.args["schema"])

        async def run(work: Workspace) -> int:
            return await start_timed(work, house.door.actors)

        await house.door.run(schema.removeprefix("w_"), None, run, via="automation")
        await pump(schema)


def recurring(schema: str) -> Iterator[Recurring]:
    """What recurs in a workspace."""
    yield Recurring(schema, TIMED, TIMED_CRON, TIMED)


def ports_of(house: House) -> Ports:
    """What flows reach."""

    async def mail(work: Workspace, wish: Preferences, item: Record) -> None:
        about = item["about"]
        path = record_href(work.registry, about.object, about.id) if about else "/notifications"
        text = f"{item['text']}\n\n{house.settings.address}{path}\n"
        message = Message(wish.email, " ".join(item["text"].split())[:150], text, key=item.id.hex)
        await house.outbox.post_within(work.unit.connection, message)
        await work.change(item, {"is_mailed": True})

    async def tell_person(work: Workspace, person: UUID, text: str, about: AnyTarget | None) -> bool:
        if about is not None and work.actor.user is not None:
            seeing = await as_person(work, house.door.actors, person)
            known = await titles_of(seeing.unit, {about.object: [about.id]}) if seeing else {}
            if not known:
                return False
        by = work.actor.user
        return await tell(work, mail, person, text, about=about, by=by) is not None

    return Ports(tell_person, house.transport, house.guard, house.database, house.sealer)
