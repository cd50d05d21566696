"""Notifications wired up: the job that tells people, the schedules that remind and mail, and what a mail says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote
from uuid import UUID

from relata.app.assembly import House
from relata.app.secret_key import secret_key
from relata.engine.automation.assignment.clocks import watch
from relata.engine.collaboration.digest import send_digests
from relata.engine.collaboration.letters import letter
from relata.engine.collaboration.noticing import TELL
from relata.engine.collaboration.preferences import Preferences
from relata.engine.collaboration.push.keys import PushKey
from relata.engine.collaboration.push.noticing import PUSH
from relata.engine.collaboration.push.sending import PushPorts, push
from relata.engine.collaboration.reminding import remind, wake
from relata.engine.collaboration.stopping import read_stop_token, stop_mails, stop_token
from relata.engine.collaboration.telling import tell_of_changes
from relata.engine.history.feed import read_feed
from relata.engine.jobs.queue import SOON, Job, Queue
from relata.engine.jobs.retries import Retries
from relata.engine.jobs.schedules import Recurring
from relata.engine.messaging.message import Message
from relata.engine.ui.values import record_href
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import speaking

#: Once a minute: reminders, and what was held back. Four times an hour: daily mails, since some zones are off by 45.
REMIND, REMIND_CRON = "remind_people", "* * * * *"
DIGEST, DIGEST_CRON = "mail_digests", "*/15 * * * *"


def register(house: House, queue: Queue) -> None:
    """Give the queue these tasks."""
    actors = house.door.actors

    async def mail_many(work: Workspace, wish: Preferences, items: Sequence[Record]) -> None:
        lines = [(one["text"], house.settings.address + _href(work, one)) for one in items]
        stop = stop_token(secret_key(house.settings), work.context.key, wish.person)
        with speaking(wish.locale):
            made = letter(
                wish.email, lines, workspace=work.settings.name,
                settings=f"{house.settings.address}/settings/notifications",
                stop=f"{house.settings.address}/stop-mails/{quote(stop)}",
            )  # fmt: skip
        message = Message(made.to, made.subject, made.text, made.html, key=items[0].id.hex)
        await house.outbox.post_within(work.unit.connection, message)
        for one in items:
            await work.change(one, {"is_mailed": True})

    async def mail_one(work: Workspace, wish: Preferences, item: Record) -> None:
        await mail_many(work, wish, [item])

    @queue.task(TELL, priority=SOON)
    async def tell_people(job: Job) -> None:
        schema, first, last = str(job.args["schema"]), int(job.args["first"]), int(job.args["last"])

        async def run(work: Workspace) -> None:
            changes = await read_feed(work.unit.connection, schema, first - 1, last - first + 1)
            await tell_of_changes(work, actors, mail_one, changes)

        await house.door.run(_key_of(schema), None, run, via="automation")

    @queue.task(REMIND, priority=SOON)
    async def remind_people(job: Job) -> None:
        async def run(work: Workspace) -> None:
            if "notification" in work.registry.objects:
                await remind(work, actors, mail_one)
                await wake(work, mail_one)
                await watch(work, mail_one)

        await house.door.run(_key_of(str(job.args["schema"])), None, run, via="automation")

    key = PushKey.of(secret_key(house.settings))
    ports = PushPorts(house.door, house.guard, key, house.settings.address, _href)

    @queue.task(PUSH, priority=SOON, retries=Retries(6, first_seconds=15))
    async def push_notification(job: Job) -> None:
        notification, device = UUID(str(job.args["notification"])), UUID(str(job.args["device"]))
        await push(ports, _key_of(str(job.args["schema"])), notification, device)

    @queue.task(DIGEST)
    async def mail_digests(job: Job) -> None:
        async def run(work: Workspace) -> None:
            if "notification" in work.registry.objects:
                await send_digests(work, mail_many)

        await house.door.run(_key_of(str(job.args["schema"])), None, run, via="automation")


async def stop_mails_of(house: House, token: str) -> None:
    """End the mails about notifications of whom the token was made for."""
    key, person = read_stop_token(secret_key(house.settings), token)

    async def run(work: Workspace) -> None:
        await stop_mails(work, person)

    await house.door.run(key, None, run, via="form")


def recurring(schema: str) -> Iterator[Recurring]:
    """What recurs in a workspace."""
    yield Recurring(schema, REMIND, REMIND_CRON, REMIND)
    yield Recurring(schema, DIGEST, DIGEST_CRON, DIGEST)


def _key_of(schema: str) -> str:
    return schema.removeprefix("w_")


def _href(work: Workspace, notification: Record) -> str:
    about = notification["about"]
    if about is None or about.object not in work.registry.objects:
        return "/notifications"
    return record_href(work.registry, about.object, about.id)
