"""Reports by mail wired up: what finds those that are due, makes each reader's own, and says when one fails."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl
from uuid import UUID

from relata.app.assembly import House
from relata.engine.collaboration.preferences import Preferences
from relata.engine.collaboration.telling import tell
from relata.engine.jobs.queue import Job, Queue
from relata.engine.jobs.schedules import Recurring
from relata.engine.messaging.message import Attachment, Message
from relata.engine.metadata.fields import AnyTarget
from relata.engine.reporting.reports.shelf import report
from relata.engine.reporting.running import run
from relata.engine.reporting.schedules.due import note_problem, take_due
from relata.engine.workspace.door import Door
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import speaking
from relata.interfaces.html.paper.document import Document
from relata.interfaces.html.paper.setting import pdf_of
from relata.interfaces.web.dashboards.asked import asked_of
from relata.interfaces.web.dashboards.paper import document_of, document_of_report
from relata.interfaces.web.ground import formatter

log = logging.getLogger(__name__)
DUE, DUE_CRON = "reports_due", "*/5 * * * *"
#: One mail to one reader.
MAIL = "mail_report"


@dataclass(frozen=True, slots=True)
class Way:
    """What a report needs to reach somebody. post: hands a mail over. address: of this installation, for links."""

    door: Door
    post: Callable[[Message], Awaitable[None]]
    address: str


def register(house: House, queue: Queue) -> None:
    """Give the queue these tasks."""

    way = Way(house.door, house.outbox.post, house.settings.address)

    @queue.task(DUE)
    async def reports_due(job: Job) -> None:
        await mail_due(house.door, queue, _key_of(str(job.args["schema"])))

    @queue.task(MAIL)
    async def mail_report(job: Job) -> None:
        schedule, reader = UUID(str(job.args["schedule"])), UUID(str(job.args["reader"]))
        await mail_one(way, _key_of(str(job.args["schema"])), schedule, reader)


def recurring(schema: str) -> Iterator[Recurring]:
    """What recurs in a workspace."""
    yield Recurring(schema, DUE, DUE_CRON, DUE)


async def mail_due(door: Door, queue: Queue, key: str) -> int:
    """Have what is due made, one job for each reader, in the transaction that moves it on. How many mails."""

    async def run(work: Workspace) -> int:
        if "report_schedule" not in work.registry.objects:
            return 0
        count = 0
        for schedule, readers in await take_due(work):
            for reader in readers:
                args = {"schema": work.context.schema, "schedule": str(schedule.id), "reader": str(reader)}
                await queue.enqueue(work.unit.connection, MAIL, args)
                count += 1
        return count

    return await door.run(key, None, run, via="automation")


async def mail_one(way: Way, key: str, schedule: UUID, reader: UUID) -> None:
    """One reader's own: their rights, time zone, language and formats. What fails is told to the schedule's owner."""
    known: list[Record] = []

    async def find(work: Workspace) -> None:
        known.extend([found] if (found := await work.first("report_schedule", id=schedule)) else [])
        known.extend([found] if (found := await work.first("user", id=reader)) else [])

    await way.door.run(key, None, find, via="automation", read_only=True)
    if len(known) < 2:
        return
    wanted, person = known
    try:
        document, path, locale = await way.door.run(
            key, reader, lambda work: _document(work, wanted), via="automation", read_only=True
        )
        made = await pdf_of(document)
    except RelataError as error:
        await _tell_owner(way, key, schedule, person.title, error.message)
        return
    except Exception as error:  # whatever it was, its owner is told that nothing came
        log.exception("report %s could not be made", schedule)
        await _tell_owner(way, key, schedule, person.title, type(error).__name__)
        return
    if person["email"]:
        with speaking(locale):
            await way.post(_letter(str(person["email"]), wanted, document, made, way.address + path))


async def _document(work: Workspace, schedule: Record) -> tuple[Document, str, str]:
    """What the reader sees, the address where they see it on screen, and their language."""
    with speaking(work.actor.locale):
        query = dict(parse_qsl(schedule["filters"] or ""))
        query.pop("as", None)
        words = formatter(work)
        if schedule["report"]:
            found = await report(work, str(schedule["report"]))
            result = await run(work, found.definition)
            document = document_of_report(work, found.name, result, words)
            return document, f"/report/{found.key}", work.actor.locale
        _eyes, asked = await asked_of(work, query, str(schedule["dashboard"] or schedule["shipped"]))
        return await document_of(work, asked.board, asked.chosen, words), asked.href(), work.actor.locale


def _letter(to: str, schedule: Record, document: Document, made: bytes, address: str) -> Message:
    """The mail, in the reader's language."""
    name = " ".join(str(schedule["name"]).split())[:120]
    lines = [document.title, document.subtitle, "", _("Your numbers as of now are attached."), address, ""]
    text = "\n".join(line for at, line in enumerate(lines) if line or at > 1)
    safe = "".join(letter if letter.isalnum() or letter in " -_" else " " for letter in document.title).strip()[:80]
    return Message(to, name, text, attachments=(Attachment(f"{safe or 'report'}.pdf", "application/pdf", made),))


async def _tell_owner(way: Way, key: str, schedule: UUID, who: str, why: str) -> None:
    """A report that fails is no silence: it stands on the schedule, and its owner hears of it."""

    async def note(work: Workspace) -> None:
        record = await note_problem(work, schedule, who, why)
        if record is not None and record["owner"] is not None:
            text = _("“%(name)s” did not reach %(who)s: %(why)s") % {"name": record["name"], "who": who, "why": why}
            await tell(work, _on_screen, record["owner"], text[:300], about=AnyTarget("report_schedule", record.id))

    await way.door.run(key, None, note, via="automation")


async def _on_screen(work: Workspace, wish: Preferences, item: Record) -> None:
    """Mails may be what does not work, so that this is told on the screen; the daily mail takes it along."""


def _key_of(schema: str) -> str:
    return schema.removeprefix("w_")
