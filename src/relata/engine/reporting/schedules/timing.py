"""When a schedule is due next, by the clock of a place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

RHYTHMS = ("daily", "weekdays", "weekly", "monthly")
_WEEKEND = (6, 7)


def next_time(rhythm: str, hour: int, after: datetime, zone: str, *, weekday: int = 1, day: int = 1) -> datetime:
    """The first moment after `after` that the rhythm names. weekday: 1 is Monday. day: of the month; a shorter month
    takes its last one. An hour that a clock change skips is the one after it."""
    place = ZoneInfo(zone)
    today = after.astimezone(place).date()
    for distance in range(63):
        one = today + timedelta(days=distance)
        if not _fits(rhythm, one, weekday, day):
            continue
        moment = datetime.combine(one, time(hour), place).astimezone(UTC)
        if moment > after:
            return moment
    raise AssertionError("every rhythm comes round within two months")


def _fits(rhythm: str, day_now: date, weekday: int, day: int) -> bool:
    if rhythm == "weekly":
        return day_now.isoweekday() == weekday
    if rhythm == "weekdays":
        return day_now.isoweekday() not in _WEEKEND
    if rhythm == "monthly":
        last = (day_now.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return day_now.day == min(day, last.day)
    return True
