"""Records that wait until somebody takes them, and answers that come in time or late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.engine.automation.assignment.conftest import Desk
from tests.engine.collaboration.conftest import Telling

from relata.engine.automation.assignment.clocks import watch
from relata.engine.collaboration.preferences import Preferences
from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied
from relata.testing.house import House


async def no_mail(work: Workspace, wish: Preferences, notification: Record) -> None:
    """These people want no mail."""


async def queue_of(desk: Desk, *members: str, **values: Any) -> Record:
    async with desk.house.system() as work:
        people = [desk.people[name] for name in members]
        return await work.create("queue", {"name": "Inbound", "members": people, **values})


async def clock_of(desk: Desk, record: Record) -> Record:
    async with desk.house.system() as work:
        found = await work.first("response_clock", None, order="-created_at", about=record.id)
    assert found is not None
    return found


async def late(desk: Desk, record: Record) -> Record:
    """The record's clock, half an hour after it was due."""
    clock = await clock_of(desk, record)
    async with desk.house.system() as work:
        before = work.clock.now - timedelta(hours=5)
        await work.change(clock, {"started": before, "due": before + timedelta(hours=1)})
        await watch(work, no_mail)
    return await clock_of(desk, record)


async def began_earlier(desk: Desk, record: Record) -> None:
    """A test is one transaction, whose moment lies before all that happens in it."""
    clock = await clock_of(desk, record)
    async with desk.house.system() as work:
        await work.change(clock, {"started": clock["started"] - timedelta(minutes=30)})


async def around_the_clock(desk: Desk) -> None:
    async with desk.house.system() as work:
        hours = dict.fromkeys(
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), "00:00-24:00"
        )
        await work.create("working_calendar", {"name": "Always", "zone": "UTC", "is_default": True, **hours})


async def test_one_of_the_members_takes_what_waits(desk: Desk) -> None:
    queue = await queue_of(desk, "Ada", "Ben")
    await desk.rule(way="queue", to={"kind": "queue", "id": str(queue.id)})
    lead = await desk.lead()
    assert (lead["owner"], lead["team"]) == (None, None)
    async with desk.house.system() as work:
        (waiting,) = await work.find("assignment", 'state = "waiting"', queue=queue.id)
    async with desk.house.as_person(desk.people["Ada"]) as work:
        await work.run(work.action("assignment", "take_record").command(assignment=waiting.id))
    async with desk.house.as_person(desk.people["Ben"]) as work:
        with pytest.raises(Conflict):
            await work.run(work.action("assignment", "take_record").command(assignment=waiting.id))
        assert desk.name((await work.get("lead", lead.id))["owner"]) == "Ada"


async def test_who_is_no_member_and_may_not_change_it_takes_nothing(desk: Desk) -> None:
    queue = await queue_of(desk, "Ada")
    await desk.rule(way="queue", to={"kind": "queue", "id": str(queue.id)})
    await desk.lead()
    reader = await desk.house.person("Reader", "reader")
    async with desk.house.as_person(reader) as work:
        (waiting,) = await work.find("assignment", 'state = "waiting"')
        with pytest.raises(Denied):
            await work.run(work.action("assignment", "take_record").command(assignment=waiting.id))


async def test_only_who_manages_people_changes_queues_and_skills(desk: Desk) -> None:
    queue = await queue_of(desk, "Ada")
    ben = desk.people["Ben"]
    async with desk.house.as_person(ben) as work:
        with pytest.raises(Denied):
            await work.change(("queue", queue.id), {"members": [ben]})
        with pytest.raises(Denied):
            await work.change(("user", ben), {"skills": ["everything"]})


async def test_an_assignment_is_written_by_rules_only(desk: Desk) -> None:
    await desk.rule()
    lead = await desk.lead()
    async with desk.house.as_person(desk.people["Ada"]) as work:
        with pytest.raises(Exception, match="can't be changed here"):
            await work.create("assignment", {"about": AnyTarget("lead", lead.id)})


