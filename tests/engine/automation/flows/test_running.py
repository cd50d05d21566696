"""Something happens, and the flow does what it says."""

from __future__ import annotations

from typing import Any

from tests.engine.automation.flows.conftest import Flows

from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.steps import Branch, Create, Find, Loop, Notify, Set, Update
from relata.engine.automation.flows.triggers import RecordTrigger
from relata.engine.workspace.administration import Administration
from relata.testing.house import House


async def test_a_changed_record_starts_it_once(house: House, flows: Flows, make: Any, alter: Any, read: Any) -> None:
    ada = await house.person("Ada")
    account = await make(ada, "account", name="Acme", industry="media")
    trigger = RecordTrigger(object="account", happens=("changed",), fields=("industry",), where='name = "Acme"')
    steps = (
        Update(id="note", values={"description": "Was {{before.industry}}, is {{record.industry}}"}),
        Notify(id="tell", to="record.owner", text="{{record.name}} is in {{record.industry}} now"),
    )
    flow = await flows.publish(ada, "Industry", Body(trigger=trigger, steps=steps))
    await alter(ada, account, industry="retail")
    await flows.happen()
    (run,) = await flows.runs(flow)
    assert (run["state"], run["message"]) == ("done", "")
    assert await flows.steps(run["id"]) == [("note", "done"), ("tell", "done")]
    assert (await read(account))["description"] == "Was media, is retail"
    assert flows.told == [(ada, "Acme is in retail now")]


async def test_a_condition_keeps_it_from_starting(house: House, flows: Flows, make: Any) -> None:
    ada = await house.person("Ada")
    trigger = RecordTrigger(object="account", happens=("created",), where='name starts "Big"')
    flow = await flows.publish(ada, "Big ones", Body(trigger=trigger, steps=(Set(id="x", value="1"),)))
    await make(ada, "account", name="Small one")
    await make(ada, "account", name="Big one")
    await flows.happen()
    assert [run["state"] for run in await flows.runs(flow)] == ["done"]


async def test_branches_and_loops_go_through_their_steps(house: House, flows: Flows, make: Any) -> None:
    ada = await house.person("Ada")
    account = await make(ada, "account", name="Acme")
    for name in ("One", "Two", "Three"):
        await make(ada, "contact", name={"first": name, "last": "X"}, account=account.id)
    steps = (
        Loop(
            id="each", object="contact", where="account = {{record.id}}", limit=2,
            steps=(
                Create(id="task", object="task", values={"subject": "Call {{each.name.first}}", "about": "=each"}),
            ),
        ),
        Find(id="found", object="task", where='subject = "Call Nobody"'),
        Branch(
            id="if_none", condition="found.id = null",
            then=(Notify(id="yes", to="record.owner", text="None"),),
            otherwise=(Notify(id="no", to="record.owner", text="One"),),
        ),
    )  # fmt: skip
    trigger = RecordTrigger(object="account", happens=("created",))
    flow = await flows.publish(ada, "Calls", Body(trigger=trigger, steps=steps))
    acme = await make(ada, "account", name="New")
    for name in ("A", "B", "C"):
        await make(ada, "contact", name={"first": name, "last": "Y"}, account=acme.id)
    await flows.happen()
    (run,) = await flows.runs(flow)
    assert (run["state"], run["message"]) == ("done", "")
    assert await flows.steps(run["id"]) == [
        ("each", "done"), ("task", "done"), ("task", "done"), ("found", "done"), ("if_none", "done"), ("yes", "done"),
    ]  # fmt: skip
    assert flows.told == [(ada, "None")]
    async with house.system() as work:
        assert await work.count("task", 'subject starts "Call "') == 2


async def test_a_step_that_a_rule_warns_of_fails_unless_the_flow_goes_on(
    house: House, flows: Flows, make: Any, read: Any
) -> None:
    ada = await house.person("Ada")
    rule = {"condition": 'industry != "retail"', "message": "No shops.", "severity": "warning"}
    await Administration(house.door, house.key, None).put_rule("account", "shops", rule)
    steps = (Update(id="shop", values={"industry": "retail"}),)
    found = []
    for name, choice in (("Careful", "refuse"), ("Bold", "pass")):
        trigger = RecordTrigger(object="account", happens=("created",), where=f'name = "{name}"')
        found.append(await flows.publish(ada, name, Body(trigger=trigger, steps=steps, warnings=choice)))
    records = [await make(ada, "account", name=name) for name in ("Careful", "Bold")]
    await flows.happen()
    runs = [(one["state"], one["code"]) for flow in found for one in await flows.runs(flow)]
    assert runs == [("failed", "warning"), ("done", "")]
    assert [(await read(record))["industry"] for record in records] == [None, "retail"]
