"""Mails leave: taken up in one transaction, handed over between two, recorded in the last. The moment before the server
is given the mail is written down, so that a death at any point leaves a true answer: not sent, sent, or uncertain.

    waiting --claim--> sending --mark--> (server) --record--> sent | failed | uncertain | queued
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from relata.engine.files.attachments import Attachment
from relata.engine.files.store import FileStore
from relata.engine.jobs.queue import SOON, Job, Queue
from relata.engine.messaging.mail.email_objects import EMAIL
from relata.engine.messaging.mail.outgoing import conversations
from relata.engine.messaging.mail.outgoing.apart import send_each
from relata.engine.messaging.mail.outgoing.claiming import Claimed, Later, StopAddress, claim
from relata.engine.messaging.mail.outgoing.drafts import SEND_WRITTEN, enqueue
from relata.engine.messaging.mail.outgoing.mime import Part, as_bytes, html_part
from relata.engine.messaging.mail.outgoing.objects import WAITING, WRITTEN
from relata.engine.messaging.mail.outgoing.outcome import Outcome, Taken, refusal, sent_but_for
from relata.engine.messaging.mail.outgoing.recipient_rows import settle
from relata.engine.messaging.mail.outgoing.wire import Envelope, MailboxTransport
from relata.engine.messaging.mail.servers import REFUSED
from relata.engine.messaging.mail.storing import Arrived
from relata.engine.workspace.door import Door
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError, Unavailable
from relata.foundation.i18n import gettext as _

_FIRST, _LONGEST = timedelta(seconds=20), timedelta(hours=2)

#: Changes the links of a mail's HTML and adds what notes that it is opened; see `tracking`.
Marked = Callable[[Workspace, Record, str], str]
#: Tells the writer that something needs them: the person, what happened, the mail.
Tell = Callable[[Workspace, UUID, str, Record], Awaitable[None]]


def no_stop(work: Workspace, mail: Record, address: str) -> str:
    """No address for unsubscribing."""
    return ""


def unmarked(work: Workspace, mail: Record, html: str) -> str:
    """Nothing is noted."""
    return html


async def untold(work: Workspace, person: UUID, text: str, mail: Record) -> None:
    """Nobody is told."""


@dataclass(frozen=True)
class Ports:
    """What sending needs from outside. copy: leaves a copy in the server's folder of sent mail; it may fail quietly.
    fresh: sees to it that a mailbox's token holds."""

    transport: MailboxTransport
    files: FileStore
    stop_address: StopAddress = no_stop
    marked: Marked = unmarked
    tell: Tell = untold
    copy: Callable[[str, UUID, bytes], Awaitable[None]] | None = None
    fresh: Callable[[str, UUID], Awaitable[None]] | None = None


def register(queue: Queue, door: Door, ports: Ports) -> None:
    """Give the queue the task."""

    @queue.task(SEND_WRITTEN, priority=SOON)
    async def send_written(job: Job) -> None:
        await send_one(door, queue, ports, str(job.args["schema"]).removeprefix("w_"), UUID(str(job.args["mail"])))


async def send_one(door: Door, queue: Queue, ports: Ports, key: str, mail: UUID) -> str:
    """Send one mail if it is due; its state afterwards, "" where there was nothing to do."""

    async def take(work: Workspace) -> Claimed | Later | None:
        found = await claim(work, mail, ports.stop_address)
        if isinstance(found, Later):
            await enqueue(work, queue, mail, found.at)
        return found

    await _see_to_token(door, ports, key, mail)
    found = await door.run(key, None, take, via="automation")
    if not isinstance(found, Claimed):
        return ""
    outcome, content = await _attempt(door, ports, key, found)
    arrived: Arrived | None = None
    if outcome.has_left or outcome.state == "uncertain":
        arrived = await conversations.parsed(ports.files, (await door.context(key)).schema, content)

    async def write_down(work: Workspace) -> str:
        return await _record(work, queue, ports, found, outcome, arrived)

    state = await door.run(key, None, write_down, via="automation")
    if state == "sent" and ports.copy is not None:
        await ports.copy(key, found.record["mailbox"], content)
    return state


