"""Promises: taken from notes and tasks, kept or broken, and what late ones say of a deal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from relata.engine.metadata.fields import AnyTarget
from relata.foundation.errors import Invalid
from relata.modules.activities.contracts import NOTE, TASK
from relata.modules.sales import contracts
from relata.modules.sales.actions.health import assess
from relata.modules.sales.contracts import OPPORTUNITY, PROMISE
from relata.modules.sales.tests.test_deals import deal
from relata.testing.house import House


async def test_a_promise_is_taken_from_a_note_and_kept(house: House) -> None:
    async with house.system() as work:
        made = await deal(work)
        note = await work.create(NOTE, {"body": "They want the offer.", "about": AnyTarget(OPPORTUNITY, made.id)})
        day = work.clock.today + timedelta(days=3)
        await work.run(contracts.PromiseFromNote(note.id, "Send the offer", due_on=day))
        promise = await work.first(PROMISE)
        assert promise is not None
        await work.run(contracts.KeepPromise(promise.id))
        await work.run(contracts.KeepPromise(promise.id))
        now = await work.get(PROMISE, promise.id)
    assert (promise["about"].id, promise["source"].id, promise["due_on"]) == (made.id, note.id, day)
    assert (now["status"], now["kept_on"]) == ("kept", work.clock.today)


async def test_a_task_is_promised_once_and_only_about_a_customer(house: House) -> None:
    async with house.system() as work:
        made = await deal(work)
        task = await work.create(TASK, {"subject": "Send offer", "about": AnyTarget(OPPORTUNITY, made.id)})
        alone = await work.create(TASK, {"subject": "Tidy up"})
        await work.run(contracts.PromiseFromTask(task.id))
        await work.run(contracts.PromiseFromTask(task.id))
        assert await work.count(PROMISE) == 1
        with pytest.raises(Invalid, match="about no deal"):
            await work.run(contracts.PromiseFromTask(alone.id))


async def test_a_late_promise_speaks_against_a_deal_until_it_is_kept(house: House) -> None:
    async with house.system() as work:
        made = await deal(work)
        late = {"subject": "Send offer", "due_on": work.clock.today - timedelta(days=1)}
        promise = await work.create(PROMISE, late | {"about": AnyTarget(OPPORTUNITY, made.id)})
        await assess(work, [made.id])
        first = (await work.get(OPPORTUNITY, made.id))["health_reasons"]
        await work.run(contracts.BreakPromise(promise.id, "No time."))
        await assess(work, [made.id])
        broken = (await work.get(OPPORTUNITY, made.id))["health_reasons"]
        await work.run(contracts.KeepPromise(promise.id))
        await assess(work, [made.id])
        kept = (await work.get(OPPORTUNITY, made.id))["health_reasons"]
    assert ["late_promise" in (reasons or ()) for reasons in (first, broken, kept)] == [True, True, False]
