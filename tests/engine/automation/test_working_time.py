"""Working time over two years in ten zones: as somebody would count it who looks at the clock on the wall."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relata.engine.automation.working_time import (
    Calendar,
    NeverOpen,
    Span,
    add_working,
    add_working_days,
    is_open,
    next_open,
    parse_spans,
    shift_days,
    spans_text,
    working_between,
)

ZONES = (
    "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Pacific/Chatham", "America/Havana", "Africa/Casablanca", "Asia/Beirut", "America/St_Johns",
)  # fmt: skip
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=15)
QUARTERS = st.integers(0, 95).map(lambda one: one * 15)


@st.composite
def weekdays(draw: st.DrawFn) -> tuple[Span, ...]:
    marks = sorted(draw(st.lists(QUARTERS, max_size=6, unique=True)))
    return tuple(Span(start, end) for start, end in zip(marks[::2], marks[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = tuple(draw(weekdays()) for _ in range(6))
    days = st.dates(FIRST.date(), LAST.date())
    special = draw(st.dictionaries(days, weekdays(), max_size=5))
    return Calendar(draw(st.sampled_from(ZONES)), ((Span(60, 180), *_after(draw(weekdays()), 180)), *week), special)


def _after(spans: tuple[Span, ...], minute: int) -> tuple[Span, ...]:
    return tuple(one for one in spans if one.start >= minute)


moments = st.integers(0, 2 * 365 * 96).map(lambda steps: FIRST + STEP * steps)
#: Around the nights in which clocks change, where mistakes would be.
nights = st.sampled_from(("2026-03-08", "2026-03-29", "2026-04-05", "2026-10-25", "2026-11-01", "2027-03-14")).flatmap(
    lambda day: st.integers(-200, 200).map(lambda steps: datetime.fromisoformat(day).replace(tzinfo=UTC) + STEP * steps)
)
any_moment = moments | nights
durations = st.integers(1, 400).map(lambda one: STEP * one)


def worked(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The oracle: every quarter of an hour whose time on the wall lies in working hours. A clock that is put back shows
    nothing that was not before, so the latest time that it has shown on the day counts."""
    zone, found = ZoneInfo(calendar.zone), timedelta(0)
    latest: datetime | None = None
    moment = start - timedelta(hours=3)
    while moment < end:
        wall = moment.astimezone(zone).replace(tzinfo=None)
        latest = wall if latest is None else max(wall, latest)
        minute = latest.hour * 60 + latest.minute
        if moment >= start and any(one.start <= minute < one.end for one in calendar.hours(latest.date())):
            found += STEP
        moment += STEP
    return found


@settings(max_examples=50, deadline=None)
@given(calendars(), any_moment, st.integers(0, 600))
def test_between_is_what_the_wall_shows(calendar: Calendar, start: datetime, steps: int) -> None:
    end = start + STEP * steps
    assert working_between(calendar, start, end) == worked(calendar, start, end)


@settings(max_examples=50, deadline=None)
@given(calendars(), any_moment, durations)
def test_what_was_added_lies_between(calendar: Calendar, start: datetime, duration: timedelta) -> None:
    later = add_working(calendar, start, duration)
    assert working_between(calendar, start, later) == duration
    assert working_between(calendar, start, later - STEP) < duration
    assert is_open(calendar, later - timedelta(seconds=1))


@settings(max_examples=50, deadline=None)
@given(calendars(), any_moment, durations)
def test_what_was_taken_away_lies_between(calendar: Calendar, end: datetime, duration: timedelta) -> None:
    earlier = add_working(calendar, end, -duration)
    assert working_between(calendar, earlier, end) == duration
    assert is_open(calendar, earlier)


@settings(max_examples=50, deadline=None)
@given(calendars(), any_moment, durations, durations)
def test_adding_twice_is_adding_both(calendar: Calendar, start: datetime, one: timedelta, two: timedelta) -> None:
    assert add_working(calendar, add_working(calendar, start, one), two) == add_working(calendar, start, one + two)


@settings(max_examples=50, deadline=None)
@given(calendars(), any_moment)
def test_next_open_is_the_first_moment_that_is_open(calendar: Calendar, moment: datetime) -> None:
    opens = next_open(calendar, moment)
    assert is_open(calendar, opens) and opens >= moment
    assert working_between(calendar, moment, opens) == timedelta(0)


@settings(max_examples=50, deadline=None)
@given(calendars(), st.dates(FIRST.date(), LAST.date()), st.integers(1, 30))
def test_days_there_and_back(calendar: Calendar, day: date, days: int) -> None:
    there = shift_days(calendar, day, days)
    between = [day + timedelta(days=one) for one in range(1, (there - day).days + 1)]
    assert sum(calendar.is_working_day(one) for one in between) == days
    assert calendar.is_working_day(there)
    assert shift_days(calendar, shift_days(calendar, there, days), -days) == there


@settings(max_examples=50, deadline=None)
@given(calendars(), any_moment, st.integers(-20, 20).filter(bool))
def test_days_keep_the_time_on_the_wall(calendar: Calendar, moment: datetime, days: int) -> None:
    zone = ZoneInfo(calendar.zone)
    before, after = moment.astimezone(zone), add_working_days(calendar, moment, days).astimezone(zone)
    assert after.date() == shift_days(calendar, before.date(), days)
    put_forward = after.utcoffset() != (after - timedelta(hours=1)).utcoffset()
    assert after.time() == before.time() or (put_forward and after.time() > before.time())


def test_a_day_of_23_hours_has_as_much_work_as_others() -> None:
    calendar = Calendar("Europe/Berlin", ((Span(540, 1020),),) * 7)
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert working_between(calendar, spring, spring + timedelta(hours=47)) == timedelta(hours=16)
    assert add_working(calendar, spring, timedelta(hours=5)) == datetime(2026, 3, 29, 8, tzinfo=UTC)


def test_a_night_shift_loses_the_hour_that_is_left_out() -> None:
    calendar = Calendar("Europe/Berlin", ((Span(0, 360),),) * 7)
    night = datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert working_between(calendar, night, night + timedelta(hours=8)) == timedelta(hours=5)


def test_holidays_and_weekends_are_no_days() -> None:
    calendar = Calendar("Europe/Berlin", special={date(2026, 12, 25): (), date(2026, 12, 24): (Span(540, 720),)})
    before = datetime(2026, 12, 23, 16, tzinfo=UTC)  # at 17:00 there
    assert add_working(calendar, before, timedelta(hours=4)) == datetime(2026, 12, 28, 9, tzinfo=UTC)
    assert add_working_days(calendar, before, 2) == datetime(2026, 12, 28, 16, tzinfo=UTC)
    assert shift_days(calendar, date(2026, 12, 26), 0) == date(2026, 12, 28)


def test_a_calendar_without_hours_is_refused() -> None:
    closed = Calendar("Europe/Berlin", ((),) * 7)
    for count in (
        lambda: next_open(closed, FIRST),
        lambda: add_working(closed, FIRST, -STEP),
        lambda: shift_days(closed, FIRST.date(), 1),
    ):
        with pytest.raises(NeverOpen):
            count()  # type: ignore[no-untyped-call]


@given(weekdays())
def test_hours_are_read_as_they_are_written(spans: tuple[Span, ...]) -> None:
    assert parse_spans(spans_text(spans)) == spans


@pytest.mark.parametrize("text", ["9-17", "17:00-09:00", "09:00-12:00, 11:00-13:00", "09:00-24:30", "x"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="orking hours"):
        parse_spans(text)
