"""Series, guests and rooms through the door."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from relata.engine.calendars.free_busy import busy
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.modules.activities import contracts
from relata.modules.activities.actions.advancing import advance_series
from relata.modules.activities.contracts import ATTENDEE, MEETING, ROOM, TASK
from relata.testing.house import House

BERLIN = ZoneInfo("Europe/Berlin")
#: A Monday at nine, before the clocks change on 28 March 2027.
MONDAY = datetime(2027, 3, 8, 9, tzinfo=BERLIN)


async def meeting(work: Workspace, **values: Any) -> Record:
    """A meeting in Berlin."""
    return await work.create(MEETING, {"subject": "Round", "starts_at": MONDAY, "zone": "Europe/Berlin", **values})


async def days(work: Workspace, owner: Any, weeks: int = 8) -> list[str]:
    """When the owner is busy, as Berlin's clocks show it."""
    found = await busy(work, MEETING, [owner], MONDAY - timedelta(days=1), MONDAY + timedelta(weeks=weeks))
    return [one.starts.astimezone(BERLIN).strftime("%m-%d %H") for one in found[owner]]


async def test_a_weekly_meeting_stays_at_nine_over_the_change_of_clocks(house: House) -> None:
    ada = await house.person("Ada")
    async with house.as_person(ada) as work:
        made = await meeting(work, repeats="weekly", repeats_until="2027-04-05")
        assert made["rule"] == "FREQ=WEEKLY;UNTIL=20270405T215959Z;BYDAY=MO"
        assert made["series_end"] == datetime(2027, 4, 5, 10, tzinfo=BERLIN)
        assert await days(work, ada) == ["03-08 09", "03-15 09", "03-22 09", "03-29 09", "04-05 09"]


async def test_moving_one_leaves_the_others_where_they_are(house: House) -> None:
    ada = await house.person("Ada")
    async with house.as_person(ada) as work:
        made = await meeting(work, repeats="weekly", repeats_until="2027-03-29", location="Hall 2")
        at = MONDAY + timedelta(days=7)
        await work.run(contracts.MoveOccurrence(made.id, at, to=at + timedelta(days=1, hours=2)))
        (own,) = await work.find(MEETING, series=made.id)
        assert await days(work, ada) == ["03-08 09", "03-16 11", "03-22 09", "03-29 09"]
    assert (own["location"], own["original_at"], own["uid"]) == ("Hall 2", at, made["uid"])


async def test_moving_this_and_the_following_divides_the_series(house: House) -> None:
    ada = await house.person("Ada")
    async with house.as_person(ada) as work:
        made = await meeting(work, rule="FREQ=WEEKLY;COUNT=5;BYDAY=MO")
        await work.run(contracts.SkipOccurrence(made.id, datetime(2027, 4, 5, 9, tzinfo=BERLIN)))
        at = MONDAY + timedelta(days=14)
        command = contracts.MoveOccurrence(made.id, at, to=at + timedelta(days=1), scope="following")
        await work.run(command)
        assert await days(work, ada) == ["03-08 09", "03-15 09", "03-23 09", "03-30 09"]


async def test_moving_all_takes_rule_and_exceptions_along(house: House) -> None:
    ada = await house.person("Ada")
    async with house.as_person(ada) as work:
        made = await meeting(work, repeats="weekly", repeats_until="2027-04-05")
        await work.run(contracts.SkipOccurrence(made.id, MONDAY + timedelta(days=14)))
        at = MONDAY + timedelta(days=7)
        await work.run(contracts.ChangeOccurrence(made.id, at))
        await work.run(contracts.MoveOccurrence(made.id, MONDAY, to=MONDAY + timedelta(days=1), scope="all"))
        (own,) = await work.find(MEETING, series=made.id)
        assert await days(work, ada) == ["03-09 09", "03-15 09", "03-30 09"]
    assert own["original_at"] == at + timedelta(days=1)


async def test_a_series_on_several_days_is_not_moved_to_another_one_as_a_whole(house: House) -> None:
    async with house.system() as work:
        made = await meeting(work, rule="FREQ=WEEKLY;BYDAY=MO,WE")
        with pytest.raises(Invalid, match="several days"):
            await work.change(made, {"starts_at": MONDAY + timedelta(days=1)})


