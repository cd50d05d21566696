"""What the clock starts: once at each time that was promised, whatever the clocks do in between."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.automation.flows.conftest import Flows

from relata.engine.automation.flows.clocks import at_wall, shifted
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.steps import Notify
from relata.engine.automation.flows.timing import start_timed, ticks_between
from relata.engine.automation.flows.triggers import DateTrigger, ScheduleTrigger
from relata.testing.house import House

ZONES = (
    "Europe/Berlin", "Europe/London", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata",
    "Africa/Cairo", "Pacific/Apia", "America/St_Johns", "UTC",
)  # fmt: skip
START = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


@given(
    st.sampled_from(ZONES), st.lists(moments, min_size=2, max_size=12), st.integers(0, 23), st.integers(0, 59)
)  # fmt: skip
@settings(max_examples=50, deadline=None)
def test_a_daily_schedule_comes_once_each_day_however_often_one_looks(
    zone: str, looks: list[datetime], hour: int, minute: int
) -> None:
    """Two years, ten zones: looking at random moments finds the same ticks as looking once, and one for each day."""
    looks = sorted({START, *looks})
    cron = f"{minute} {hour} * * *"
    pieces = [tick for since, until in pairwise(looks) for tick in ticks_between(cron, zone, since, until)]
    assert pieces == list(ticks_between(cron, zone, looks[0], looks[-1]))
    assert len(set(pieces)) == len(pieces)
    days = [(tick.astimezone(ZoneInfo(zone)) - timedelta(0)).date() for tick in pieces]
    expected, day = [], looks[0].astimezone(ZoneInfo(zone)).date()
    while day <= looks[-1].astimezone(ZoneInfo(zone)).date():
        if looks[0] < at_wall(day, time(hour, minute), zone) <= looks[-1]:
            expected.append(day)
        day += timedelta(days=1)
    assert days == expected


@given(st.sampled_from(ZONES), moments, st.integers(-400, 400))
@settings(max_examples=50, deadline=None)
def test_days_later_is_the_same_time_on_the_wall_unless_the_clocks_leap_over_it(
    zone: str, moment: datetime, days: int
) -> None:
    later = shifted(moment, days, "days", zone)
    before, after = moment.astimezone(ZoneInfo(zone)), later.astimezone(ZoneInfo(zone))
    wanted = datetime.combine(before.date() + timedelta(days=days), before.time(), ZoneInfo(zone))
    exists = wanted.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wanted.replace(tzinfo=None)
    assert (after.date() - before.date()).days == days or not exists
    assert not exists or after.time() == before.time()


def test_a_time_that_the_clocks_leap_over_is_due_when_they_have_leapt() -> None:
    since, until = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert list(ticks_between("30 2 * * *", "Europe/Berlin", since, until)) == [
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    ]


async def test_a_date_starts_it_at_its_distance_and_once(house: House, flows: Flows, make: Any) -> None:
    ada = await house.person("Ada")
    trigger = DateTrigger(
        object="opportunity", field="close_date", amount=-3, unit="days", at="09:00", zone="Europe/Berlin",
        where='status = "open"',
    )  # fmt: skip
    steps = (Notify(id="tell", to="record.owner", text="{{record.name}}"),)
    await flows.publish(ada, "Soon", Body(trigger=trigger, steps=steps))
    for name, day in (("Due", date(2027, 5, 13)), ("Later", date(2027, 5, 14)), ("None", None)):
        await make(ada, "opportunity", name=name, close_date=day)
    at = datetime(2027, 5, 10, 7, 0, tzinfo=UTC)
    await flows.sql("update {schema}._flow_timer set seen_until = %s", at - timedelta(minutes=5))
    started = []
    for minutes in (-1, 0, 1):
        async with house.system() as work:
            started.append(await start_timed(work, house.door.actors, at + timedelta(minutes=minutes)))
    await flows.happen()
    assert started == [0, 1, 0]
    assert flows.told == [(ada, "Due")]


async def test_a_schedule_that_was_missed_comes_once(house: House, flows: Flows) -> None:
    ada = await house.person("Ada")
    trigger = ScheduleTrigger(cron="0 * * * *", zone="UTC")
    flow = await flows.publish(ada, "Hourly", Body(trigger=trigger, steps=(Notify(id="x", to="person", text="x"),)))
    now = datetime(2027, 5, 10, 7, 30, tzinfo=UTC)
    await flows.sql("update {schema}._flow_timer set seen_until = %s", now - timedelta(hours=6))
    async with house.system() as work:
        assert await start_timed(work, house.door.actors, now) == 1
        assert await start_timed(work, house.door.actors, now) == 0
    await flows.happen()
    assert [one["state"] for one in await flows.runs(flow)] == ["done"]
