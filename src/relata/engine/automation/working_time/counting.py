"""Counting in working time: how much lies between two moments, and when so much of it has passed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from relata.engine.automation.working_time.calendar import Calendar
from relata.engine.automation.working_time.instants import reached
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

#: A calendar without an hour in so many days has none.
_FARTHEST_DAYS = 1100
_NOTHING = timedelta(0)


class NeverOpen(Invalid):
    """Nobody works by this calendar, so nothing can be counted by it."""

    @classmethod
    def by(cls, calendar: Calendar) -> NeverOpen:
        """The refusal, with the calendar's name."""
        message = f"Nobody ever works by the calendar {calendar.name[:60] or calendar.zone}."
        problem = Problem("never_open", message, None, _("Give it working hours in Settings, Working time."))
        return cls(message, code=problem.code, hint=problem.hint, problems=[problem])


def is_open(calendar: Calendar, moment: datetime) -> bool:
    """Whether somebody works at this moment, which knows its zone."""
    return any(start <= moment < end for start, end in calendar.openings(_day(calendar, moment)))


def next_open(calendar: Calendar, moment: datetime) -> datetime:
    """The moment itself while somebody works, else when they begin next, in UTC. NeverOpen where that is never."""
    for start, end in _forward(calendar, moment):
        if end > moment:
            return max(start, moment.astimezone(UTC))
    raise NeverOpen.by(calendar)


def add_working(calendar: Calendar, start: datetime, duration: timedelta) -> datetime:
    """When so much working time has passed after `start`, in UTC; a negative duration counts back. What is reached at
    the end of a day's hours is due then, not on the next morning. NeverOpen where the calendar has no hours."""
    left, moment = abs(duration), start.astimezone(UTC)
    if duration < _NOTHING:
        for begin, end in _backward(calendar, moment):
            until = min(end, moment)
            if until - begin >= left:
                return until - left
            left -= max(until - begin, _NOTHING)
    elif duration == _NOTHING:
        return moment
    else:
        for begin, end in _forward(calendar, moment):
            since = max(begin, moment)
            if end - since >= left:
                return since + left
            left -= max(end - since, _NOTHING)
    raise NeverOpen.by(calendar)


def working_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """How much working time lies between two moments; negative where the second is the earlier one."""
    if end < start:
        return -working_between(calendar, end, start)
    found = _NOTHING
    for day in _days(_day(calendar, start), _day(calendar, end)):
        for begin, until in calendar.openings(day):
            found += max(min(until, end) - max(begin, start), _NOTHING)
    return found


def shift_days(calendar: Calendar, day: date, days: int) -> date:
    """The working day that is so many working days after (before, if negative) this day; for 0 the day itself, or the
    next working day where nobody works on it. NeverOpen where there is none."""
    step, left, tried = timedelta(-1 if days < 0 else 1), abs(days), 0
    if days == 0 and not calendar.is_working_day(day):
        left = 1
    while left:
        day, tried = day + step, tried + 1
        if calendar.is_working_day(day):
            left, tried = left - 1, 0
        if tried > _FARTHEST_DAYS:
            raise NeverOpen.by(calendar)
    return day


def add_working_days(calendar: Calendar, start: datetime, days: int) -> datetime:
    """The same time on the wall so many working days later (earlier, if negative), in UTC. A weekend is no day: one
    working day after any moment from Friday to Sunday is Monday."""
    there = start.astimezone(ZoneInfo(calendar.zone))
    on = shift_days(calendar, there.date(), days)
    if on == there.date():
        return start.astimezone(UTC)
    rest = timedelta(seconds=there.second, microseconds=there.microsecond)
    return reached(calendar.zone, on, there.hour * 60 + there.minute) + rest


def _day(calendar: Calendar, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(calendar.zone)).date()


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _forward(calendar: Calendar, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Spans from the one in which the moment lies, until there are none for years."""
    day, empty = _day(calendar, moment), 0
    while empty < _FARTHEST_DAYS:
        found = calendar.openings(day)
        yield from found
        day, empty = day + timedelta(days=1), 0 if found else empty + 1


def _backward(calendar: Calendar, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
    day, empty = _day(calendar, moment), 0
    while empty < _FARTHEST_DAYS:
        found = [one for one in calendar.openings(day) if one[0] < moment]
        yield from reversed(found)
        day, empty = day - timedelta(days=1), 0 if found else empty + 1