async def _see_to_token(door: Door, ports: Ports, key: str, mail: UUID) -> None:
    """Where its provider is not there the job is tried again; where it refuses, the server's words say so."""

    async def whose(work: Workspace) -> UUID | None:
        found = await work.get_many(WRITTEN, [mail])
        return found[0]["mailbox"] if found and found[0]["state"] in WAITING else None

    mailbox = await door.run(key, None, whose, via="automation", read_only=True) if ports.fresh else None
    if ports.fresh is not None and mailbox is not None:
        try:
            await ports.fresh(key, mailbox)
        except Unavailable as error:
            if error.code != REFUSED:
                raise


async def _attempt(door: Door, ports: Ports, key: str, taken: Claimed) -> tuple[Outcome, bytes]:
    """Hand it over; what came of it, and the mail without what notes that it is opened. Never raises for what the other
    side does."""
    content = b""
    try:
        async with door.open(key, None, via="automation", read_only=True) as work:
            plain, schema = html_part(taken.outgoing), work.context.schema
            htmls = {one.id: ports.marked(work, one, plain) for one in (taken.record, *taken.rows)}
        files = tuple([await _part(ports.files, schema, file) for file in taken.files])
        whole = replace(taken.outgoing, files=files)
        content = as_bytes(whole, plain)

        def marked(one: Record) -> bytes:
            return content if htmls[one.id] == plain else as_bytes(whole, htmls[one.id])

        if taken.is_apart:
            return await send_each(door, key, taken, ports.transport, marked), content
        return await _to_all(door, key, taken, ports.transport, marked(taken.record)), content
    except Taken:
        return Outcome(""), content
    except RelataError as error:
        return refusal(error, taken.attempt), content


async def _to_all(door: Door, key: str, taken: Claimed, transport: MailboxTransport, content: bytes) -> Outcome:
    async def mark(work: Workspace) -> None:
        mail = await work.get(WRITTEN, taken.mail, lock=True)
        if mail["state"] != "sending" or mail["attempt"] != taken.attempt or mail["handed_at"] is not None:
            raise Taken
        await work.change(mail, {"handed_at": datetime.now(UTC)})

    async def before() -> None:
        await door.run(key, None, mark, via="automation")

    envelope = Envelope(taken.outgoing.sender.address, taken.everybody, content)
    return sent_but_for((await transport.send(taken.login, envelope, before)).refused)


async def _part(store: FileStore, schema: str, file: Attachment) -> Part:
    return Part(file.name, file.media_type, b"".join([piece async for piece in store.read(schema, file.id)]))


async def _record(
    work: Workspace, queue: Queue, ports: Ports, taken: Claimed, outcome: Outcome, arrived: Arrived | None
) -> str:
    """What became of it; "" where another worker has written it down."""
    mail = await work.get(WRITTEN, taken.mail, lock=True)
    if not outcome.state or mail["state"] != "sending" or mail["attempt"] != taken.attempt:
        return ""
    values: dict[str, Any] = {"problem": outcome.problem[:500] or None, "remedy": outcome.remedy[:500] or None}
    if arrived is not None:
        state = "sent" if outcome.state == "queued" else outcome.state
        if mail["email"] is None:
            values["email"] = await conversations.keep_sent(work, mail, arrived, taken.blind, state)
        else:
            await work.change((EMAIL, mail["email"]), {"state": state})
        values["sent_at"] = mail["sent_at"] or (work.clock.now if state == "sent" else None)
    if outcome.state == "queued":
        due = work.clock.now + min(_FIRST * 2 ** (taken.attempt - 1), _LONGEST)
        if not outcome.has_left:
            values["handed_at"] = None
        await work.move(mail, to="queued", send_at=due, **values)
        await enqueue(work, queue, mail.id, due)
        return "queued"
    if taken.rows and not taken.is_apart:
        state = outcome.state if outcome.state in ("sent", "uncertain") else "refused"
        await settle(work, mail.id, state, dict(outcome.refused))
    moved = await work.move(mail, to=outcome.state, **values)
    if outcome.state in ("failed", "uncertain") and mail["owner"] is not None and mail["mailing"] is None:
        words = _("“%(subject)s” was not sent.") if outcome.state == "failed" else _(
            "Nobody knows whether “%(subject)s” was sent.")  # fmt: skip
        await ports.tell(work, mail["owner"], words % {"subject": (mail["subject"] or "")[:100]}, moved)
    return outcome.state
