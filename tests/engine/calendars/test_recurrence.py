"""Series: as dateutil says, on the wall clock, and only for the days asked."""
# ruff: noqa: DTZ001 - dateutil has wall-clock times without a zone

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from relata.engine.calendars import recurrence, steady
from relata.engine.calendars.recurrence import Series, last_start, later_end, occurrences
from relata.engine.calendars.rule import parse_rule, rule_text

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def at(text: str, zone: str = BERLIN) -> datetime:
    """A wall-clock time there."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def series(start: str, rule: str, zone: str = BERLIN) -> Series:
    """A series that begins at a wall-clock time."""
    return Series(at(start, zone).astimezone(UTC), zone, parse_rule(rule, zone))


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules as people and programs write them, without what dateutil reads otherwise than the standard: a mixture of
    first and of all Mondays, weeks that lie in two years, and the first of a week in whose middle a series begins."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 5))}"]
    counted = frequency in ("MONTHLY", "YEARLY") and draw(st.booleans())
    nth = st.sampled_from(["1", "2", "-1"]) if counted else st.just("")
    if draw(st.booleans()):
        days = draw(st.lists(st.tuples(nth, st.sampled_from(_DAYS)), min_size=1, max_size=3))
        parts.append("BYDAY=" + ",".join(dict.fromkeys(number + day for number, day in days)))
    if draw(st.booleans()):
        months = draw(st.sets(st.integers(1, 12), min_size=6, max_size=12))
        parts.append("BYMONTH=" + ",".join(map(str, sorted(months))))
    if frequency in ("MONTHLY", "YEARLY") and draw(st.booleans()):
        parts.append(f"BYMONTHDAY={draw(st.sampled_from(['1', '15', '28,29,30,31', '-1', '13']))}")
    elif frequency == "YEARLY" and draw(st.booleans()):
        parts.append(f"BYWEEKNO={draw(st.sampled_from(['2', '20', '51']))}")
    if frequency != "DAILY" and any(part.startswith("BYDAY") for part in parts) and draw(st.booleans()):
        parts.append(f"BYSETPOS={'-1' if frequency == 'WEEKLY' else draw(st.sampled_from(['1', '-1']))}")
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 40))}")
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(_DAYS))}")
    return ";".join(parts)


#: Shrinking would wait for dateutil, which counts to the year 9999 for what never happens.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


@settings(max_examples=60, deadline=None, phases=_PHASES)
@given(rules(), st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1)), st.integers(0, 2000))
def test_a_series_is_what_dateutil_says(text: str, start: datetime, days: int) -> None:
    start = start.replace(microsecond=0)
    first, until = start + timedelta(days=days), start + timedelta(days=days + 700)
    oracle = rrulestr(text, dtstart=start)
    expected = {one for one in oracle.between(first, until, inc=True) if one < until}
    expected |= {start} if days == 0 else set()
    found = occurrences(
        Series(start.replace(tzinfo=UTC), "UTC", parse_rule(text, "UTC")),
        first.replace(tzinfo=UTC), until.replace(tzinfo=UTC),
    )  # fmt: skip
    assert [one.replace(tzinfo=None) for one in found] == sorted(expected)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([BERLIN, NEW_YORK, "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata"]),
    st.integers(4, 23), st.integers(0, 59), st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
)  # fmt: skip
def test_a_series_keeps_its_local_time_when_clocks_change(zone: str, hour: int, minute: int, often: str) -> None:
    begin = datetime(2026, 1, 5, hour, minute, tzinfo=ZoneInfo(zone))
    one = Series(begin.astimezone(UTC), zone, parse_rule(f"FREQ={often}", zone))
    found = occurrences(one, begin, begin + timedelta(days=400))
    assert len(found) > 12
    assert {moment.astimezone(ZoneInfo(zone)).time() for moment in found} == {begin.time()}


_ZONES = [BERLIN, NEW_YORK, "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "UTC"]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["DAILY", "WEEKLY"]), st.integers(1, 4), st.sets(st.sampled_from(_DAYS), max_size=3),
    st.sampled_from(_DAYS), st.sampled_from(["", "COUNT=1", "COUNT=7", "COUNT=100", "UNTIL=20270301T080000Z"]),
    st.sampled_from(_ZONES), st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)), st.integers(-900, 900),
)  # fmt: skip
def test_series_in_even_steps_are_counted_as_they_would_be_walked(
    often: str, every: int, days: set[str], begins: str, ends: str, zone: str, start: datetime, later: int
) -> None:
    start = start.replace(microsecond=0)
    on = f"BYDAY={','.join(sorted(days))}" if days and often == "WEEKLY" else ""
    parts = (f"FREQ={often}", f"INTERVAL={every}", on, f"WKST={begins}", ends)
    rule = parse_rule(";".join(part for part in parts if part), zone)
    low, until = start + timedelta(days=later), start + timedelta(days=later + 60)
    last = min(until, rule.until) if rule.until else until
    even = steady.steps(rule, start.weekday())
    assert even is not None
    walked = list(recurrence._walked(rule, start, low, last))
    assert list(steady.walls(rule, *even, start, low, last)) == walked
    assert [recurrence._moment(one, ZoneInfo(zone)) for one in walked] == [
        one.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for one in walked
    ]


def test_a_time_that_the_clocks_skip_comes_an_hour_later_and_the_next_day_as_ever() -> None:
    found = occurrences(
        series("2026-03-28T02:30", "FREQ=DAILY;COUNT=3"), at("2026-03-01T00:00"), at("2026-04-30T00:00")
    )
    shown = [one.astimezone(ZoneInfo(BERLIN)).strftime("%d %H:%M") for one in found]
    assert shown == ["28 02:30", "29 03:30", "30 02:30"]


def test_a_night_shift_ends_at_six_on_the_wall_in_the_longer_night_too() -> None:
    begin, end = at("2026-10-23T22:00"), at("2026-10-24T06:00")
    over = later_end(begin, end, at("2026-10-24T22:00").astimezone(UTC), BERLIN)
    assert over == at("2026-10-25T06:00")
    assert over - at("2026-10-24T22:00").astimezone(UTC) == timedelta(hours=9)


def test_an_end_in_utc_is_an_end_where_the_series_lives() -> None:
    found = occurrences(
        series("2026-11-23T09:00", "FREQ=DAILY;UNTIL=20261125T080000Z"), at("2026-11-01T00:00"), at("2026-12-31T00:00")
    )
    assert len(found) == 3


def test_a_rule_that_never_happens_is_answered_at_once() -> None:
    never = series("2026-11-23T09:00", "FREQ=DAILY;INTERVAL=7;BYDAY=TU;COUNT=5")
    assert last_start(never) == never.starts
    assert occurrences(never, at("2027-01-01T00:00"), at("2027-03-01T00:00")) == []


def test_the_last_of_a_counted_series_is_known_and_of_an_endless_one_is_none() -> None:
    assert last_start(series("2026-11-23T09:00", "FREQ=WEEKLY;COUNT=4")) == at("2026-12-14T09:00")
    assert last_start(series("2026-11-23T09:00", "FREQ=WEEKLY")) is None


@given(rules())
def test_a_rule_is_read_back_as_it_was_written(text: str) -> None:
    rule = parse_rule(text, BERLIN)
    assert parse_rule(rule_text(rule, BERLIN), BERLIN) == rule


@pytest.mark.parametrize(
    "text",
    ["", "weekly", "FREQ=HOURLY", "FREQ=DAILY;INTERVAL=0", "FREQ=WEEKLY;BYDAY=2MO", "FREQ=DAILY;COUNT=3;UNTIL=20270101",
     "FREQ=DAILY;BYMONTH=13", "FREQ=DAILY;UNTIL=20261399", "FREQ=DAILY;FREQ=WEEKLY", "FREQ=DAILY;X=1",
     "FREQ=DAILY;COUNT=99999999"],
)  # fmt: skip
def test_what_is_no_rule_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\."):
        parse_rule(text, BERLIN)
