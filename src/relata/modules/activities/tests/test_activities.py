"""Activities through the door."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from relata.engine.formula import Binary, Call, Literal, Path
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.modules.activities import contracts
from relata.modules.activities.contracts import MEETING, NOTE, TASK
from relata.testing.house import House

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def task(work: Workspace, **values: Any) -> Record:
    """A task."""
    return await work.create(TASK, {"subject": "Send the offer", **values})


async def test_completing_notes_when_and_reopening_forgets_it(house: House) -> None:
    async with house.system() as work:
        made = await task(work)
        await work.run(contracts.CompleteTask(made.id))
        done = await work.get(TASK, made.id)
        await work.run(contracts.ReopenTask(made.id))
        opened = await work.get(TASK, made.id)
    assert done["status"] == "done"
    assert done["completed_at"] is not None
    assert (opened["status"], opened["completed_at"]) == ("open", None)


async def test_a_cancelled_task_is_not_completed(house: House) -> None:
    async with house.system() as work:
        made = await task(work, status="cancelled")
        with pytest.raises(Conflict, match="cancelled"):
            await work.run(contracts.CompleteTask(made.id))


async def test_an_imported_task_may_be_done_already(house: House) -> None:
    async with house.system() as work:
        made = await task(work, status="done")
    assert made["completed_at"] is not None


async def test_a_task_is_overdue_the_day_after_until_it_is_done(house: House) -> None:
    async with house.system() as work:
        today = work.clock.today
        await task(work, due_on=today)
        await task(work, due_on=today - timedelta(days=1))
        await task(work, due_on=today - timedelta(days=1), status="done")
        assert await work.count(TASK, "is_overdue = true") == 1


async def test_logging_a_call_makes_the_task_that_follows(house: House) -> None:
    async with house.system() as work:
        contact = await work.create("contact", {"name": "Grace Hopper"})
        monday = work.clock.today + timedelta(days=3)
        logged = await work.run(contracts.LogCall(contact.id, "Price and term", follow_up_on=monday))
        call = await work.get("call", logged.call)
        follow_up = await work.get(TASK, logged.task)
    assert (call["contact"], call["about"].id, call["outcome"]) == (contact.id, contact.id, "connected")
    assert (follow_up["due_on"], follow_up["about"].id) == (monday, contact.id)


async def test_what_follows_from_a_call_stands_where_the_call_does(house: House) -> None:
    async with house.system() as work:
        account = await work.create("account", {"name": "Acme"})
        about = {"object": "account", "id": str(account.id)}
        call = await work.create("call", {"subject": "Price", "at": NINE, "about": about})
        made = await work.run(contracts.FollowUpCall(call.id))
        task = await work.get(TASK, made.task)
    assert (task["subject"], task["about"].id, task["kind"]) == ("Price", account.id, "follow_up")
    assert task["due_on"] > work.clock.today


async def test_a_meeting_that_is_moved_keeps_its_length(house: House) -> None:
    async with house.system() as work:
        values = {"subject": "Tasting", "starts_at": NINE, "ends_at": NINE + timedelta(minutes=20)}
        made = await work.create(MEETING, values)
        moved = await work.change(made, {"starts_at": NINE + timedelta(days=1)})
    assert moved["ends_at"] == NINE + timedelta(days=1, minutes=20)


async def test_a_meeting_without_a_start_is_refused_and_not_a_crash(house: House) -> None:
    async with house.system() as work:
        with pytest.raises(Invalid) as refused:
            await work.create(MEETING, {"subject": "Tasting"})
    assert refused.value.field == "starts_at"


async def test_a_note_without_a_title_is_called_after_its_first_line(house: House) -> None:
    async with house.system() as work:
        made = await work.create(NOTE, {"body": "## Parking\n\nRing at gate 2."})
    assert made["subject"] == "Parking"


async def test_an_empty_note_is_refused_and_not_a_crash(house: House) -> None:
    async with house.system() as work:
        with pytest.raises(Invalid) as refused:
            await work.create(NOTE, {})
    assert refused.value.field == "body"


async def test_a_contact_has_the_meetings_that_they_attend_and_not_those_of_others(house: House) -> None:
    async with house.system() as work:
        grace, ada = [(await work.create("contact", {"name": name})).id for name in ("Grace Hopper", "Ada Lovelace")]
        await work.create(MEETING, {"subject": "Tasting", "starts_at": NINE, "contacts": [grace]})
        await work.create(MEETING, {"subject": "Review", "starts_at": NINE, "contacts": [ada]})
        named = Call("exists", (Path(("contacts",)), Binary("=", Path(("id",)), Literal(str(grace)))))
        assert [one["subject"] for one in await work.find(MEETING, named)] == ["Tasting"]
