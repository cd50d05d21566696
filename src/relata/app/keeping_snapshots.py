"""Snapshots wired up: each that is due is asked as its owner, and kept."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from relata.app.assembly import House
from relata.engine.jobs.queue import Job, Queue
from relata.engine.jobs.schedules import Recurring
from relata.engine.reporting.snapshots.taking import keep, note_problem, said, take_due
from relata.engine.workspace.door import Door
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError

log = logging.getLogger(__name__)
KEEP, KEEP_CRON = "keep_snapshots", "*/10 * * * *"


def register(house: House, queue: Queue) -> None:
    """Give the queue the task."""

    @queue.task(KEEP)
    async def keep_snapshots(job: Job) -> None:
        await keep_due(house.door, str(job.args["schema"]).removeprefix("w_"))


def recurring(schema: str) -> Iterator[Recurring]:
    """What recurs in a workspace."""
    yield Recurring(schema, KEEP, KEEP_CRON, KEEP)


async def keep_due(door: Door, key: str) -> int:
    """Each in transactions of its own, so that one that fails is one. How many were kept."""

    async def due(work: Workspace) -> list[Record]:
        return await take_due(work) if "report_series" in work.registry.objects else []

    count = 0
    for series in await door.run(key, None, due, via="automation"):
        count += await _one(door, key, series)
    return count


async def _one(door: Door, key: str, series: Record) -> bool:
    problem = ""
    try:
        what = await door.run(
            key, series["owner"], lambda work: said(work, series["report"]), via="automation", read_only=True
        )
        await door.run(key, None, lambda work: keep(work, series.id, what), via="automation")
    except RelataError as error:
        problem = error.message
    except Exception as error:  # one series that can't be read must not stop the others
        log.exception("the snapshot of %s could not be kept", series.id)
        problem = type(error).__name__
    if problem:
        await door.run(key, None, lambda work: note_problem(work, series.id, problem), via="automation")
    return not problem
