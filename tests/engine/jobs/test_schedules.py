"""Each tick becomes one job, whoever watches."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from relata.engine.jobs.cron import last_tick
from relata.engine.jobs.queue import Job, Queue
from relata.engine.jobs.schedules import Recurring, enqueue_due
from relata.engine.storage.database import Database
from relata.foundation.errors import Bug

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def queue(database: Database) -> Queue:
    found = Queue(database.url)

    @found.task("recurring")
    async def recurring(job: Job) -> None:
        """Never run here."""

    return found


async def look(database: Database, queue: Queue, schedule: Recurring, now: datetime) -> int:
    async with database.transaction() as connection:
        return await enqueue_due(connection, queue, [schedule], now)


async def enqueued(database: Database, schema: str) -> list[str]:
    async with database.read() as connection:
        rows = await connection.fetch(
            "select args->>'tick' from public.procrastinate_jobs where args->>'schema' = %s order by 1", (schema,)
        )
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("cron", "tick"),
    [
        ("* * * * *", NOON),
        ("0 12 * * *", NOON),
        ("5-59/7 * * * *", NOON - timedelta(minutes=6)),
        ("0 3 * * *", NOON - timedelta(hours=9)),
        ("0 0 * * 0", datetime(2026, 3, 1, tzinfo=UTC)),
        ("30 6 1 1 *", datetime(2026, 1, 1, 6, 30, tzinfo=UTC)),
    ],
)
def test_the_last_tick_is_the_latest_that_is_over(cron: str, tick: datetime) -> None:
    assert last_tick(cron, NOON) == tick


@pytest.mark.parametrize("cron", ["", "often", "* * * *", "61 * * * *", "* * * * * *"])
def test_what_is_no_schedule_is_refused(cron: str) -> None:
    with pytest.raises(Bug):
        last_tick(cron, NOON)


async def test_a_tick_is_enqueued_once_by_many_watchers(database: Database, queue: Queue) -> None:
    schedule = Recurring("watched", "hourly", "0 * * * *", "recurring")
    await look(database, queue, schedule, NOON)
    for hours in (1, 2, 3):
        counts = await asyncio.gather(
            *(look(database, queue, schedule, NOON + timedelta(hours=hours)) for _ in range(8))
        )
        assert sum(counts) == 1
    assert await enqueued(database, "watched") == [
        "2026-03-02T13:00:00Z",
        "2026-03-02T14:00:00Z",
        "2026-03-02T15:00:00Z",
    ]


async def test_a_new_schedule_waits_for_its_first_tick(database: Database, queue: Queue) -> None:
    assert await look(database, queue, Recurring("new", "nightly", "0 3 * * *", "recurring"), NOON) == 0


async def test_missed_ticks_become_one_job(database: Database, queue: Queue) -> None:
    schedule = Recurring("late", "hourly", "0 * * * *", "recurring")
    await look(database, queue, schedule, NOON)
    await look(database, queue, schedule, NOON + timedelta(hours=9))
    assert await enqueued(database, "late") == ["2026-03-02T21:00:00Z"]
