"""Periods of the calendar: the one after, the same one a year before, and the days that one covers."""

from __future__ import annotations

from datetime import date, timedelta

#: Months in a period; days and weeks have none.
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "fiscal_quarter": 3, "fiscal_year": 12}
_DAYS = {"day": 1, "week": 7}


def moved(first: date, grain: str, steps: int) -> date:
    """The first day of the period so many steps later; the calendar's end where there is none."""
    try:
        if grain in _DAYS:
            return first + timedelta(days=_DAYS[grain] * steps)
        months = first.year * 12 + first.month - 1 + _MONTHS[grain] * steps
        return date(months // 12, months % 12 + 1, 1)
    except (OverflowError, ValueError):
        return date.max if steps > 0 else date.min


def year_before(first: date, grain: str) -> date:
    """The first day of the same period one year before; of weeks 52 before, of days the same date."""
    if grain == "week":
        return moved(first, grain, -52)
    if grain == "day":
        return first.replace(year=first.year - 1, day=min(first.day, 28 if first.month == 2 else first.day))
    return moved(first, grain, -12 // _MONTHS[grain])


def begin(day: date, grain: str, fiscal_month: int = 1) -> date:
    """The first day of the period in which a day lies."""
    if grain in _DAYS:
        return day if grain == "day" else day - timedelta(days=day.weekday())
    shift = fiscal_month - 1 if grain.startswith("fiscal") else 0
    months = day.year * 12 + day.month - 1 - shift
    months -= months % _MONTHS[grain]
    return date((months + shift) // 12, (months + shift) % 12 + 1, 1)
