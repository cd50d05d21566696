"""Whose calendar counts, who is away, and where holidays come from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from relata.engine.automation.working_time import add_working, is_open
from relata.engine.automation.working_time.holidays_of import holidays_in, holidays_in_file
from relata.engine.automation.working_time.reading import away_on, calendar_of, workspace_calendar
from relata.foundation.errors import Denied, Invalid
from relata.testing.house import House

NOON = datetime(2026, 12, 24, 11, tzinfo=UTC)


async def test_a_persons_calendar_comes_before_the_teams_and_the_workspaces(house: House) -> None:
    async with house.system() as work:
        night = await work.create(
            "working_calendar", {"name": "Night", "zone": "America/New_York", "monday": "22:00-24:00;00:00-6:00"}
        )
        day = await work.create("working_calendar", {"name": "Day", "zone": "Asia/Tokyo"})
        team = await work.create("team", {"name": "East", "calendar": day.id})
    one = await house.person("One", team=team.id, calendar=night.id)
    two = await house.person("Two", team=team.id)
    three = await house.person("Three")
    async with house.system() as work:
        found = [(await calendar_of(work, who)).name for who in (one, two, three)]
        assert found == ["Night", "Day", "Test company"]
        assert (await calendar_of(work, team=team.id)).name == "Day"
        assert (await work.get("working_calendar", night.id))["monday"] == "00:00-06:00, 22:00-24:00"


async def test_holidays_without_a_calendar_count_for_the_workspace(house: House) -> None:
    async with house.system() as work:
        assert is_open(await workspace_calendar(work), NOON)
        await work.create("holiday", {"name": "Christmas Eve", "day": "2026-12-24"})
        calendar = await workspace_calendar(work)
        assert not is_open(calendar, NOON)
        assert add_working(calendar, NOON, timedelta(hours=1)) == datetime(2026, 12, 25, 9, tzinfo=UTC)


async def test_one_calendar_is_for_everybody_and_takes_the_place_of_the_settings(house: House) -> None:
    async with house.system() as work:
        for name in ("One", "Two"):
            made = await work.create("working_calendar", {"name": name, "zone": "UTC", "is_default": True})
        await work.create(
            "holiday", {"name": "Half a day", "day": "2026-12-24", "calendar": made.id, "hours": "9:00-11:00"}
        )
        calendar = await workspace_calendar(work)
        assert (calendar.name, is_open(calendar, NOON)) == ("Two", False)
        assert await work.count("working_calendar", "is_default") == 1


async def test_hours_that_can_not_be_read_are_refused_at_their_day(house: House) -> None:
    async with house.system() as work:
        with pytest.raises(Invalid) as refused:
            await work.create("working_calendar", {"name": "X", "zone": "Mars/North", "tuesday": "17:00-09:00"})
        assert {one.field for one in refused.value.problems} == {"zone", "tuesday"}


async def test_who_is_away_has_a_deputy(house: House) -> None:
    ada, ben = await house.person("Ada", "member"), await house.person("Ben")
    async with house.as_person(ada) as work:
        made = await work.create("absence", {"first_day": "2026-12-24", "last_day": "2026-12-31", "deputy": ben})
        assert (made["person"], made["owner"], made["name"]) == (ada, ada, "Ada, 2026-12-31")
        away = await away_on(work, [ada, ben], NOON)
        assert {who: (one.deputy, one.until) for who, one in away.items()} == {ada: (ben, date(2026, 12, 31))}
        assert await away_on(work, [ada], NOON + timedelta(days=8)) == {}


async def test_nobody_enters_absences_of_others_or_stands_in_for_themselves(house: House) -> None:
    ada, ben = await house.person("Ada", "member"), await house.person("Ben")
    days = {"first_day": "2026-12-24", "last_day": "2026-12-20"}
    async with house.as_person(ada) as work:
        with pytest.raises(Denied):
            await work.create("absence", {**days, "person": ben})
        with pytest.raises(Invalid) as refused:
            await work.create("absence", {**days, "deputy": ada})
        assert {one.field for one in refused.value.problems} == {"last_day", "deputy"}
        with pytest.raises(Denied):
            await work.create("holiday", {"name": "My day", "day": "2026-12-24"})


def test_public_holidays_of_a_country_and_of_its_part() -> None:
    german, bavarian = holidays_in("DE", 2026), holidays_in("DE", 2026, "BY", "en")
    assert date(2026, 10, 3) in {one.day for one in german}
    assert date(2026, 1, 6) in {one.day for one in bavarian} - {one.day for one in german}
    assert {one.name for one in bavarian} >= {"Epiphany", "Christmas Day"}
    with pytest.raises(Invalid):
        holidays_in("XX", 2026)
    with pytest.raises(Invalid):
        holidays_in("DE", 2026, "XX")


def test_holidays_of_a_file() -> None:
    file = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"
        b"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20200101\r\nRRULE:FREQ=YEARLY\r\n"
        b"SUMMARY:New Year\r\nEND:VEVENT\r\n"
        b"BEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261226\r\nEND:VEVENT\r\n"
        b"END:VCALENDAR\r\n"
    )
    found = holidays_in_file(file, 2027)
    assert [(one.day.isoformat(), one.name) for one in found] == [
        ("2026-12-24", "2026-12-24"), ("2026-12-25", "2026-12-25"), ("2027-01-01", "New Year"),
    ]  # fmt: skip
    for content in (b"", b"nonsense", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", b"\xff\xfe\x00"):
        with pytest.raises(Invalid):
            holidays_in_file(content)
