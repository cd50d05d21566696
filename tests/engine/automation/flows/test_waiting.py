"""Steps that wait for lanes and people, and flows that a segment starts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.engine.automation.flows.conftest import Flows

from relata.engine.automation.approvals import deciding
from relata.engine.automation.approvals.administration import Approvals
from relata.engine.automation.approvals.objects import DECISION
from relata.engine.automation.flows import forms, keeping, replaying
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.form_objects import FORM
from relata.engine.automation.flows.running import due_sql
from relata.engine.automation.flows.steps import Approve, Ask, Branch, Fail, Find, Notify, Parallel, Set, Update, Wait
from relata.engine.automation.flows.timing import start_timed
from relata.engine.automation.flows.triggers import RecordTrigger, SegmentTrigger
from relata.engine.storage.planner import quoted
from relata.foundation.errors import Conflict, Invalid, NotFound
from relata.testing.house import House

CREATED = RecordTrigger(object="account", happens=("created",))


async def test_lanes_run_side_by_side_and_are_joined(house: House, flows: Flows, make: Any, read: Any) -> None:
    ada = await house.person("Ada")
    steps = (
        Parallel(
            id="both",
            first=(Wait(id="pause", amount=1), Set(id="one", value="left")),
            second=(Find(id="other", object="account", where='name = "Acme"'), Set(id="two", value="{{other.name}}")),
        ),
        Update(id="mark", values={"description": "{{one.value}} {{two.value}}"}),
    )
    flow = await flows.publish(ada, "Both", Body(trigger=CREATED, steps=steps, limit=1))
    account = await make(ada, "account", name="Acme")
    await flows.happen()
    runs = await flows.runs(flow)
    assert [one["state"] for one in runs] == ["waiting", "waiting", "done"]
    await flows.sql("update {schema}._flow_run set wake_at = now(), memory = jsonb_set(memory, '{wait,until}',"
                    " '\"2020-01-01T00:00:00+00:00\"') where step = 'pause' returning id")  # fmt: skip
    await flows.happen()
    assert {one["state"] for one in await flows.runs(flow)} == {"done"}
    assert (await read(account))["description"] == "left Acme"


async def test_a_lane_that_fails_fails_the_step_and_stopping_stops_the_lanes(
    house: House, flows: Flows, make: Any
) -> None:
    ada = await house.person("Ada")
    lanes = Parallel(
        id="both", failing="rescue", rescue=(Notify(id="tell", to="record.owner", text="One broke"),),
        first=(Fail(id="broken", message="No"),), second=(Set(id="two", value="x"),),
    )  # fmt: skip
    flow = await flows.publish(ada, "Breaks", Body(trigger=CREATED, steps=(lanes,)))
    waits = Parallel(id="both", first=(Wait(id="a", amount=1),), second=(Wait(id="b", amount=1),))
    other = await flows.publish(ada, "Waits", Body(trigger=CREATED, steps=(waits,)))
    await make(ada, "account", name="Acme")
    await flows.happen()
    assert (ada, "One broke") in flows.told
    assert next(one["state"] for one in await flows.runs(flow)) == "done"
    async with house.as_person(ada) as work:
        await replaying.stop_run(work, (await flows.runs(other))[0]["id"])
    assert {one["state"] for one in await flows.runs(other)} == {"stopped"}


async def test_what_a_lane_makes_is_unknown_in_another(house: House, flows: Flows) -> None:
    ada = await house.person("Ada")
    steps = (Parallel(id="both", first=(Set(id="one", value="1"),), second=(Set(id="two", value="{{one.value}}"),)),)
    with pytest.raises(Invalid):
        await flows.publish(ada, "Crossed", Body(trigger=CREATED, steps=steps))


@pytest.mark.parametrize("approve", [True, False])
async def test_an_approval_decides_how_a_run_goes_on(
    house: House, flows: Flows, make: Any, read: Any, approve: bool
) -> None:
    ada, boss = await house.person("Ada"), await house.person("Boss")
    await approval(house, ada, boss)
    steps = (
        Approve(id="agreed", comment="For {{record.name}}"),
        Branch(
            id="outcome", condition="agreed.approved",
            then=(Update(id="yes", values={"description": "yes"}),),
            otherwise=(Update(id="no", values={"description": "no: {{agreed.reason}}"}),),
        ),
    )  # fmt: skip
    flow = await flows.publish(ada, "Asks", Body(trigger=CREATED, steps=steps))
    account = await make(ada, "account", name="Acme")
    await flows.happen()
    assert [one["state"] for one in await flows.runs(flow)] == ["waiting"]
    async with house.as_person(boss) as work:
        (decision,) = await work.find(DECISION, owner=boss, limit=5)
        await deciding.decide(work, decision["request"], approve=approve, reason="Because")
    await flows.happen()
    assert [one["state"] for one in await flows.runs(flow)] == ["done"]
    assert (await read(account))["description"] == ("yes" if approve else "no: Because")


async def approval(house: House, ada: Any, boss: Any) -> None:
    body = {"object": "account", "label": "Check", "steps": [{"approvers": [{"kind": "person", "who": str(boss)}]}]}
    await Approvals(house.door, house.key, ada).put("check", body)


async def test_a_form_is_filled_in_once_by_whom_it_was_sent_to(
    house: House, flows: Flows, make: Any, read: Any
) -> None:
    ada, grace = await house.person("Ada"), await house.person("Grace", "sales_rep")
    ask = Ask(
        id="asked", to="record.owner", title="About {{record.name}}", amount=3,
        fields={"reason": "Why?:text!", "size": "Size:choice(small|large)", "staff": "Staff:number"},
    )  # fmt: skip
    keep = Update(id="keep", values={"description": "{{asked.reason}} {{asked.size}}", "employees": "= asked.staff"})
    flow = await flows.publish(ada, "Asks", Body(trigger=CREATED, steps=(ask, keep)))
    account = await make(ada, "account", name="Acme", owner=grace)
    await flows.happen()
    assert flows.told == [(grace, "About Acme")]
    async with house.system() as work:
        (form,) = await work.find(FORM, limit=5)
    async with house.as_person(ada) as work:
        with pytest.raises(NotFound):
            await forms.answer(work, form.id, {"reason": "mine"})
    async with house.as_person(grace) as work:
        with pytest.raises(Invalid) as refused:
            await forms.answer(work, form.id, {"size": "huge", "staff": "many"})
        assert {one.field for one in refused.value.problems} == {"reason", "size", "staff"}
        await forms.answer(work, form.id, {"reason": "Growth", "size": "large", "staff": "12"})
        with pytest.raises(Conflict):
            await forms.answer(work, form.id, {"reason": "Again"})
    await flows.happen()
    assert [one["state"] for one in await flows.runs(flow)] == ["done"]
    found = await read(account)
    assert (found["description"], found["employees"]) == ("Growth large", 12)


async def test_a_form_that_nobody_fills_in_expires(house: House, flows: Flows, make: Any) -> None:
    ada = await house.person("Ada")
    ask = Ask(id="asked", to="record.owner", title="Well?", fields={"reason": "Why?:text"})
    tell = Notify(id="tell", to="record.owner", text="{{asked.answered}} {{asked.reason}}.")
    flow = await flows.publish(ada, "Asks", Body(trigger=CREATED, steps=(ask, tell)))
    await make(ada, "account", name="Acme")
    await flows.happen()
    await flows.sql("update {schema}._flow_run set wake_at = now(), memory = jsonb_set(memory, '{deadline}',"
                    " '\"2020-01-01T00:00:00+00:00\"') returning id")  # fmt: skip
    await flows.happen()
    assert [one["state"] for one in await flows.runs(flow)] == ["done"]
    assert flows.told[-1] == (ada, "no .")
    async with house.system() as work:
        assert [one["state"] for one in await work.find(FORM, limit=5)] == ["expired"]


async def test_a_segment_starts_a_flow_when_a_record_enters_or_leaves_it(
    house: House, flows: Flows, make: Any, alter: Any
) -> None:
    ada = await house.person("Ada")
    there = await make(ada, "account", name="There", employees=50)
    trigger = SegmentTrigger(object="account", where="employees > 10", happens=("enters", "leaves"))
    tell = Notify(id="tell", to="record.owner", text="{{record.name}} {{record.employees}}")
    flow = await flows.publish(ada, "Large", Body(trigger=trigger, steps=(tell,)))
    small = await make(ada, "account", name="Small", employees=3)
    await flows.happen()
    assert flows.told == []
    small = await alter(ada, small, employees=30)
    await flows.happen()
    small = await alter(ada, small, employees=31)
    await flows.happen()
    await alter(ada, there, employees=1)
    await flows.happen()
    assert [text for _who, text in flows.told] == ["Small 30", "There 1"]
    await flows.sql("update {schema}.account set employees = 99 where name = 'There' returning id")  # as time would do
    async with house.system() as work:
        assert await start_timed(work, house.door.actors, datetime.now(UTC) + timedelta(minutes=16)) == 1
        assert await start_timed(work, house.door.actors, datetime.now(UTC) + timedelta(minutes=17)) == 0
    async with house.as_person(ada) as work:
        await keeping.pause(work, flow)
        await keeping.resume(work, flow)


async def test_what_is_due_is_found_by_an_index_among_many_that_wait(house: House, flows: Flows, make: Any) -> None:
    ada = await house.person("Ada")
    body = Body(trigger=RecordTrigger(object="account"), steps=(Wait(id="pause", amount=1, unit="days"),))
    await flows.publish(ada, "Waits", body)
    await make(ada, "account", name="A")
    await flows.happen()
    await flows.sql(
        "insert into {schema}._flow_run (id, flow, version, cause, state, wake_at) select gen_random_uuid(), flow,"
        " version, 'test:' || n, 'waiting', now() + n * interval '1 minute' from {schema}._flow_run,"
        " generate_series(1, 3000) n returning id"
    )
    async with house.system() as work:
        connection, schema = work.unit.connection, quoted(work.context.schema)
        await connection.execute(f"analyze {schema}._flow_run")
        plan = " ".join(row[0] for row in await connection.fetch(f"explain {due_sql(schema)}", (20,)))
    assert "Index Scan using _flow_run_due" in plan
    assert "Seq Scan on _flow_run" not in plan
