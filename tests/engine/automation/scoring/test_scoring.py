"""Scores: fit and behaviour, fading, and always equal to what the log adds up to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.engine.automation.scoring import rules
from relata.engine.automation.scoring.administration import ScoringAdministration
from relata.engine.automation.scoring.behaving import follow_event, log_behaviour
from relata.engine.automation.scoring.rescoring import rescore, rescore_all
from relata.engine.automation.scoring.rules import Thresholds
from relata.engine.history.feed import Change
from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid
from relata.testing.house import House

LARGE = {"object": "lead", "label": "Large company", "where": "employees > 100", "points": 20}
CALLED = {
    "object": "lead", "label": "Was called", "kind": "behaviour", "event": "call", "points": 16, "half_life_days": 10,
    "most": 40,
}  # fmt: skip


async def office(house: House) -> ScoringAdministration:
    return ScoringAdministration(house.door, house.key, await house.person("Boss"))


async def adds_up(work: Workspace, lead: UUID) -> tuple[int | None, int]:
    """The score and the sum of its log."""
    await work.conclude()
    entries = await work.find("score_entry", about=lead)
    return (await work.get("lead", lead))["score"], sum(entry["points"] for entry in entries)


async def call(work: Workspace, lead: Record, days_ago: int = 0, **values: Any) -> Record:
    at = work.clock.now - timedelta(days=days_ago, minutes=1)
    return await work.create("call", {"subject": "Hello", "at": at, "about": AnyTarget("lead", lead.id)} | values)


async def test_a_new_lead_is_scored_before_it_is_assigned_and_says_why(house: House) -> None:
    boss = await office(house)
    await boss.put("large", LARGE)
    await boss.grade("lead", Thresholds(a=20, b=10, c=5))
    async with house.system() as work:
        lead = await work.create("lead", {"name": "Nadia Berger", "employees": 500, "score": 99})
        reasons = [(one["title"], one["points"]) for one in await work.find("score_entry", about=lead.id)]
        seen = (lead["score"], lead["grade"], reasons)
        await work.change(lead, {"employees": 5})
        then = await work.get("lead", lead.id)
        assert await adds_up(work, lead.id) == (0, 0)
    assert seen == (20, "a", [("Large company", 20)])
    assert then["grade"] == "d"


async def test_what_they_do_counts_and_fades_and_a_limit_cuts_the_oldest(house: House) -> None:
    boss = await office(house)
    await boss.put("called", CALLED)
    async with house.system() as work:
        lead = await work.create("lead", {"name": "Nadia Berger"})
        for days in (0, 10, 20, 0, 0):
            await call(work, lead, days)
        await log_behaviour(work, work.registry.get("lead"), [lead.id])
        entries = sorted(entry["points"] for entry in await work.find("score_entry", about=lead.id))
        assert await adds_up(work, lead.id) == (40, 40)
        now = await work.get("lead", lead.id)
    assert entries == [0, 0, 8, 16, 16]
    assert now["behaviour_score"] == 40


async def test_a_call_that_is_taken_back_takes_its_points(house: House) -> None:
    boss = await office(house)
    await boss.put("called", CALLED)
    async with house.system() as work:
        lead = await work.create("lead", {"name": "Nadia Berger"})
        made = await call(work, lead)
        about = {"about": {"object": "lead", "id": str(lead.id)}}
        told = Change(1, 1, "call", made.id, "created", datetime.now(UTC), None, "test", {}, {}, about)
        await follow_event(work, told)
        first = await adds_up(work, lead.id)
        await work.delete(made)
        await follow_event(work, told)
        assert await adds_up(work, lead.id) == (0, 0)
    assert first == (16, 16)


async def test_other_rules_are_applied_to_all_and_none_empties_the_log(house: House) -> None:
    boss = await office(house)
    async with house.system() as work:
        lead = await work.create("lead", {"name": "Nadia Berger", "employees": 500, "score": 7})
    assert lead["score"] == 7
    await boss.put("large", LARGE)
    async with house.system() as work:
        await rescore_all(work)
        scored = await adds_up(work, lead.id)
    await boss.delete("large")
    async with house.system() as work:
        await rescore(work, work.registry.get("lead"))
        assert await adds_up(work, lead.id) == (None, 0)
    assert scored == (20, 20)


async def test_after_a_merge_the_score_is_still_the_sum_of_its_log(house: House) -> None:
    boss = await office(house)
    await boss.put("large", LARGE)
    await boss.put("called", CALLED)
    async with house.system() as work:
        one = await work.create("lead", {"name": "Nadia Berger", "employees": 500})
        other = await work.create("lead", {"name": "N. Berger", "employees": 300})
        for lead in (one, other):
            await call(work, lead)
            await log_behaviour(work, work.registry.get("lead"), [lead.id])
        await work.conclude()
        await work.merge(one, [other.id])
        score, total = await adds_up(work, one.id)
        await rescore_all(work)
        assert await adds_up(work, one.id) == (52, 52)
    assert score == total


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"where": "nonsense > 1"}, "where"),
        ({"where": "owner.name = 'x'"}, "where"),
        ({"where": ""}, "where"),
        ({"points": 0}, "points"),
        ({"kind": "behaviour", "event": "account"}, "event"),
        ({"kind": "behaviour", "event": "call", "where": "employees > 1"}, "where"),
        ({"half_life_days": -1}, "half_life_days"),
        ({"object": "account"}, "object"),
    ],
)
async def test_rules_that_can_not_work_are_refused(house: House, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await (await office(house)).put("large", LARGE | values)
    assert {problem.field for problem in refused.value.problems} == {field}


async def test_only_who_may_change_objects_writes_rules(house: House) -> None:
    with pytest.raises(Denied):
        await ScoringAdministration(house.door, house.key, await house.person("Mia", "member")).put("large", LARGE)


@given(st.lists(st.integers(-50, 50)), st.integers(0, 80))
def test_a_limit_is_never_passed_in_either_direction(points: list[int], most: int) -> None:
    found = rules.limited(points, most)
    assert not most or sum(map(abs, found)) <= most
    assert all(abs(after) <= abs(before) for after, before in zip(found, points, strict=True))


@given(st.integers(-1000, 1000), st.integers(0, 400), st.integers(0, 400))
def test_points_only_fade(points: int, half_life: int, days: int) -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    left = rules.faded(points, half_life, since, since + timedelta(days=days))
    later = rules.faded(points, half_life, since, since + timedelta(days=days + 1))
    assert abs(later) <= abs(left) <= abs(points)
