"""Funnels and cohorts: what they say is what one works out from the events by hand, and the lists behind agree."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from relata.engine.reporting.definition import Cohort, Definition, Funnel, Grouping, Step
from relata.engine.reporting.periods import begin, moved
from relata.engine.reporting.reports import shelf
from relata.engine.reporting.running import run
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.testing.house import House

STAYS = Funnel(events="stage_stays", at="entered_at", by="stage", only='category != "lost" and pipeline.is_default')


async def moved_deals(house: House, count: int = 24) -> UUID:
    """Deals that went forth and back through the stages, some past one; who sees a part of them."""
    people = [await house.person(f"Rep {n}", "sales_rep") for n in range(2)]
    chance = random.Random(4)
    async with house.system() as work:
        stages = [one for one in await work.find("stage", order="pipeline,position") if one["category"] != "lost"]
        for number in range(count):
            at = work.clock.now - timedelta(days=chance.randrange(20, 150), hours=number)
            way = [stages[min(chance.randrange(3), len(stages) - 1)]]
            way += [chance.choice(stages[:-1]) for _turn in range(chance.randrange(4))]
            made = await work.create("opportunity", {
                "name": f"Deal {number}", "owner": chance.choice(people), "stage": way[0].id,
                "stage_changed_at": at, "opened_on": at.date(), "source": chance.choice(("website", "event", None)),
            })  # fmt: skip
            for one in way[1:]:
                at += timedelta(hours=chance.randrange(1, 400))
                made = await work.change(made, {"stage": one.id, "stage_changed_at": at})
    return people[0]


async def by_hand(work: Workspace) -> dict[UUID, list[tuple[str, datetime]]]:
    """Of each deal the stages that it came to, and when."""
    found: dict[UUID, list[tuple[str, datetime]]] = {one.id: [] for one in await work.find("opportunity")}
    for stay in await work.find("stage_stay"):
        found[stay["opportunity"]].append((stay["name"], stay["entered_at"]))
    return found


def times(events: list[tuple[str, datetime]], names: list[str]) -> list[datetime | None]:
    """When each step was reached first, a later one standing for it."""
    return [min((at for name, at in events if name in names[place:]), default=None) for place in range(len(names))]


async def test_a_funnel_is_what_one_works_out_by_hand(house: House) -> None:
    person = await moved_deals(house)
    async with house.as_person(person) as work:
        result = await run(work, Definition(object="opportunity", funnel=STAYS))
        assert result.definition.funnel is not None
        names = [step.label for step in result.definition.funnel.steps]
        known: list[list[Any]] = [times(events, names) for events in (await by_hand(work)).values()]
        told: dict[str, Any] = {one.name: result.value(0, 0, place) for place, one in enumerate(result.measures)}
        for at in range(len(names)):
            reached = [one for one in known if one[at] is not None]
            assert told[f"s{at + 1}"] == len(reached)
            if at:
                both = [one[at] - one[at - 1] for one in reached if one[at] > one[at - 1]]
                assert told[f"t{at + 1}"] == (median(both) if both else None)
                assert told[f"d{at}"] == sum(one[at - 1] is not None and one[at] is None for one in known)
        for place, one in enumerate(result.measures):
            if one.kind == "integer":
                assert await work.count("opportunity", result.drill_of(0, 0, place)) == result.value(0, 0, place)
        assert 0 < told["s1"] < 24


async def test_groups_of_a_funnel_add_up(house: House) -> None:
    await moved_deals(house)
    async with house.system() as work:
        definition = Definition(object="opportunity", funnel=STAYS, rows=(Grouping(path="source"),))
        result = await run(work, definition)
        whole = await run(work, Definition(object="opportunity", funnel=STAYS))
        names = [one.name for one in whole.measures]
        for place, one in enumerate(result.measures[:-1]):
            groups: list[Any] = [result.value(row, 0, place) or 0 for row in result.row_leaves]
            assert sum(groups) == result.total.values[place] == whole.value(0, 0, names.index(one.name))  # type: ignore[union-attr]
            for row in result.row_leaves:
                expected = await work.count("opportunity", result.drill_of(row, 0, place))
                assert expected == result.value(row, 0, place)


async def test_each_step_must_have_happened_where_one_wants_that(house: House) -> None:
    await moved_deals(house)
    steps = (Step(where='name = "Needs analysis"', label="First"), Step(where='name = "Qualification"', label="Second"))
    funnel = Funnel(events="stage_stays", at="entered_at", steps=steps, passes="each")
    async with house.system() as work:
        result = await run(work, Definition(object="opportunity", funnel=funnel))
        known = [{name for name, _at in events} for events in (await by_hand(work)).values()]
        assert result.value(0, 0, 0) == sum("Needs analysis" in one for one in known)
        assert result.value(0, 0, [one.name for one in result.measures].index("s2")) == sum(
            {"Needs analysis", "Qualification"} <= one for one in known
        )


async def test_steps_in_order_follow_one_another(house: House) -> None:
    await moved_deals(house)
    steps = (Step(where='name = "Proposal"'), Step(where='name = "Needs analysis"'))
    funnel = Funnel(events="stage_stays", at="entered_at", steps=steps, passes="in_order")
    async with house.system() as work:
        result = await run(work, Definition(object="opportunity", funnel=funnel))
        second = [one.name for one in result.measures].index("s2")
        firsts = [
            [min((at for name, at in events if name == one), default=None) for one in ("Proposal", "Needs analysis")]
            for events in (await by_hand(work)).values()
        ]
        expected = sum(one is not None and other is not None and one <= other for one, other in firsts)
        assert 0 < expected < sum(None not in one for one in firsts)
        assert result.value(0, 0, second) == expected
        assert await work.count("opportunity", result.drill_of(0, 0, second)) == expected


@pytest.mark.parametrize("shows", ["reached", "active", "open"])
async def test_a_cohort_is_what_one_works_out_by_hand(house: House, shows: str) -> None:
    person = await moved_deals(house)
    cohort = Cohort(events="stage_stays", at="entered_at", where='name != "Qualification"', shows=shows, periods=5)
    rows = (Grouping(path="opened_on", grain="month"),)
    async with house.as_person(person) as work:
        result = await run(work, Definition(object="opportunity", rows=rows, cohort=cohort))
        events = await by_hand(work)
        groups: dict[Any, list[list[Any]]] = {}
        for deal in await work.find("opportunity"):
            days = [
                at.astimezone(ZoneInfo(work.clock.zone)).date()
                for name, at in events[deal.id]
                if name != "Qualification"
            ]
            groups.setdefault(deal["opened_on"].replace(day=1), []).append(days)
        present = begin(work.clock.today, "month")
        for row in result.row_leaves:
            first: Any = result.rows[row].keys[0].value
            for age in range(6):
                start, end = moved(first, "month", age), moved(first, "month", age + 1)
                found = {
                    "reached": sum(any(day < end for day in days) for days in groups[first]),
                    "active": sum(any(start <= day < end for day in days) for days in groups[first]),
                    "open": sum(not any(day < end for day in days) for days in groups[first]),
                }[shows]
                assert result.value(row, 0, 1 + age) == (found if start <= present else None)
                if start <= present:
                    assert await work.count("opportunity", result.drill_of(row, 0, 1 + age)) == found
        old = [row for row in result.row_leaves if moved(result.rows[row].keys[0].value, "month", 2) <= present]
        total = len(result.rows) - 1
        parts: list[Any] = [result.value(row, 0, 3) for row in old]
        assert result.value(total, 0, 3) == sum(parts)
        assert await work.count("opportunity", result.drill_of(total, 0, 3)) == result.value(total, 0, 3)


async def test_events_that_one_may_not_see_are_refused_in_words(house: House) -> None:
    async with house.system() as work:
        for funnel in (Funnel(events="nothing", at="at", by="stage"), Funnel(events="stage_stays", at="name")):
            with pytest.raises(Invalid):
                await run(work, Definition(object="opportunity", funnel=funnel))


async def test_reports_beside_each_other_share_their_groups(house: House) -> None:
    person = await moved_deals(house)
    async with house.as_person(person) as work:
        for day in ("2026-01-05", "2026-01-06"):
            await work.create("task", {"subject": "Call them", "due_on": day})
        tasks = Definition(object="task", rows=(Grouping(path="owner"),), where="empty(completed_at)")
        other = await shelf.make(work, "Tasks", tasks)
        deals = Definition(object="opportunity", rows=(Grouping(path="owner"),), beside=(str(other.id),))
        result = await run(work, deals)
        alone, beside = await run(work, msgspec.structs.replace(deals, beside=())), await run(work, tasks)
        total = len(result.rows) - 1
        assert [result.value(total, 0, at) for at in (0, 1)] == [alone.total.count, beside.total.count]  # type: ignore[union-attr]
        assert result.measures[1].object == "task"
        for row in range(len(result.rows)):
            for at, name in enumerate(("opportunity", "task")):
                assert await work.count(name, result.drill_of(row, 0, at)) == (result.value(row, 0, at) or 0)
        wrong = await shelf.make(
            work, "By day", Definition(object="task", rows=(Grouping(path="due_on", grain="day"),))
        )
        with pytest.raises(Invalid, match="same things"):
            await run(work, msgspec.structs.replace(deals, beside=(str(wrong.id),)))
        await work.delete(wrong)
        left = await run(work, msgspec.structs.replace(deals, beside=(str(wrong.id),)))
        assert len(left.measures) == 1
        assert [note.kind for note in left.notes].count("gone") == 1
