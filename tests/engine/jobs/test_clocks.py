"""Clocks that jump: workers are not taken for dead, the dead not for living, and what recurs goes on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from relata.engine.jobs.queue import Job, Queue
from relata.engine.jobs.rescue import Pulses
from relata.engine.jobs.schedules import Recurring, enqueue_due
from relata.engine.storage.database import Database

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Watched:
    """A rescuer with hands on its own clock, for whom one works and another has died."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.pulses = Pulses(18.0, 10.0, lambda: self.seconds)

    def after(self, seconds: float, *beats: tuple[int, datetime, bool]) -> list[int]:
        self.seconds += seconds
        return self.pulses.dead(beats)


def test_a_clock_that_jumps_ahead_makes_nobody_dead() -> None:
    watched = Watched()
    assert watched.after(0, (1, NOON, False)) == []
    assert watched.after(4, (1, NOON, True)) == []  # an hour later, it says
    assert watched.after(4, (1, NOON + HOUR, False)) == []
    assert watched.after(9, (1, NOON + HOUR, True)) == []
    assert watched.after(2, (1, NOON + HOUR, True)) == [1]


def test_a_clock_that_is_put_back_lets_the_dead_be_dead() -> None:
    watched = Watched()
    assert watched.after(0, (1, NOON + HOUR, False), (2, NOON, False)) == []
    assert watched.after(10, (1, NOON + HOUR, False), (2, NOON - HOUR, False)) == []
    assert watched.after(9, (1, NOON + HOUR, False), (2, NOON - HOUR + HOUR / 60, False)) == [1]


async def test_what_recurs_goes_on_after_the_clock_was_put_back(database: Database) -> None:
    queue = Queue(database.url)

    @queue.task("hourly")
    async def hourly(job: Job) -> None:
        """Never run here."""

    async def look(now: datetime) -> int:
        async with database.transaction() as connection:
            return await enqueue_due(connection, queue, [Recurring("clocks", "hourly", "0 * * * *", "hourly")], now)

    assert await look(NOON) == 0
    assert await look(NOON + 1000 * HOUR) == 1
    assert await look(NOON + HOUR / 2) == 0
    assert await look(NOON + HOUR) == 1
    assert await look(NOON + HOUR) == 0