async def test_an_answer_is_due_in_working_time(desk: Desk) -> None:
    await around_the_clock(desk)
    await desk.rule(response_minutes=90)
    lead = await desk.lead()
    clock = await clock_of(desk, lead)
    assert clock["due"] - clock["started"] == timedelta(minutes=90)
    assert clock["person"] == lead["owner"]


async def test_the_owners_first_change_is_an_answer(desk: Desk) -> None:
    await around_the_clock(desk)
    await desk.rule(response_minutes=90, met_by=["status"])
    lead = await desk.lead()
    await began_earlier(desk, lead)
    async with desk.house.as_person(lead["owner"]) as work:
        await work.change(("lead", lead.id), {"company": "Y"})
    async with desk.house.system() as work:
        await watch(work, no_mail)
    assert (await clock_of(desk, lead))["met_at"] is None
    async with desk.house.as_person(lead["owner"]) as work:
        await work.move(("lead", lead.id), to="working")
    async with desk.house.system() as work:
        assert await watch(work, no_mail) == 0
    clock = await clock_of(desk, lead)
    assert clock["met_at"] is not None and not clock["missed"]


async def test_the_owners_first_activity_is_an_answer(desk: Desk) -> None:
    await around_the_clock(desk)
    await desk.rule(response_minutes=90)
    lead = await desk.lead()
    await began_earlier(desk, lead)
    async with desk.house.as_person(desk.boss) as work:
        await work.create("comment", {"body": "Mine is none", "about": AnyTarget("lead", lead.id)})
    async with desk.house.system() as work:
        await watch(work, no_mail)
    assert (await clock_of(desk, lead))["met_at"] is None
    async with desk.house.as_person(lead["owner"]) as work:
        await work.create("comment", {"body": "Called them", "about": AnyTarget("lead", lead.id)})
    async with desk.house.system() as work:
        await watch(work, no_mail)
    assert (await clock_of(desk, lead))["met_at"] is not None


async def test_what_is_late_goes_to_who_leads_them_once(desk: Desk) -> None:
    await around_the_clock(desk)
    async with desk.house.system() as work:
        for person in desk.people.values():
            await work.change(("user", person), {"manager": desk.boss})
    await desk.rule(response_minutes=60, escalate="manager")
    lead = await desk.lead()
    clock = await late(desk, lead)
    assert (clock["missed"], clock["escalated_to"]) == (True, desk.boss)
    async with desk.house.system() as work:
        assert (await work.get("lead", lead.id))["owner"] == desk.boss
        assert await work.count("notification", owner=desk.boss) == 1
        assert await watch(work, no_mail) == 0
        assert await work.count("assignment", 'state != "over"', about=lead.id) == 1
    assert (await desk.why(lead))["rules"][0]["word"] == "escalated"


async def test_what_is_late_goes_into_a_queue(desk: Desk) -> None:
    await around_the_clock(desk)
    queue = await queue_of(desk, "Ada")
    await desk.rule(response_minutes=60, escalate="queue", escalate_to=str(queue.id))
    lead = await desk.lead()
    await late(desk, lead)
    async with desk.house.system() as work:
        assert (await work.get("lead", lead.id))["owner"] is None
        assert await work.count("assignment", 'state = "waiting"', queue=queue.id) == 1


async def test_a_clock_ends_with_its_record(house: House, desk: Desk) -> None:
    await around_the_clock(desk)
    await desk.rule(response_minutes=60)
    lead = await desk.lead()
    async with house.system() as work:
        await work.delete(("lead", lead.id))
        await watch(work, no_mail)
    assert (await clock_of(desk, lead))["ended_at"] is not None


async def test_members_of_a_queue_hear_of_what_waits_if_they_may_see_it(desk: Desk) -> None:
    queue = await queue_of(desk, "Ada", "Ben")
    await desk.rule(way="queue", to={"kind": "queue", "id": str(queue.id)})
    await desk.lead()
    telling = Telling(desk.house)
    await telling()
    told = [text for _kind, text in await telling.told(desk.people["Ada"]) if "queue" in text]
    assert len(told) == 1
    await telling()
    assert len([text for _kind, text in await telling.told(desk.people["Ada"]) if "queue" in text]) == 1
