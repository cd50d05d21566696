"""Days on which people work."""

from __future__ import annotations

from datetime import date, timedelta

_SATURDAY = 5


def next_working_day(today: date) -> date:
    """The next day from Monday to Friday; holidays are not known."""
    day = today + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day
