"""Mailboxes wired up: what reads them, and when."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from relata.app import automating
from relata.app.assembly import House
from relata.engine.jobs.queue import Job, NewJob, Queue
from relata.engine.jobs.schedules import Recurring
from relata.engine.messaging.mail.ground import MailGround
from relata.engine.messaging.mail.syncing import SYNC, due, sync
from relata.engine.messaging.mail.watching import Watcher
from relata.engine.workspace.workspace import Workspace

#: Once a minute each mailbox that is due gets a job.
POLL, POLL_CRON = "poll_mailboxes", "* * * * *"
#: A first reading takes long; nobody waits behind it.
_BEHIND = -5


def mail_ground(house: House) -> MailGround:
    """What reading mail stands on."""
    return MailGround(house.door, house.mail_servers, house.files, automating.ports_of(house).tell)


def register(house: House, queue: Queue) -> None:
    """Give the queue these tasks."""

    @queue.task(POLL)
    async def poll_mailboxes(job: Job) -> None:
        key = _key_of(str(job.args["schema"]))

        async def run(work: Workspace) -> None:
            jobs = [NewJob(SYNC, {"workspace": key, "mailbox": one}, key=str(one)) for one in await due(work)]
            await queue.enqueue_many(work.unit.connection, jobs)

        await house.door.run(key, None, run, via="automation")

    @queue.task(SYNC, priority=_BEHIND)
    async def sync_mailbox(job: Job) -> None:
        key, mailbox = str(job.args["workspace"]), UUID(str(job.args["mailbox"]))
        if await sync(mail_ground(house), key, mailbox):
            async with house.database.transaction() as connection:
                await queue.enqueue(connection, SYNC, {"workspace": key, "mailbox": mailbox}, key=str(mailbox))


def watcher(house: House, queue: Queue) -> Watcher:
    """What holds mailboxes open whose server tells by itself."""

    async def wake(key: str, mailbox: UUID) -> None:
        async with house.database.transaction() as connection:
            await queue.enqueue(connection, SYNC, {"workspace": key, "mailbox": mailbox}, key=str(mailbox))

    return Watcher(mail_ground(house), wake)


def recurring(schema: str) -> Iterator[Recurring]:
    """What recurs in a workspace."""
    yield Recurring(schema, POLL, POLL_CRON, POLL)


def _key_of(schema: str) -> str:
    return schema.removeprefix("w_")
