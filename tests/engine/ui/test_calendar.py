"""Calendars: the person's own clock decides on which day something lies, also when the clocks are changed."""
# ruff: noqa: DTZ001 - wall-clock times have no zone

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from relata.engine.ui.calendar import CalendarState, calendar, days_of, move_entry, move_one, placed, spread, step
from relata.engine.ui.team_week import team_week
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.testing.house import House

BERLIN = ZoneInfo("Europe/Berlin")


@pytest_asyncio.fixture
async def work(house: House) -> AsyncIterator[Workspace]:
    """Somebody in Berlin, where the clocks are put back on 25 October 2026."""
    person = await house.person("Ada", time_zone="Europe/Berlin")
    async with house.as_person(person) as work:
        yield work


async def meeting(work: Workspace, starts: str, ends: str | None = None) -> UUID:
    return (await work.create("meeting", {"subject": "Talk", "starts_at": starts, "ends_at": ends})).id


def state(day: str, span: str) -> CalendarState:
    return CalendarState(date.fromisoformat(day), span)


async def test_a_day_begins_at_the_persons_midnight(work: Workspace) -> None:
    inside = await meeting(work, "2026-10-24T22:30:00Z")  # 00:30 on the 25th in Berlin
    late = await meeting(work, "2026-10-25T22:30:00Z")  # 23:30 on the 25th: the day has 25 hours
    await meeting(work, "2026-10-25T23:30:00Z")
    found = await calendar(work, work.registry.get("meeting"), state("2026-10-25", "day"))
    assert {entry.id for entry in found.entries} == {str(inside), str(late)}


async def test_moving_keeps_the_wall_clock_over_the_change(work: Workspace) -> None:
    made = await meeting(work, "2026-10-23T07:00:00Z", "2026-10-23T08:30:00Z")  # 9:00 to 10:30
    one = work.registry.get("meeting")
    await move_entry(work, one, made, start="", end="", to=datetime(2026, 10, 26, 9), until=None)
    record = await work.get("meeting", made)
    assert record["starts_at"] == datetime(2026, 10, 26, 8, tzinfo=UTC)
    assert record["ends_at"] == datetime(2026, 10, 26, 9, 30, tzinfo=UTC)


async def test_what_reaches_into_the_days_is_shown(work: Workspace) -> None:
    made = await meeting(work, "2026-11-01T09:00:00Z", "2026-11-04T09:00:00Z")
    one = work.registry.get("meeting")
    found = await calendar(work, one, state("2026-11-03", "day"))
    assert [entry.id for entry in found.entries] == [str(made)]
    assert not (await calendar(work, one, state("2026-11-05", "day"))).entries


async def test_nothing_ends_before_it_starts(work: Workspace) -> None:
    made = await meeting(work, "2026-11-03T09:00:00Z", "2026-11-03T10:00:00Z")
    with pytest.raises(Invalid):
        await move_entry(
            work, work.registry.get("meeting"), made, start="", end="", to=None, until=datetime(2026, 11, 3, 8)
        )


def test_an_hour_that_is_skipped_becomes_the_next() -> None:
    like = datetime(2026, 1, 1, tzinfo=UTC)
    assert placed(like, datetime(2026, 3, 29, 2, 30), BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_whole_days_end_with_the_day_after() -> None:
    assert spread(date(2026, 3, 28), date(2026, 3, 30), BERLIN) == (datetime(2026, 3, 28), datetime(2026, 3, 31))
    assert spread(date(2026, 3, 28), date(2026, 3, 1), BERLIN)[1] == datetime(2026, 3, 29)


@pytest.mark.parametrize(("first_weekday", "first", "last"), [(0, (10, 26), (12, 6)), (6, (11, 1), (12, 5))])
def test_a_month_is_whole_weeks(first_weekday: int, first: tuple[int, int], last: tuple[int, int]) -> None:
    assert days_of(state("2026-11-21", "month"), first_weekday) == (date(2026, *first), date(2026, *last))


def test_steps_over_the_turn_of_the_year() -> None:
    assert step(state("2026-12-31", "month"), 1) == date(2027, 1, 1)
    assert step(state("2027-01-31", "month"), -1) == date(2026, 12, 1)


async def test_a_series_is_shown_as_often_as_it_happens_in_the_days_asked_and_no_more(house: House) -> None:
    ada = await house.person("Ada", time_zone="Europe/Berlin")
    start = datetime(2027, 1, 4, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    async with house.as_person(ada) as work:
        one = work.registry.get("meeting")
        await work.create("meeting", {"subject": "Round", "starts_at": start, "repeats": "weekly"})
        found = await calendar(work, one, CalendarState(date(2027, 4, 14), "month"))
        assert [entry.starts.isoformat() for entry in found.entries] == [
            f"2027-{day}T09:00:00" for day in ("03-29", "04-05", "04-12", "04-19", "04-26")
        ]
        assert all(entry.at and entry.repeats for entry in found.entries)
        agenda = await calendar(work, one, CalendarState(date(2027, 4, 14), "agenda"))
        assert [entry.starts.day for entry in agenda.entries] == [19, 26, 3, 10]


async def test_one_of_a_series_is_moved_by_hand_and_the_others_stay(house: House) -> None:
    ada = await house.person("Ada", time_zone="Europe/Berlin")
    start = datetime(2027, 1, 4, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    async with house.as_person(ada) as work:
        one = work.registry.get("meeting")
        made = await work.create("meeting", {"subject": "Round", "starts_at": start, "repeats": "weekly"})
        entry = (await calendar(work, one, CalendarState(date(2027, 4, 14), "week"))).entries[0]
        await move_one(work, one, made.id, entry.at, "this", to=datetime(2027, 4, 13, 15), until=None)
        found = await calendar(work, one, CalendarState(date(2027, 4, 14), "agenda"))
        week = await calendar(work, one, CalendarState(date(2027, 4, 14), "week"))
        assert [each.starts for each in week.entries] == [datetime(2027, 4, 13, 15)]
        assert [each.starts.day for each in found.entries] == [19, 26, 3, 10]
        with pytest.raises(Invalid):
            await move_one(work, one, made.id, "never", "this", to=datetime(2027, 4, 13, 15), until=None)


async def test_a_whole_day_is_one_day_for_readers_in_other_zones(house: House) -> None:
    ada = await house.person("Ada", time_zone="America/New_York")
    async with house.as_person(ada) as work:
        one = work.registry.get("meeting")
        start = datetime(2027, 4, 14, tzinfo=ZoneInfo("Asia/Tokyo"))
        values = {"subject": "Fair", "starts_at": start, "is_all_day": True, "zone": "Asia/Tokyo"}
        await work.create("meeting", values)
        (entry,) = (await calendar(work, one, CalendarState(date(2027, 4, 14), "week"))).entries
        assert entry.is_all_day
        assert (entry.starts, entry.ends) == (datetime(2027, 4, 14), datetime(2027, 4, 15))


async def test_colleagues_see_when_somebody_is_busy_and_not_what_it_is(house: House) -> None:
    ada, bob = await house.person("Ada"), await house.person("Bob", "sales_rep", time_zone="UTC")
    start = datetime(2027, 4, 14, 9, tzinfo=UTC)
    async with house.as_person(ada) as work:
        await work.create("meeting", {"subject": "Salary talk", "starts_at": start, "zone": "UTC"})
    async with house.as_person(bob) as work:
        rows = await team_week(work, work.registry.get("meeting"), date(2027, 4, 12))
        days = next(row.days for row in rows if row.id == str(ada))
    assert [(one.starts, one.title) for one in days[2]] == [(datetime(2027, 4, 14, 9), "")]
