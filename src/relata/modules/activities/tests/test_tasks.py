"""Tasks that repeat, wait for each other, come from plans, and are put off."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.modules.activities import contracts
from relata.modules.activities.actions.escalating import escalate_tasks
from relata.modules.activities.actions.repeating import next_due
from relata.modules.activities.contracts import PLAN, PLAN_PART, STEP, TASK
from relata.testing.house import House


async def task(work: Workspace, **values: Any) -> Record:
    """A task."""
    return await work.create(TASK, {"subject": "Clean the machine", **values})


async def test_the_next_one_comes_when_it_is_done_with_its_checklist_and_once(house: House) -> None:
    async with house.system() as work:
        today = work.clock.today
        made = await task(work, due_on=today, repeats="weekly", tags=["bar"])
        await work.create(STEP, {"text": "Descale", "task": made.id, "is_done": True})
        await work.run(contracts.CompleteTask(made.id))
        (following,) = await work.find(TASK, previous=made.id)
        (step,) = await work.find(STEP, task=following.id)
        await work.run(contracts.ReopenTask(made.id))
        await work.run(contracts.CompleteTask(made.id))
        assert await work.count(TASK, previous=made.id) == 1
    assert (following["due_on"], following["status"], following["tags"]) == (
        today + timedelta(days=7),
        "open",
        ("bar",),
    )
    assert (step["text"], step["is_done"]) == ("Descale", False)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"due_on": date(2026, 11, 2), "rule": "FREQ=WEEKLY;BYDAY=MO"}, date(2026, 11, 30)),  # three are over: skipped
        ({"due_on": date(2026, 11, 30), "rule": "FREQ=MONTHLY;BYMONTHDAY=-1"}, date(2026, 12, 31)),
        ({"due_on": date(2026, 11, 30), "rule": "FREQ=DAILY", "repeats_until": date(2026, 11, 30)}, None),
        ({"due_on": date(2026, 11, 2), "rule": "FREQ=WEEKLY;BYDAY=MO", "repeats": "weekly", "counts_from": "done"},
         date(2026, 12, 2)),
        ({"due_on": date(2026, 11, 2), "rule": None}, None),
    ],
)  # fmt: skip
def test_the_next_day_is_never_one_that_is_over(values: dict[str, Any], expected: date | None) -> None:
    whole = {"repeats": "other", "counts_from": "due", "repeats_until": None, **values}
    assert next_due(whole, date(2026, 11, 25)) == expected


async def test_a_task_waits_for_what_must_be_done_before(house: House) -> None:
    async with house.system() as work:
        first = await task(work, subject="Sign the lease")
        second = await task(work, blocked_by=[first.id])
        with pytest.raises(Conflict, match="Sign the lease"):
            await work.run(contracts.CompleteTask(second.id))
        with pytest.raises(Invalid, match="wait for each other"):
            await work.change(first, {"blocked_by": [second.id]})
        await work.run(contracts.CompleteTask(first.id))
        await work.run(contracts.CompleteTask(second.id))


async def test_a_plan_makes_its_tasks_on_working_days_and_in_order(house: House) -> None:
    ada = await house.person("Ada")
    async with house.as_person(ada) as work:
        account = await work.create("account", {"name": "Larkfield"})
        plan = await work.create(PLAN, {"name": "Onboarding"})
        call = await work.create(PLAN_PART, {"subject": "Call", "plan": plan.id, "offset_days": 1})
        visit = {"subject": "Visit", "plan": plan.id, "offset_days": 3, "after": call.id}
        await work.create(PLAN_PART, visit)
        command = contracts.StartAccountPlan(account.id, plan.id, start_on=date(2026, 11, 26))
        made = await work.get_many(TASK, await work.run(command))
    by_name = {one["subject"]: one for one in made}
    assert by_name["Call"]["due_on"] == date(2026, 11, 27)
    assert by_name["Visit"]["due_on"] == date(2026, 12, 1)  # a weekend lies between
    assert by_name["Visit"]["blocked_by"] == (by_name["Call"].id,)
    assert (by_name["Call"]["owner"], by_name["Call"]["about"].id) == (ada, account.id)


async def test_an_empty_plan_is_not_started(house: House) -> None:
    async with house.system() as work:
        account = await work.create("account", {"name": "Larkfield"})
        plan = await work.create(PLAN, {"name": "Nothing"})
        with pytest.raises(Conflict, match="no tasks"):
            await work.run(contracts.StartAccountPlan(account.id, plan.id))


async def test_what_is_put_off_is_for_the_next_working_day(house: House) -> None:
    ada = await house.person("Ada")
    async with house.as_person(ada) as work:
        made = await task(work, due_on=work.clock.today - timedelta(days=9))
        await work.run(contracts.SnoozeTask(made.id))
        moved = await work.get(TASK, made.id)
        assert moved["due_on"] > work.clock.today
        assert moved["due_on"].weekday() < 5


async def test_managers_hear_once_of_what_is_late_and_not_what_it_is(house: House) -> None:
    boss = await house.person("Boss")
    ada = await house.person("Ada", manager=boss)
    async with house.system() as work:
        late = work.clock.today - timedelta(days=20)
        made = await task(work, due_on=late, owner=ada, subject="Secret thing")
        await task(work, due_on=work.clock.today - timedelta(days=1), owner=ada)
        await escalate_tasks(work)
        await escalate_tasks(work)
        told = await work.find("notification", owner=boss)
        assert [one["text"] for one in told] == ["Ada has 1 task that is overdue for days"]
        await work.change(await work.get(TASK, made.id), {"due_on": work.clock.today})
        assert (await work.get(TASK, made.id))["escalated_on"] is None
