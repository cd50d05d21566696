"""Public holidays of a country and year, and the days of an iCalendar file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

#: A file with more is none of holidays.
_MOST_EVENTS = 5_000
_MOST_BYTES = 2_000_000
_MOST_DAYS = 31


@dataclass(frozen=True, slots=True)
class Day:
    """A holiday to be."""

    day: date
    name: str


def countries() -> dict[str, list[str]]:
    """The countries whose holidays are known (ISO 3166-1), each with its parts (ISO 3166-2)."""
    import holidays  # 3 MB of calendars, needed by one form

    found: dict[str, list[str]] = holidays.list_supported_countries(include_aliases=False)
    return found


def holidays_in(country: str, year: int, part: str = "", language: str = "") -> list[Day]:
    """The public holidays of a country, or of one of its parts, in one year, by day. Invalid for places that are not
    known."""
    import holidays

    known = countries()
    if country not in known:
        raise Invalid.of([Problem("unknown_choice", _("The holidays of this country are not known."), "country")])
    if part and part not in known[country]:
        raise Invalid.of([Problem("unknown_choice", _("This country has no such part."), "part")])
    if not 1970 <= year <= 2100:
        raise Invalid.of([Problem("invalid_value", _("Choose a year from 1970 to 2100."), "year")])
    spoken = getattr(holidays, country).supported_languages if language else ()
    said = next((one for one in spoken if one.split("_")[0] == language.split("-")[0]), None)
    found = holidays.country_holidays(country, subdiv=part or None, years=year, language=said)
    return [Day(day, name[:120]) for day, name in sorted(found.items()) if day.year == year]


def holidays_in_file(content: bytes, year: int | None = None) -> list[Day]:
    """The days of the events of an iCalendar file (RFC 5545), by day; yearly ones in `year`. Invalid for what is no
    such file."""
    import icalendar

    if len(content) > _MOST_BYTES:
        raise Invalid.of(
            [Problem("too_long", _("The file is larger than 2 MB."), "file", _("Export the holidays only."))]
        )
    try:
        events = icalendar.Calendar.from_ical(content).walk("VEVENT")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        problem = Problem("invalid_value", _("This is no iCalendar file."), "file", _("Choose an .ics file."))
        raise Invalid.of([problem]) from error
    found: dict[date, str] = {}
    for event in events[:_MOST_EVENTS]:
        name = str(event.get("SUMMARY") or "").strip()[:120]
        for day in _days_of(event, year):
            found.setdefault(day, name or day.isoformat())
    if not found:
        raise Invalid.of(
            [Problem("invalid_value", _("There is no day in this file."), "file", _("Choose another file."))]
        )
    return [Day(day, name) for day, name in sorted(found.items())]


def _days_of(event: Any, year: int | None) -> list[date]:
    """The days of an event; DTEND is the first day after it."""
    start, end = _date(event, "DTSTART"), _date(event, "DTEND")
    if start is None:
        return []
    length = min(max((end - start).days if end else 1, 1), _MOST_DAYS)
    rule = event.get("RRULE")
    if year is not None and rule is not None and "YEARLY" in (rule.get("FREQ") or ()) and start.year <= year:
        try:
            start = start.replace(year=year)
        except ValueError:  # the 29th of February
            return []
    return [start + timedelta(days=one) for one in range(length)]


def _date(event: Any, name: str) -> date | None:
    value = getattr(event.get(name), "dt", None)
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None
