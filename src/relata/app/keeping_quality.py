"""The daily figures of data quality wired up: measured once a night over all records."""

from __future__ import annotations

from collections.abc import Iterator

from relata.app.assembly import House
from relata.engine.jobs.queue import Job, Queue
from relata.engine.jobs.schedules import Recurring
from relata.engine.reporting.quality.trend import keep_day

KEEP, KEEP_CRON = "keep_quality", "35 2 * * *"


def register(house: House, queue: Queue) -> None:
    """Give the queue the task."""

    @queue.task(KEEP)
    async def keep_quality(job: Job) -> None:
        await house.door.run(str(job.args["schema"]).removeprefix("w_"), None, keep_day, via="automation")


def recurring(schema: str) -> Iterator[Recurring]:
    """What recurs in a workspace."""
    yield Recurring(schema, KEEP, KEEP_CRON, KEEP)
