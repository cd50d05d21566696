"""Schedules in cron's five fields: minute, hour, day, month, weekday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from croniter import croniter

from relata.foundation.errors import Bug


def is_schedule(cron: str) -> bool:
    """Whether it is five fields of a schedule."""
    return len(cron.split()) == 5 and bool(croniter.is_valid(cron))


def last_tick(cron: str, now: datetime) -> datetime:
    """The latest time at or before `now` that the expression names, in UTC; Bug for one that is none."""
    if not is_schedule(cron):
        raise Bug(f"“{cron}” is no schedule: it takes five fields.")
    start = now.astimezone(UTC)
    found: datetime = croniter(cron, start).get_prev(datetime)
    whole = start.replace(second=0, microsecond=0)
    return whole if croniter.match(cron, whole) else found.astimezone(UTC)


def next_ticks(cron: str, after: datetime) -> Iterator[datetime]:
    """The times after `after` that the expression names, without end, on the clock that `after` is read from."""
    ticks = croniter(cron, after)
    while True:
        found: datetime = ticks.get_next(datetime)
        yield found
