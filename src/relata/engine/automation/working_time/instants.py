"""From a time on the wall to the instant at which it is first reached, also where clocks are put forward or back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=20_000)
def reached(zone: str, day: date, minute: int) -> datetime:
    """The instant, in UTC, at which the clocks of `zone` first show `minute` (0 to 1440) of `day`, or a later time.

    A time that a change of the clocks leaves out is reached when they are put forward; one that comes twice, the first
    time. So spans that touch on the wall touch in time, and none overlaps another.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    there = ZoneInfo(zone)
    first = wall.replace(tzinfo=there, fold=0).astimezone(UTC)
    if first.astimezone(there).replace(tzinfo=None) == wall:
        return first
    early, late = wall.replace(tzinfo=there, fold=1).astimezone(UTC), first
    while late - early > timedelta(seconds=1):  # in a gap: when were the clocks put forward?
        middle = early + (late - early) / 2
        if middle.astimezone(there).replace(tzinfo=None) < wall:
            early = middle
        else:
            late = middle
    return (late + timedelta(microseconds=500_000)).replace(microsecond=0)
