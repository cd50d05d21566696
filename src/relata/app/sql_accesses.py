"""Views for other programs wired up: made anew on changes of people or configuration, and each minute."""

from __future__ import annotations

from collections.abc import Iterator

from relata.app.assembly import House
from relata.engine.jobs.queue import Job, Queue
from relata.engine.jobs.schedules import Recurring
from relata.engine.reporting.sql_access.keeping import refresh_all
from relata.engine.reporting.sql_access.noticing import REFRESH

REFRESH_CRON = "* * * * *"


def register(house: House, queue: Queue) -> None:
    """Give the queue the task."""

    @queue.task(REFRESH)
    async def refresh(job: Job) -> None:
        key = str(job.args["schema"]).removeprefix("w_")
        house.door.forget(key)  # views made of definitions that this process remembers would stay closed
        await house.door.run(key, None, refresh_all, via="automation")


def recurring(schema: str) -> Iterator[Recurring]:
    """What recurs in a workspace."""
    yield Recurring(schema, REFRESH, REFRESH_CRON, REFRESH)
