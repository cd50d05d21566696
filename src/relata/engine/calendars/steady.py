"""Series in even steps, as nearly all are: every n-th day, or certain days of every n-th week. They are counted, not
walked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from relata.engine.calendars.rule import MOST_COUNTED, Rule


@lru_cache(maxsize=2000)
def steps(rule: Rule, weekday: int) -> tuple[int, tuple[int, ...]] | None:
    """How many days lie between one period and the next, and the days of a period, counted from the start's, for a
    series that begins on this weekday (0 for Monday). None for what is not in even steps."""
    others = (
        rule.by_month, rule.by_month_day, rule.by_year_day, rule.by_week, rule.by_position, rule.hours, rule.minutes,
        rule.seconds,
    )  # fmt: skip
    if any(others) or (rule.by_day and rule.frequency != "WEEKLY"):
        return None
    if rule.frequency == "DAILY":
        return rule.interval, (0,)
    if rule.frequency != "WEEKLY":
        return None
    begin = (weekday - rule.week_start) % 7
    days = {day for _number, day in rule.by_day} or {weekday}
    return 7 * rule.interval, tuple(sorted((day - rule.week_start) % 7 - begin for day in days))


def walls(
    rule: Rule, width: int, days: tuple[int, ...], start: datetime, low: datetime, last: datetime
) -> Iterator[datetime]:
    """Wall-clock starts from `low` to `last` of a series that begins at `start`, its count respected."""
    before = bisect_left(days, 0)  # days of the first period that lie before the start
    number = max(0, (low - start).days // width - 1)
    most = min(rule.count, MOST_COUNTED) if rule.count else None
    while True:
        for at, day in enumerate(days):
            moment = start + timedelta(days=number * width + day)
            if moment > last or (most is not None and number * len(days) + at - before >= most):
                return
            if moment >= low and moment >= start:
                yield moment
        number += 1
