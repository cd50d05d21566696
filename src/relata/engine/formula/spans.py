"""Spans of the calendar, for `in`: this_month(), next_days(30), past().

A span is a row of whole days in the person's zone, from a first day to the first day after it; a datetime lies in it
when its instant does. Weeks start on the person's first weekday, fiscal years in the fiscal month.

last_days(n) and next_days(n) reach n days from today and include today. The weeks and months of last_weeks(n),
next_weeks(n), last_months(n) and next_months(n) are whole ones and leave out the current one. past() and future()
are before and after now; for a date, before and after today.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from relata.engine.formula.time_operations import midnight
from relata.foundation.clock import Clock

#: The largest n of next_days(n) and its like.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Span:
    """help: for people. days: first day and first day after it; None where the span has no end on that side. counted:
    it takes a number, written n in the help."""

    help: str
    days: Callable[[Clock, int], tuple[date | None, date | None]]
    counted: bool = False
    open_start: bool = False
    open_end: bool = False


def edge_day(name: str, side: str, count: int, clock: Clock) -> date:
    """The first day of a span (side `start`) or the first after it (`end`); the calendar's ends when it has none."""
    try:
        start, end = SPANS[name].days(clock, count)
    except (OverflowError, ValueError):
        start = end = date.min if name.startswith("last") else date.max
    return (start or date.min) if side == "start" else (end or date.max)


def edge_moment(name: str, side: str, count: int, clock: Clock) -> datetime | None:
    """The same as an instant."""
    if name == "past":
        return clock.now
    if name == "future":
        return clock.now + timedelta(microseconds=1)
    return midnight(edge_day(name, side, count, clock), ZoneInfo(clock.zone))


def _months_from(day: date, months: int) -> date:
    """The first day of the month that many months away."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _week(clock: Clock) -> date:
    return clock.today - timedelta(days=(clock.today.weekday() - clock.first_weekday) % 7)


def _month(clock: Clock) -> date:
    return clock.today.replace(day=1)


def _quarter(clock: Clock) -> date:
    return _months_from(clock.today, -((clock.today.month - 1) % 3))


def _year(clock: Clock) -> date:
    return date(clock.today.year, 1, 1)


def _fiscal_year(clock: Clock) -> date:
    return _months_from(clock.today, -((clock.today.month - clock.fiscal_month) % 12))


def _fiscal_quarter(clock: Clock) -> date:
    return _months_from(clock.today, -((clock.today.month - clock.fiscal_month) % 3))


def _day_span(help: str, offset: int) -> Span:
    first, after = timedelta(days=offset), timedelta(days=offset + 1)
    return Span(help, lambda clock, n: (clock.today + first, clock.today + after))


def _week_span(which: str, offset: int) -> Span:
    first, after = timedelta(weeks=offset), timedelta(weeks=offset + 1)
    return Span(f"The {which} week.", lambda clock, n: (_week(clock) + first, _week(clock) + after))


def _month_span(which: str, unit: str, offset: int) -> Span:
    start, length = _STARTS[unit]
    return Span(
        f"The {which} {unit.replace('_', ' ')}.",
        lambda clock, n: (
            _months_from(start(clock), offset * length),
            _months_from(start(clock), (offset + 1) * length),
        ),
    )


_STARTS: dict[str, tuple[Callable[[Clock], date], int]] = {
    "month": (_month, 1),
    "quarter": (_quarter, 3),
    "year": (_year, 12),
    "fiscal_quarter": (_fiscal_quarter, 3),
    "fiscal_year": (_fiscal_year, 12),
}
_OFFSETS = {"last": ("previous", -1), "this": ("current", 0), "next": ("next", 1)}

SPANS: dict[str, Span] = {
    "yesterday": _day_span("The day before today.", -1),
    "today": _day_span("The current day.", 0),
    "tomorrow": _day_span("The day after today.", 1),
    **{f"{prefix}_week": _week_span(which, offset) for prefix, (which, offset) in _OFFSETS.items()},
    **{
        f"{prefix}_{unit}": _month_span(which, unit, offset)
        for unit in _STARTS
        for prefix, (which, offset) in _OFFSETS.items()
    },
    "last_days": Span(
        "Today and the n days before.",
        lambda clock, n: (clock.today - timedelta(days=n), clock.today + timedelta(days=1)),
        counted=True,
    ),
    "next_days": Span(
        "Today and the n days after.",
        lambda clock, n: (clock.today, clock.today + timedelta(days=n + 1)),
        counted=True,
    ),
    "last_weeks": Span(
        "The n whole weeks before the current one.",
        lambda clock, n: (_week(clock) - timedelta(weeks=n), _week(clock)),
        counted=True,
    ),
    "next_weeks": Span(
        "The n whole weeks after the current one.",
        lambda clock, n: (_week(clock) + timedelta(weeks=1), _week(clock) + timedelta(weeks=n + 1)),
        counted=True,
    ),
    "last_months": Span(
        "The n whole months before the current one.",
        lambda clock, n: (_months_from(_month(clock), -n), _month(clock)),
        counted=True,
    ),
    "next_months": Span(
        "The n whole months after the current one.",
        lambda clock, n: (_months_from(_month(clock), 1), _months_from(_month(clock), n + 1)),
        counted=True,
    ),
    "past": Span("Before now; for a date, before today.", lambda clock, n: (None, clock.today), open_start=True),
    "future": Span(
        "After now; for a date, after today.", lambda clock, n: (clock.today + timedelta(days=1), None), open_end=True
    ),
}
