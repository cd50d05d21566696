"""Whatever happens in whatever order: no run is stuck, none is lost, and what came of a call counts once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb
from tests.engine.automation.flows.conftest import Flows

from relata.engine.automation.flows import keeping, replaying
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.running import Calling
from relata.engine.automation.flows.steps import Mail, Set, Update, Wait
from relata.engine.automation.flows.triggers import RecordTrigger
from relata.engine.messaging.message import Message
from relata.testing.house import House

ENDED = ("done", "failed", "stopped")
PAST = Jsonb({"wait": {"until": "2020-01-01T00:00:00+00:00", "started": "2020-01-01T00:00:00+00:00"}})
ACTS = ("create", "create", "pump", "die", "time", "meet", "stop", "pause", "resume", "publish", "late")


class Post:
    """Takes every mail."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def send(self, message: Message) -> None:
        self.keys.append(message.key)


def body(number: int) -> Body:
    steps = (
        Update(id="mark", values={"description": f"Version {number}"}),
        Mail(id="mail", to="{{record.id}}@example.com", subject="Hi", text="Hi", uncertain="go_on"),
        Wait(id="answer", amount=5, unit="days", when='industry = "retail"'),
        Set(id="last", value=str(number)),
    )
    return Body(trigger=RecordTrigger(object="account", happens=("created",)), steps=steps, limit=2)


@given(acts=st.lists(st.sampled_from(ACTS), min_size=3, max_size=14))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_every_run_ends_and_none_is_lost(house: House, flows: Flows, make: Any, acts: list[str]) -> None:
    post = Post()
    flows.ports = replace(flows.ports, transport=post)
    ada = await house.person("Ada")
    flow = await flows.publish(ada, "Life", body(1))
    expected, is_on, number = 0, True, 1
    dropped: list[Calling] = []

    async def overdue() -> None:
        await flows.sql("update {schema}._flow_run set wake_at = now() where flow = %s and ended_at is null", flow)

    for act in acts:
        match act:
            case "create":
                await make(ada, "account", name="Acme")
                await flows.happen()
                expected += is_on
            case "pump":
                await flows.happen()
            case "die":  # a worker takes its turn, and is gone before its calls are answered
                await overdue()
                dropped += (await flows.runner.batch(house.key))[1]
            case "late":  # one that was thought dead tells what came of its call after all
                for one in dropped:
                    await flows.runner._perform(house.key, one)
            case "time":
                await flows.sql("update {schema}._flow_run set memory = memory || %s where state = 'waiting'", PAST)
                await overdue()
            case "meet":
                await flows.sql("update {schema}.account set industry = 'retail'")
                await overdue()
            case "stop":
                open_runs = [one["id"] for one in await flows.runs(flow) if one["state"] not in ENDED]
                async with house.as_person(ada) as work:
                    for key in open_runs[:1]:
                        await replaying.stop_run(work, key)
            case "pause" if is_on:
                async with house.as_person(ada) as work:
                    await keeping.pause(work, flow)
                is_on = False
            case "resume" if not is_on:
                async with house.as_person(ada) as work:
                    await keeping.resume(work, flow)
                is_on = True
            case "publish":
                number, is_on = number + 1, True
                async with house.as_person(ada) as work:
                    await keeping.save_draft(work, await keeping.draft_of(work, flow), body(number))
                    await keeping.publish(work, flow)
    if not is_on:
        async with house.as_person(ada) as work:
            await keeping.resume(work, flow)
    for _round in range(20):
        await flows.happen()
        await flows.sql("update {schema}._flow_run set memory = memory || %s where state = 'waiting'", PAST)
        await overdue()
    runs = await flows.runs(flow)
    assert len(runs) == expected
    assert {one["state"] for one in runs} <= {"done", "stopped"}
    for run in runs:
        mails = [state for step, state in await flows.steps(run["id"]) if step == "mail"]
        assert run["state"] == "stopped" or mails in (["done"], ["uncertain"])
    await flows.sql("delete from {schema}._flow_run")
    async with house.as_person(ada) as work:
        await keeping.archive(work, flow)
