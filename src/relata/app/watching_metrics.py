"""Alerts wired up: once an hour each is read as its owner, who is told when the mark is passed or reading fails."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from relata.app.assembly import House
from relata.engine.collaboration.preferences import Preferences
from relata.engine.collaboration.telling import tell
from relata.engine.jobs.queue import Job, Queue
from relata.engine.jobs.schedules import Recurring
from relata.engine.metadata.fields import AnyTarget
from relata.engine.reporting.alerts.watching import note, read
from relata.engine.workspace.door import Door
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import speaking
from relata.interfaces.html.reporting.trend_words import unusual_words
from relata.interfaces.html.reporting.words import number_words, value_words
from relata.interfaces.web.ground import formatter

log = logging.getLogger(__name__)
WATCH, WATCH_CRON = "watch_metrics", "17 * * * *"


def register(house: House, queue: Queue) -> None:
    """Give the queue the task."""

    @queue.task(WATCH)
    async def watch_metrics(job: Job) -> None:
        await watch(house.door, str(job.args["schema"]).removeprefix("w_"))


def recurring(schema: str) -> Iterator[Recurring]:
    """What recurs in a workspace."""
    yield Recurring(schema, WATCH, WATCH_CRON, WATCH)


async def watch(door: Door, key: str) -> None:
    """Read every alert, each in transactions of its own, so that one that fails is one."""

    async def find(work: Workspace) -> list[Record]:
        known = "metric_alert" in work.registry.objects
        return await work.find("metric_alert", is_active=True) if known else []

    for alert in await door.run(key, None, find, via="automation", read_only=True):
        if alert["owner"] is not None:
            news = await _read(door, key, alert["owner"], alert)
            await _note(door, key, alert, news)


@dataclass(frozen=True, slots=True)
class _News:
    """state: as the alert keeps it. text: what its owner is told, in their language. about: an unusual period."""

    state: str
    text: str = ""
    about: date | None = None


async def _read(door: Door, key: str, owner: UUID, alert: Record) -> _News:
    """How it is. Whatever goes wrong is the state of this alert, and no other waits for it."""

    async def look(work: Workspace) -> _News:
        with speaking(work.actor.locale):
            found = await read(work, alert)
            if not found.is_past:
                return _News("quiet")
            words = formatter(work)
            if found.latest is not None:
                return _News("raised", unusual_words(found.metric, found.latest, words), found.about)
            shown = found.result.measures[0]
            total = found.result.total
            now = value_words(shown, total.values[0] if total is not None else None, words)
            told = {"name": found.metric.title, "now": now, "mark": number_words(shown, alert["mark"], words)}
            above = alert["way"] == "above"
            text = _("%(name)s is %(now)s, above %(mark)s") if above else _("%(name)s is %(now)s, below %(mark)s")
            return _News("raised", text % told)

    try:
        return await door.run(key, owner, look, via="automation", read_only=True)
    except RelataError as error:
        return _News("failing", error.message)
    except Exception as error:  # one alert that can't be read must not silence the others
        log.exception("the alert %s could not be read", alert.id)
        return _News("failing", type(error).__name__)


async def _note(door: Door, key: str, alert: Record, news: _News) -> None:
    async def keep(work: Workspace) -> None:
        record = await work.first("metric_alert", id=alert.id)
        is_failing = news.state == "failing"
        if record is None or not await note(work, record, news.state, news.text if is_failing else "", news.about):
            return
        told = news.text
        if is_failing:
            told = _("The alert on %(name)s can't be read: %(why)s") % {"name": record["metric"], "why": news.text}
        about = AnyTarget("metric_alert", record.id)
        await tell(work, _on_screen, record["owner"], told[:300], about=about)

    await door.run(key, None, keep, via="automation")


async def _on_screen(work: Workspace, wish: Preferences, item: Record) -> None:
    """It stands among the notifications; who wants mails has it in the daily one."""
