"""Time as clocks on the wall show it: a day later is the same time of the next day, whatever the clocks do between."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECONDS = {"minutes": 60, "hours": 3600}


def shifted(moment: datetime, amount: int, unit: str, zone: str) -> datetime:
    """So much later (or earlier) by the clock on the wall: a day is the same time of the next day, whatever the clocks
    do in between. unit: minutes, hours, days, weeks or months."""
    if unit in ("minutes", "hours"):
        return moment + timedelta(seconds=amount * _SECONDS[unit])
    local = moment.astimezone(ZoneInfo(zone))
    if unit == "months":
        index = local.year * 12 + local.month - 1 + amount
        day = min(local.day, _last_day(index // 12, index % 12 + 1))
        later = local.replace(year=index // 12, month=index % 12 + 1, day=day)
    else:
        later = local + timedelta(days=amount * (7 if unit == "weeks" else 1))
    return at_wall(later.date(), later.timetz().replace(tzinfo=None), zone)


def at_wall(day: date, at: time, zone: str) -> datetime:
    """The moment at which clocks of the zone show this; where they leap over it, as much later as they leap."""
    return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)


def _last_day(year: int, month: int) -> int:
    following = date(year + (month == 12), month % 12 + 1, 1)
    return (following - timedelta(days=1)).day
