"""Mailboxes wired up: what reads them, and when."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from relata.app import automating
from relata.app.assembly import House
from relata.engine.history.delivery import Subscriber
from relata.engine.jobs.queue import Job, NewJob, Queue
from relata.engine.jobs.schedules import Recurring
from relata.engine.messaging.mail import becoming_known
from relata.engine.messaging.mail.becoming_known import FILE_KNOWN, file_known
from relata.engine.messaging.mail.ground import MailGround
from relata.engine.messaging.mail.syncing import SYNC, due, sync
from relata.engine.messaging.mail.watching import Watcher
from relata.engine.metadata.registry import Registry
from relata.engine.storage.database import Connection
from relata.engine.workspace.workspace import Workspace

#: Once a minute each mailbox that is due gets a job.
POLL, POLL_CRON = "poll_mailboxes", "* * * * *"
#: A first reading takes long; nobody waits behind it.
_BEHIND = -5


def mail_ground(house: House) -> MailGround:
    """What reading mail stands on."""
    return MailGround(house.door, house.mail_servers, house.files, automating.ports_of(house).tell, house.guard)


def register(house: House, queue: Queue) -> None:
    """Give the queue these tasks."""

    @queue.task(POLL)
    async def poll_mailboxes(job: Job) -> None:
        key = _key_of(str(job.args["schema"]))

        async def run(work: Workspace) -> None:
            jobs = [NewJob(SYNC, {"workspace": key, "mailbox": one}, key=str(one)) for one in await due(work)]
            await queue.enqueue_many(work.unit.connection, jobs)

        await house.door.run(key, None, run, via="automation")

    @queue.task(FILE_KNOWN)
    async def file_mail_of_known(job: Job) -> None:
        first, last = int(job.args["first"]), int(job.args["last"])

        async def run(work: Workspace) -> None:
            await file_known(work, first, last)

        await house.door.run(_key_of(str(job.args["schema"])), None, run, via="automation")

    @queue.task(SYNC, priority=_BEHIND)
    async def sync_mailbox(job: Job) -> None:
        key, mailbox = str(job.args["workspace"]), UUID(str(job.args["mailbox"]))
        if await sync(mail_ground(house), key, mailbox):
            async with house.database.transaction() as connection:
                await queue.enqueue(connection, SYNC, {"workspace": key, "mailbox": mailbox}, key=str(mailbox))


def noticing_addresses(house: House, queue: Queue) -> Subscriber:
    """What files mail of people who become known."""

    async def registry_of(connection: Connection, schema: str) -> Registry:
        return (await house.door.context(_key_of(schema))).registry

    return becoming_known.noticing(queue, registry_of)


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
