"""Before a flow is on: its stored tests, and what would have started it in the last quarter."""

from __future__ import annotations

from typing import Any

import pytest
from tests.engine.automation.flows.conftest import Flows

from relata.engine.automation.flows import health, keeping
from relata.engine.automation.flows.definition import Body, Case
from relata.engine.automation.flows.rehearsing import rehearse
from relata.engine.automation.flows.steps import Branch, Update
from relata.engine.automation.flows.triggers import CallTrigger, DateTrigger, RecordTrigger, SegmentTrigger
from relata.foundation.errors import Invalid
from relata.testing.house import House


def large(*tests: Case) -> Body:
    return Body(
        trigger=RecordTrigger(object="account", happens=("created", "changed"), where="employees > 10"),
        steps=(
            Branch(
                id="size", condition="record.employees > 100",
                then=(Update(id="big", values={"description": "big"}),),
                otherwise=(Update(id="some", values={"description": "some"}),),
            ),
        ),
        tests=tests,
    )  # fmt: skip


async def test_a_flow_whose_test_fails_is_not_published_and_tests_leave_nothing(house: House, flows: Flows) -> None:
    ada = await house.person("Ada")
    big = Case(name="Big", values={"name": "T", "employees": "500"}, expect='description = "big"')
    small = Case(name="Small", values={"name": "T", "employees": "5"}, starts=False)
    flow = await flows.publish(ada, "Right", large(big, small))
    wrong = Case(name="Wrong", values={"name": "T", "employees": "50"}, expect='description = "big"')
    async with house.as_person(ada) as work:
        await keeping.draft_from(work, flow, large(big, wrong, Case(name="Never", values={"name": "T"})))
        with pytest.raises(Invalid) as refused:
            await keeping.publish(work, flow)
    said = [one.message for one in refused.value.problems]
    assert len(said) == 2
    assert "Wrong" in said[0]
    assert "It does not start" in said[1]
    async with house.system() as work:
        assert await work.find("account", limit=5) == []


async def test_a_rehearsal_takes_records_as_they_were(house: House, flows: Flows, make: Any, alter: Any) -> None:
    ada = await house.person("Ada")
    account = await make(ada, "account", name="Acme", employees=50)  # starts
    account = await alter(ada, account, employees=5)
    account = await alter(ada, account, description="small")
    account = await alter(ada, account, employees=60)  # starts
    await alter(ada, account, employees=1)
    await make(ada, "account", name="Tiny", employees=2)
    async with house.as_person(ada) as work:
        found = await rehearse(work, large())
        assert (found.starts, found.records, found.is_exact) == (2, 1, True)
        assert sum(found.weeks.values()) == 2
        assert [one.title for one in found.examples] == ["Acme", "Acme"]
        changed = RecordTrigger(object="account", happens=("changed",), fields=("description",))
        assert (await rehearse(work, Body(trigger=changed))).starts == 1
        due = DateTrigger(object="account", field="created_at", amount=0)
        assert (await rehearse(work, Body(trigger=due))).starts == 2
        assert (
            await rehearse(work, Body(trigger=SegmentTrigger(object="account", where="employees < 2")))
        ).records == 1
        with pytest.raises(Invalid):
            await rehearse(work, Body(trigger=CallTrigger()))


async def test_a_rehearsal_sees_what_its_reader_sees(house: House, make: Any) -> None:
    ada = await house.person("Ada")
    await make(ada, "account", name="Acme", employees=50)
    async with house.system() as work:
        await work.create("user", {"name": "Sam", "roles": ["sales_rep"]})
    async with house.as_person(ada) as work:
        odd = RecordTrigger(object="account", where='created_by.name = "Ada"')
        found = await rehearse(work, Body(trigger=odd))
    assert (found.starts, found.is_exact) == (1, False)


async def test_health_counts_names_slow_steps_and_tells_of_what_stands_still(
    house: House, flows: Flows, make: Any
) -> None:
    ada = await house.person("Ada")
    await flows.publish(ada, "Marks", large())
    await make(ada, "account", name="Acme", employees=50)
    await flows.happen()
    async with house.as_person(ada) as work:
        depth, slow = await health.depth_of(work), await health.slow_steps(work)
    assert (depth.due, depth.done, depth.success) == (0, 2, 1.0)  # its own change starts it once more
    assert {one.step for one in slow} == {"size", "some"}
    await flows.sql("update {schema}._flow_run set state = 'ready', ended_at = null, wake_at = now() - interval"
                    " '1 hour' returning id")  # fmt: skip
    async with house.system() as work:
        assert await health.tell_stalled(work, flows.ports) == 1
        assert await health.tell_stalled(work, flows.ports) == 0
    assert "stands still" in flows.told[-1][1]
