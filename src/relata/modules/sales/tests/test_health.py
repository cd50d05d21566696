"""How a deal is doing, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.engine.history.feed import Change
from relata.engine.metadata.fields import AnyTarget
from relata.modules.activities.contracts import CALL, TASK
from relata.modules.sales import contracts, rules
from relata.modules.sales.actions.health import assess_all
from relata.modules.sales.contracts import OPPORTUNITY, OPPORTUNITY_CONTACT
from relata.modules.sales.reactions import assess_activity, assess_deal, assess_part
from relata.modules.sales.rules.health import WEIGHTS
from relata.modules.sales.tests.test_deals import deal, stage
from relata.testing.house import House

TODAY = date(2026, 5, 4)
WELL = rules.HealthFacts(
    has_next_step=True, close_date=TODAY, days_in_stage=3, median_days=10.0, limit_days=None, pushes=1, people=2,
    silent_days=2, answer_days=14,
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reasons", "level"),
    [
        ({}, (), "good"),
        ({"has_next_step": False}, ("no_next_step",), "watch"),
        ({"close_date": TODAY - timedelta(days=1)}, ("overdue",), "at_risk"),
        ({"close_date": None}, (), "good"),
        ({"days_in_stage": 15}, (), "good"),
        ({"days_in_stage": 16}, ("stalled",), "watch"),
        ({"days_in_stage": 16, "median_days": None}, (), "good"),
        ({"days_in_stage": 16, "median_days": None, "limit_days": 15}, ("stalled",), "watch"),
        ({"pushes": 2, "people": 1}, ("pushed", "single_threaded"), "watch"),
        ({"silent_days": 15, "has_next_step": False}, ("no_answer", "no_next_step"), "at_risk"),
    ],
)
def test_a_deal_is_judged_by_what_a_person_would_ask(
    change: dict[str, Any], reasons: tuple[str, ...], level: str
) -> None:
    found = rules.health_reasons(replace(WELL, **change), TODAY)
    assert (found, rules.health(found)) == (reasons, level)


@given(st.sets(st.sampled_from(sorted(WEIGHTS))), st.sampled_from(sorted(WEIGHTS)))
def test_one_more_reason_makes_no_deal_healthier(reasons: set[str], more: str) -> None:
    levels = ("good", "watch", "at_risk")
    assert levels.index(rules.health(reasons)) <= levels.index(rules.health(reasons | {more}))


def test_a_median_needs_five_stays() -> None:
    assert (rules.median_stay([1, 2, 3, 4]), rules.median_stay([9, 1, 2, 3, 4])) == (None, 3)


def test_the_day_after_friday_is_monday() -> None:
    assert rules.next_working_day(date(2026, 5, 8)) == date(2026, 5, 11)


def told(name: str, record: Any, after: dict[str, Any], action: str = "created") -> Change:
    """A row of the feed."""
    return Change(1, 1, name, record, action, datetime.now(UTC), None, "test", {}, {}, after)


async def test_reactions_follow_people_activities_and_the_deal(house: House) -> None:
    async with house.system() as work:
        made = await deal(work, close_date=work.clock.today + timedelta(days=9))
        await assess_deal(work, told(OPPORTUNITY, made.id, {"name": "x"}))
        first = (await work.get(OPPORTUNITY, made.id)).values
        task = await work.create(TASK, {"subject": "Call", "about": AnyTarget(OPPORTUNITY, made.id)})
        for number in range(2):
            contact = await work.create("contact", {"name": f"Nadia Berger{number}"})
            role = await work.create(OPPORTUNITY_CONTACT, {"opportunity": made.id, "contact": contact.id})
        await assess_part(work, told(OPPORTUNITY_CONTACT, role.id, {"opportunity": str(made.id)}))
        about = {"about": {"object": OPPORTUNITY, "id": str(made.id)}}
        await assess_activity(work, told(TASK, task.id, about))
        then = (await work.get(OPPORTUNITY, made.id)).values
        past = {"subject": "Hello", "at": work.clock.now - timedelta(minutes=5)}
        logged = await work.create(CALL, past | {"about": AnyTarget(OPPORTUNITY, made.id)})
        await assess_activity(work, told(CALL, logged.id, about))
        called = await work.get(OPPORTUNITY, made.id)
    assert (first["health"], first["health_reasons"]) == ("watch", ("no_next_step", "single_threaded"))
    assert (then["health"], then["health_reasons"], then["last_activity_at"]) == ("good", None, None)
    assert called["last_activity_at"] == logged["at"]


async def test_the_night_measures_stages_and_judges_deals(house: House) -> None:
    async with house.system() as work:
        now = work.clock.now
        for days in (2, 4, 6, 8, 10):
            past = await deal(work, "Proposal", stage_changed_at=now - timedelta(days=30))
            await work.change(
                past, {"stage": (await stage(work, "Won")).id, "stage_changed_at": now - timedelta(days=30 - days)}
            )
        slow = await deal(work, "Proposal", stage_changed_at=now - timedelta(days=12), next_step="Wait")
        await assess_all(work)
        proposal, judged = await stage(work, "Proposal"), await work.get(OPPORTUNITY, slow.id)
        won = await work.get(OPPORTUNITY, past.id)
    assert proposal["median_days"] == 6
    assert "stalled" in judged["health_reasons"]
    assert won["health"] is None


async def test_a_follow_up_is_planned_once(house: House) -> None:
    async with house.system() as work:
        made = await deal(work)
        await work.run(contracts.PlanFollowUp(made.id))
        await work.run(contracts.PlanFollowUp(made.id))
        assert await work.count(TASK, about=made.id) == 1
