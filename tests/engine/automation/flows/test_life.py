"""A run's life: it waits, is tried again, stays on its version, stops loops, and may no more than its publisher."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from psycopg.types.json import Jsonb
from tests.engine.automation.flows.conftest import Flows

from relata.engine.automation.flows import keeping
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.steps import Branch, Call, Create, Fail, Notify, Set, Update, Wait
from relata.engine.automation.flows.triggers import CallTrigger, RecordTrigger
from relata.engine.metadata.module import Grant, Role
from relata.engine.workspace.administration import Administration
from relata.foundation.errors import Denied, Invalid
from relata.testing.house import House

CREATED = RecordTrigger(object="account", happens=("created",))


async def test_a_wait_goes_on_when_its_time_has_come(house: House, flows: Flows, make: Any) -> None:
    ada = await house.person("Ada")
    steps = (Wait(id="pause", amount=3, unit="days"), Notify(id="tell", to="record.owner", text="Now"))
    flow = await flows.publish(ada, "Later", Body(trigger=CREATED, steps=steps))
    await make(ada, "account", name="Acme")
    await flows.happen()
    (run,) = await flows.runs(flow)
    assert (run["state"], flows.told) == ("waiting", [])
    await flows.sql(
        "update {schema}._flow_run set wake_at = now(), memory = jsonb_set(memory, '{wait,until}', %s)",
        Jsonb("2020-01-01T00:00:00+00:00"),
    )
    await flows.happen()
    assert [one["state"] for one in await flows.runs(flow)] == ["done"]
    assert flows.told == [(ada, "Now")]


async def test_a_wait_for_a_condition_ends_when_the_record_meets_it(
    house: House, flows: Flows, make: Any, alter: Any
) -> None:
    ada = await house.person("Ada")
    steps = (
        Wait(id="answer", amount=5, unit="days", when='industry = "retail"'),
        Branch(id="met", condition="answer.met", then=(Notify(id="yes", to="record.owner", text="Retail"),)),
    )
    flow = await flows.publish(ada, "Industry", Body(trigger=CREATED, steps=steps))
    account = await make(ada, "account", name="Acme")
    await flows.happen()
    (run,) = await flows.runs(flow)
    assert run["state"] == "waiting"
    await alter(ada, account, industry="retail")
    await flows.sql("update {schema}._flow_run set wake_at = now() where awaits = %s", account.id)
    await flows.happen()
    assert [one["state"] for one in await flows.runs(flow)] == ["done"]
    assert flows.told == [(ada, "Retail")]


async def test_a_run_stays_on_the_version_with_which_it_began(house: House, flows: Flows, make: Any) -> None:
    ada = await house.person("Ada")
    old = Body(trigger=CREATED, steps=(Wait(id="pause", amount=1), Notify(id="tell", to="record.owner", text="Old")))
    flow = await flows.publish(ada, "Versions", old)
    await make(ada, "account", name="Acme")
    await flows.happen()
    async with house.as_person(ada) as work:
        new = Body(trigger=CREATED, steps=(Notify(id="other", to="record.owner", text="New"),))
        await keeping.save_draft(work, await keeping.draft_of(work, flow), new)
        await keeping.publish(work, flow)
    await flows.sql(
        "update {schema}._flow_run set wake_at = now(), memory = memory || %s",
        Jsonb({"wait": {"until": "2020-01-01T00:00:00+00:00"}}),
    )
    await flows.happen()
    await make(ada, "account", name="Later")
    await flows.happen()
    assert [text for _who, text in flows.told] == ["Old", "New"]


async def test_a_flow_that_starts_itself_is_stopped_with_its_causes(house: House, flows: Flows, make: Any) -> None:
    ada = await house.person("Ada")
    trigger = RecordTrigger(object="account", happens=("created", "changed"))
    steps = (Update(id="more", values={"employees": "=coalesce(record.employees, 0) + 1"}),)
    flow = await flows.publish(ada, "Counts", Body(trigger=trigger, steps=steps))
    await make(ada, "account", name="Acme")
    await flows.happen()
    runs = await flows.runs(flow)
    assert [one["state"] for one in runs] == ["done", "done", "done", "stopped"]
    assert runs[-1]["code"] == "loop"
    assert [link[2] for link in runs[-1]["chain"]] == [str(one["id"]) for one in runs[:-1]]


async def test_it_may_no_more_than_its_publisher(house: House, flows: Flows, make: Any, read: Any) -> None:
    ada = await house.person("Ada")
    grants = {"account": Grant("own", "own", "own", "own"), "user": Grant("all"), "team": Grant("all")}
    narrow = Role("narrow", "Narrow", "Own accounts.", grants, ("manage_flows",))
    await Administration(house.door, house.key, ada).put("role", "narrow", msgspec.to_builtins(narrow))
    bob = await house.person("Bob", "narrow")
    trigger = RecordTrigger(object="account", happens=("created",))
    steps = (Update(id="mark", values={"description": "Seen"}),)
    await flows.publish(bob, "Marks", Body(trigger=trigger, steps=steps))
    hers, his = await make(ada, "account", name="Hers"), await make(bob, "account", name="His")
    await flows.happen()
    assert [one["record"] for one in await flows.runs()] == [his.id]
    assert (await read(hers))["description"] is None
    async with house.as_person(bob) as work:
        body = Body(trigger=trigger, steps=(Create(id="task", object="task", values={"subject": "x"}),))
        flow = await keeping.make_flow(work, "Tasks", body)
        with pytest.raises(Invalid):
            await keeping.publish(work, flow.id)
    carl = await house.person("Carl", "reader")
    async with house.as_person(carl) as work:
        with pytest.raises(Denied):
            await keeping.make_flow(work, "Mine", body)
        with pytest.raises(Denied):
            await work.create("flow", {"name": "Mine"})


async def test_it_pauses_when_its_publisher_leaves(house: House, flows: Flows, make: Any) -> None:
    ada, bob = await house.person("Ada"), await house.person("Bob")
    flow = await flows.publish(bob, "Bob's", Body(trigger=CREATED, steps=(Set(id="x", value="1"),)))
    async with house.system() as work:
        await work.change(("user", bob), {"status": "inactive"})
    house.door.actors.clear()
    await make(ada, "account", name="Acme")
    await flows.happen()
    assert await flows.runs(flow) == []
    async with house.as_person(ada) as work:
        record = await keeping.flow_of(work, flow)
    assert (record["state"], bool(record["paused_because"])) == ("paused", True)


async def test_a_failure_goes_to_its_rescue_or_ends_the_run(house: House, flows: Flows, make: Any) -> None:
    ada = await house.person("Ada")
    steps = (
        Update(
            id="bad", values={"website": "{{record.name}}"}, failing="rescue",
            rescue=(Notify(id="rescued", to="record.owner", text="Rescued"),),
        ),
        Fail(id="end", message="No good: {{record.name}}"),
    )  # fmt: skip
    flow = await flows.publish(ada, "Fails", Body(trigger=CREATED, steps=steps))
    await make(ada, "account", name="not an address")
    await flows.happen()
    (run,) = await flows.runs(flow)
    assert (run["state"], run["message"]) == ("failed", "No good: not an address")
    assert await flows.steps(run["id"]) == [("bad", "failed"), ("rescued", "done"), ("end", "failed")]
    assert [text for _who, text in flows.told] == ["Rescued", "The flow Fails failed: No good: not an address"]


async def test_a_lane_lets_only_so_many_begin(house: House, flows: Flows, make: Any) -> None:
    ada = await house.person("Ada")
    body = Body(trigger=CREATED, steps=(Wait(id="pause", amount=1),), limit=1)
    flow = await flows.publish(ada, "One at a time", body)
    for name in ("A", "B", "C"):
        await make(ada, "account", name=name)
    await flows.happen()
    assert sorted(one["state"] for one in await flows.runs(flow)) == ["queued", "queued", "waiting"]
    for _time in range(3):
        await flows.sql(
            "update {schema}._flow_run set wake_at = now(), memory = memory || %s where state = 'waiting'",
            Jsonb({"wait": {"until": "2020-01-01T00:00:00+00:00"}}),
        )
        await flows.happen()
    assert [one["state"] for one in await flows.runs(flow)] == ["done", "done", "done"]


async def test_a_flow_that_waits_for_another_goes_on_at_its_end(house: House, flows: Flows, make: Any) -> None:
    ada = await house.person("Ada")
    inner = Body(
        trigger=CallTrigger(object="account"), steps=(Notify(id="in", to="record.owner", text="Inner {{record.name}}"),)
    )
    await flows.publish(ada, "Inner", inner)
    steps = (Call(id="call", flow="Inner", waits=True), Notify(id="out", to="record.owner", text="Outer"))
    await flows.publish(ada, "Outer", Body(trigger=CREATED, steps=steps))
    await make(ada, "account", name="Acme")
    await flows.happen()
    assert [one["state"] for one in await flows.runs()] == ["done", "done"]
    assert [text for _who, text in flows.told] == ["Inner Acme", "Outer"]