async def test_what_the_series_has_not_can_not_be_left_out(house: House) -> None:
    async with house.system() as work:
        made = await meeting(work, repeats="weekly")
        with pytest.raises(Invalid, match="nothing at this time"):
            await work.run(contracts.SkipOccurrence(made.id, MONDAY + timedelta(hours=1)))


async def test_a_wrong_rule_is_refused_at_its_field(house: House) -> None:
    async with house.system() as work:
        with pytest.raises(Invalid) as refused:
            await meeting(work, rule="every full moon")
    assert refused.value.field == "rule"


async def test_whole_days_are_days_where_the_meeting_is(house: House) -> None:
    async with house.system() as work:
        made = await meeting(work, is_all_day=True)
    assert made["starts_at"] == datetime(2027, 3, 8, tzinfo=BERLIN)
    assert made["ends_at"] == datetime(2027, 3, 9, tzinfo=BERLIN)


async def test_who_is_on_the_lists_is_a_guest_with_an_address(house: House) -> None:
    async with house.system() as work:
        contact = await work.create("contact", {"name": "Grace Hopper", "email": ["Grace@Example.com"]})
        made = await meeting(work, contacts=[contact.id])
        (guest,) = await work.find(ATTENDEE, meeting=made.id)
        assert (guest["name"], guest["email"], guest["answer"]) == ("Grace Hopper", "grace@example.com", "waiting")
        await work.change(made, {"contacts": []})
        assert await work.find(ATTENDEE, meeting=made.id) == []


async def test_two_meetings_do_not_get_one_room(house: House) -> None:
    async with house.system() as work:
        room = await work.create(ROOM, {"name": "Hall 2"})
        await meeting(work, rooms=[room.id], repeats="weekly")
        with pytest.raises(Conflict, match="Hall 2 is taken"):
            await meeting(work, rooms=[room.id], starts_at=MONDAY + timedelta(days=14, minutes=30))
        later = await meeting(work, rooms=[room.id], starts_at=MONDAY + timedelta(days=14, hours=1))
        assert later["rooms"] == (room.id,)


async def test_others_learn_when_somebody_is_busy_but_a_free_or_cancelled_meeting_keeps_nobody(house: House) -> None:
    ada, bob = await house.person("Ada"), await house.person("Bob", "sales_rep")
    async with house.as_person(ada) as work:
        await meeting(work)
        await meeting(work, is_free=True, starts_at=MONDAY + timedelta(days=1))
        await meeting(work, status="cancelled", starts_at=MONDAY + timedelta(days=2))
    async with house.as_person(bob) as work:
        assert await work.find(MEETING) == []
        assert await days(work, ada) == ["03-08 09"]


async def test_closing_one_of_a_series_keeps_its_notes_and_makes_the_next_step(house: House) -> None:
    async with house.system() as work:
        start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=8)
        made = await meeting(work, starts_at=start, zone="UTC", repeats="weekly")
        closed = await work.run(contracts.CloseMeeting(made.id, "They want a trial.", "Send a machine"))
        held, task = await work.get(MEETING, closed.meeting), await work.get(TASK, closed.task)
        assert (await work.get(MEETING, made.id))["status"] == "planned"
    assert (held["status"], held["outcome"], held["starts_at"]) == (
        "held", "They want a trial.", start + timedelta(days=7),
    )  # fmt: skip
    assert task["about"].id == held.id


async def test_a_series_moves_on_with_its_reminder_and_old_meetings_get_a_next_one(house: House) -> None:
    async with house.system() as work:
        start = work.clock.now.replace(minute=0, second=0, microsecond=0) - timedelta(days=8)
        made = await meeting(work, starts_at=start, zone="UTC", repeats="weekly", remind_before="15")
        single = await meeting(work)
        await work.unit.connection.execute("update w_main.meeting set next_at = %s where id = %s", (start, made.id))
        await work.unit.connection.execute("update w_main.meeting set next_at = null where id = %s", (single.id,))
        await advance_series(work)
        moved, known = await work.get(MEETING, made.id), await work.get(MEETING, single.id)
    assert moved["next_at"] == start + timedelta(days=14)
    assert moved["remind_at"] == moved["next_at"] - timedelta(minutes=15)
    assert known["next_at"] == MONDAY
