"""What a bulk change would send waits until it can't be taken back any more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
from tests.engine.automation.flows.conftest import Flows
from tests.engine.automation.flows.test_outside import Post

from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.steps import Mail, Set, Update
from relata.engine.automation.flows.triggers import RecordTrigger
from relata.engine.jobs.queue import Queue
from relata.engine.transfer.bulk import running
from relata.engine.transfer.bulk.order import Order
from relata.testing.house import House

BODY = Body(
    trigger=RecordTrigger(object="account", happens=("changed",), fields=("employees",)),
    steps=(
        Update(id="mark", values={"description": "seen"}),
        Mail(id="mail", to="a@example.com", subject="Hello", text="{{record.name}}"),
    ),
)


async def test_mails_of_a_bulk_change_wait_and_fall_away_with_it(house: House, flows: Flows, make: Any) -> None:
    ada, post = await house.person("Ada"), Post()
    flows.ports = replace(flows.ports, transport=post)
    flow = await flows.publish(ada, "Mails", BODY)
    accounts = [await make(ada, "account", name=name) for name in ("A", "B")]
    queue = Queue(house.door.database.url)
    running.register(queue, house.door)
    order = Order("account", "change", (accounts[0].id,), values={"employees": "5"})
    async with house.as_person(ada) as work:
        kept = await running.start(work, queue, order)
    await flows.happen()
    assert post.sent == []
    assert [one["state"] for one in await flows.runs(flow)] == ["waiting"]
    await flows.sql(
        "update {schema}.bulk_change set finished_at = now() - interval '2 minutes' where id = %s returning id", kept.id
    )
    await flows.sql("update {schema}._flow_run set wake_at = now() returning id")
    await flows.happen()
    assert len(post.sent) == 1

    async with house.as_person(ada) as work:
        again = await running.start(work, queue, msgspec.structs.replace(order, ids=(accounts[1].id,)))
    await flows.happen()
    async with house.as_person(ada) as work:
        await running.undo(work, queue, again.id)
    await flows.sql("update {schema}._flow_run set wake_at = now() where state = 'waiting' returning id")
    await flows.sql("update {schema}.bulk_change set finished_at = now() - interval '2 minutes' returning id")
    await flows.happen()
    assert ("stopped", "undone") in [(one["state"], one["code"]) for one in await flows.runs(flow)]
    assert len(post.sent) == 2  # of the undoing, which nobody has taken back


async def test_a_bulk_change_starts_one_run_for_all_where_the_flow_says_so(
    house: House, flows: Flows, make: Any
) -> None:
    ada = await house.person("Ada")
    accounts = [await make(ada, "account", name=name) for name in ("A", "B", "C")]
    found = []
    each = RecordTrigger(object="account", happens=("changed",), where='name != "A"')
    for trigger in (each, msgspec.structs.replace(each, many="once")):
        found.append(await flows.publish(ada, trigger.many, Body(trigger=trigger, steps=(Set(id="x", value="1"),))))
    queue = Queue(house.door.database.url)
    running.register(queue, house.door)
    order = Order("account", "change", tuple(one.id for one in accounts), values={"employees": "5"})
    async with house.as_person(ada) as work:
        await running.start(work, queue, order)
    await flows.happen()
    assert [len(await flows.runs(flow)) for flow in found] == [2, 1]
