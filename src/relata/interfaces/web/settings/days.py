"""Days that people type into a form of the settings."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _


def end_of_day(day: str, zone: str) -> datetime | None:
    """The moment at which the day is over, where the person is; None for none typed. Invalid, at `until`, for no
    date."""
    if not day:
        return None
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), ZoneInfo(zone))
    except (ValueError, OverflowError) as error:
        problem = Problem("invalid_value", _("This is not a date."), "until", _("Write it as 2026-11-21."))
        raise Invalid.of([problem]) from error
