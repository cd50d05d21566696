"""Something happens, and the flow does what it says."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.engine.automation.flows.conftest import Flows

from relata.engine.automation.flows import keeping, replaying, watching
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.noticing import PUMP
from relata.engine.automation.flows.pressing import press
from relata.engine.automation.flows.steps import Branch, Create, Fail, Find, Loop, Notify, Set, Update
from relata.engine.automation.flows.triggers import ButtonTrigger, EventTrigger, RecordTrigger
from relata.engine.jobs.queue import Queue
from relata.engine.workspace.administration import Administration
from relata.foundation.errors import Invalid
from relata.testing.house import House

#: The time of a test stands still.
DUE = "update {schema}._flow_run set wake_at = now() where state = 'ready' returning id"


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
    for name in ("Careful", "Bold"):
        trigger = RecordTrigger(object="account", happens=("created",), where=f'name = "{name}"')
        body = Body(trigger=trigger, steps=steps, warnings="pass" if name == "Bold" else "refuse")
        found.append(await flows.publish(ada, name, body))
    records = [await make(ada, "account", name=name) for name in ("Careful", "Bold")]
    await flows.happen()
    runs = [(one["state"], one["code"]) for flow in found for one in await flows.runs(flow)]
    assert runs == [("failed", "warning"), ("done", "")]
    assert [(await read(record))["industry"] for record in records] == [None, "retail"]


async def test_a_button_asks_first_and_a_run_is_repeated_with_other_answers(
    house: House, flows: Flows, make: Any, read: Any
) -> None:
    ada = await house.person("Ada")
    trigger = ButtonTrigger(object="account", label="Greet", inputs={"word": "text", "count": "number"})
    steps = (Update(id="note", values={"description": "{{body.word}} {{body.count}}"}),)
    flow = await flows.publish(ada, "Greet", Body(trigger=trigger, steps=steps))
    account = await make(ada, "account", name="A")
    queue = Queue(house.door.database.url)
    queue.task(PUMP)(_nothing)
    async with house.as_person(ada) as work:
        with pytest.raises(Invalid, match="number"):
            await press(work, queue, flow, [account.id], {"word": "Hi", "count": "many"})
        with pytest.raises(Invalid, match="asks for no"):
            await press(work, queue, flow, [account.id], {"wrod": "Hi"})
        assert await press(work, queue, flow, [account.id], {"word": "Hi", "count": 3}) == 1
    await flows.happen()
    (run,) = await flows.runs(flow)
    assert (run["state"], (await read(account))["description"]) == ("done", "Hi 3")
    async with house.as_person(ada) as work:
        assert await watching.inputs_of_run(work, await watching.run_of_id(work, run["id"]), ada) == {
            "word": "Hi", "count": 3,
        }  # fmt: skip
        await replaying.replay(work, run["id"], inputs={"word": "Bye"})
    await flows.sql(DUE)
    await flows.happen()
    assert [(one["state"], one["message"]) for one in await flows.runs(flow)] == [("done", "")] * 2
    assert (await read(account))["description"].strip() == "Bye"


async def test_what_failed_is_repeated_together_once_on_a_mended_version(
    house: House, flows: Flows, make: Any, read: Any
) -> None:
    ada = await house.person("Ada")
    trigger = RecordTrigger(object="account", happens=("created",))
    flow = await flows.publish(ada, "Break", Body(trigger=trigger, steps=(Fail(id="no", message="No."),)))
    accounts = [await make(ada, "account", name=name) for name in ("A", "B")]
    await flows.happen()
    assert [one["state"] for one in await flows.runs(flow)] == ["failed", "failed"]
    async with house.as_person(ada) as work:
        mended = Body(trigger=trigger, steps=(Update(id="no", values={"description": "mended"}),))
        await keeping.draft_from(work, flow, mended)
        await keeping.publish(work, flow)
        assert await replaying.replay_many(work, flow, step_id="elsewhere", number=2) == 0
        assert await replaying.replay_many(work, flow, step_id="no", number=2) == 2
        assert await replaying.replay_many(work, flow, number=2) == 0  # each once
    await flows.sql(DUE)
    await flows.happen()
    assert [(await read(one))["description"] for one in accounts] == ["mended", "mended"]


async def _nothing(job: Any) -> None:
    return None


class SomethingHappened(msgspec.Struct, frozen=True):
    """An event of a module."""

    account: UUID


async def test_an_announced_event_starts_it(house: House, flows: Flows, make: Any, read: Any) -> None:
    ada = await house.person("Ada")
    trigger = EventTrigger(object="account", event="SomethingHappened", where='name = "A"')
    steps = (Update(id="note", values={"description": "heard"}),)
    flow = await flows.publish(ada, "Hears", Body(trigger=trigger, steps=steps))
    accounts = [await make(ada, "account", name=name) for name in ("A", "B")]
    async with house.as_person(ada) as work:
        for account in accounts:
            await work.announce(SomethingHappened(account.id), about=account)
            await work.log("account", account.id, "announced", after={"event": "SomethingElse"})
    await flows.happen()
    assert [(one["state"], one["record"]) for one in await flows.runs(flow)] == [("done", accounts[0].id)]
    assert [(await read(one))["description"] for one in accounts] == ["heard", None]
