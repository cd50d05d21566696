"""Flows in the settings: made, filled in, tried, published, watched, taken along; closed to everybody else."""

from __future__ import annotations

import re

import msgspec
from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.flows.running import Runner
from relata.engine.automation.flows.segments import start_segments
from relata.engine.automation.flows.starting import start_for_changes
from relata.engine.history.feed import Change
from relata.foundation.ids import parse_id
from relata.testing.house import House

PLACE = "/settings/flows"


async def made(ada: Browser, on: str = "record", name: str = "Marks") -> str:
    """The address of a new flow on accounts with one step."""
    answer = await ada.post(f"{PLACE}/new", {"name": name, "on": on, "object": "account"})
    flow: str = answer.headers["location"]
    answer = await ada.post(f"{flow}/steps/new", {"do": "update", "block": "", "at": "0", "object": "account"})
    assert answer.headers["location"] == f"{flow}/steps/update"
    values: dict[str, str | list[str]] = {
        "values.key": ["description", ""],
        "values.value": ["Seen {{record.name}}", ""],
        "record": "record",
    }
    answer = await ada.post(f"{flow}/steps/update", {**values, "failing": "fail", "tries": "3"})
    assert answer.headers["location"] == f"{flow}?done=saved"
    return flow


async def account(house: House, ada: Browser, name: str) -> str:
    assert ada.user is not None
    async with house.as_person(ada.user) as work:
        return str((await work.create("account", {"name": name})).id)


async def run_all(house: House) -> None:
    async with house.system() as work:
        rows = await work.unit.connection.fetch(
            "select id, id, object, record, action, at, actor, via, coalesce(source, '{}'), '{}'::jsonb, '{}'::jsonb"
            f" from {work.context.schema}._change where object = 'account'"
        )
        await start_for_changes(work, house.door.actors, [Change(*row) for row in rows])
    await Runner(house.door, Ports()).pump(house.key)


async def test_a_flow_is_made_tried_published_and_watched(ada: Browser, open_house: House) -> None:
    flow = await made(ada)
    key = await account(open_house, ada, "Acme")
    tried = await ada.post(f"{flow}/try", {"record": key})
    assert tried.status_code == 200
    assert "Seen Acme" in tried.text
    assert "Seen Acme" not in (await ada.get(f"/accounts/{key}")).text
    assert (await ada.post(f"{flow}/publish")).headers["location"] == f"{flow}?done=published"
    await account(open_house, ada, "Later")
    await run_all(open_house)
    runs = (await ada.get(f"{flow}/runs")).text
    run = re.findall(r"/settings/flow-runs/[0-9a-f-]{36}", runs)[0]
    page = (await ada.get(run)).text
    assert "Seen Later" in page
    again = await ada.post(f"{run}/replay", {"step": "update"})
    assert again.status_code == 303
    assert (await ada.get(again.headers["location"])).status_code == 200
    why = await ada.get(f"{flow}/why?record={key}")
    assert "It runs as" in why.text
    assert "100" in (await ada.get(PLACE)).text


async def test_what_is_missing_stands_at_its_step(ada: Browser) -> None:
    flow = (await ada.post(f"{PLACE}/new", {"name": "X", "on": "record", "object": "account"})).headers["location"]
    await ada.post(f"{flow}/steps/new", {"do": "branch", "block": "", "at": "0"})
    await ada.post(f"{flow}/steps/branch", {"condition": "record.nothing = 1"})
    answer = await ada.post(f"{flow}/publish")
    assert answer.status_code == 422
    assert "There is no &#34;nothing&#34;" in answer.text
    assert (await ada.post(f"{PLACE}/new", {"name": "", "on": "record", "object": ""})).status_code == 422
    assert (await ada.post(f"{flow}/steps/branch", {"condition": "x", "tries": "many"})).status_code == 422
    assert (await ada.post(f"{flow}/steps/nothing", {"condition": "x"})).status_code == 404
    assert (await ada.get(f"{flow}/runs?record=x&before=y&state=z")).status_code == 200


async def test_a_flow_goes_out_as_a_file_and_comes_in_again(ada: Browser) -> None:
    flow = await made(ada)
    file = (await ada.get(f"{flow}/export")).content
    assert msgspec.json.decode(file)["name"] == "Marks"
    answer = await ada.post("/settings/flow-import", {"file": file.decode()})
    assert answer.headers["location"].endswith("?done=created")
    assert (await ada.get(answer.headers["location"])).status_code == 200
    assert (await ada.post("/settings/flow-import", {"file": '{"name": 1}'})).status_code == 422
    assert (await ada.get(f"{flow}/versions")).status_code == 200


async def test_a_button_starts_it_on_a_record(ada: Browser, open_house: House) -> None:
    flow = await made(ada, "button", "Mark it")
    assert (await ada.post(f"{flow}/publish")).status_code == 303
    key = await account(open_house, ada, "Acme")
    assert "Mark it" in (await ada.get(f"/accounts/{key}")).text
    assert (await ada.post(f"/accounts/{key}/flows/{flow.rpartition('/')[2]}")).status_code == 303
    await Runner(open_house.door, Ports()).pump(open_house.key)
    assert "Seen Acme" in (await ada.get(f"/accounts/{key}")).text


async def test_only_those_who_manage_flows_see_them(ada: Browser, sign_in: SignIn) -> None:
    flow = await made(ada)
    reader = await sign_in("reader")
    for path in (PLACE, flow, f"{flow}/runs", f"{flow}/export", f"{flow}/versions", "/settings/flow-secrets"):
        assert (await reader.get(path)).status_code == 403
    for path in (f"{flow}/publish", f"{flow}/steps/update/remove", f"{flow}/delete", f"{flow}/pause"):
        assert (await reader.post(path)).status_code == 403
    assert (await reader.post(f"{PLACE}/new", {"name": "X", "on": "record", "object": "account"})).status_code == 403


async def test_a_form_of_a_flow_is_sent_and_filled_in(ada: Browser, open_house: House) -> None:
    flow = (await ada.post(f"{PLACE}/new", {"name": "Asks", "on": "segment", "object": "account"})).headers["location"]
    assert (await ada.get(f"{flow}/trigger")).status_code == 200
    await ada.post(f"{flow}/trigger", {"happens": ["enters"], "where": "employees > 10", "limit": "0", "hours": "9"})
    for at, do in enumerate(("ask", "parallel", "approve")):
        step = (await ada.post(f"{flow}/steps/new", {"do": do, "block": "", "at": str(at)})).headers["location"]
        assert (await ada.get(step)).status_code == 200
    asked: dict[str, str | list[str]] = {
        "to": "record.owner", "title": "Why {{record.name}}?", "amount": "3", "unit": "days", "fields.key": ["why"],
        "fields.value": ["Reason:text!"], "failing": "fail", "tries": "3",
    }  # fmt: skip
    assert (await ada.post(f"{flow}/steps/ask", asked)).headers["location"] == f"{flow}?done=saved"
    page = (await ada.get(flow)).text
    assert "Second lane" in page
    assert "Ask record.owner" in page
    for name in ("parallel", "approve"):
        await ada.post(f"{flow}/steps/{name}/remove")
    assert (await ada.post(f"{flow}/publish")).headers["location"].endswith("published")
    key = await account(open_house, ada, "Acme")
    async with open_house.as_person(ada.user) as work:  # type: ignore[arg-type]
        await work.change(("account", parse_id(key)), {"employees": 30})  # type: ignore[arg-type]
    async with open_house.system() as work:
        rows = await work.unit.connection.fetch(
            "select id, id, object, record, action, at, actor, via, coalesce(source, '{}'), '{}'::jsonb, '{}'::jsonb"
            f" from {work.context.schema}._change where object = 'account'"
        )
        await start_segments(work, open_house.door.actors, [Change(*row) for row in rows])
    await Runner(open_house.door, Ports()).pump(open_house.key)
    async with open_house.system() as work:
        (form,) = await work.find("flow_form", limit=5)
    place = f"/flow_forms/{form.id}"
    assert "Why Acme?" in (await ada.get(place)).text
    assert (await ada.post(place, {"why": ""})).status_code == 422
    assert (await ada.post(place, {"why": "Growth"})).status_code == 303
    assert "it was filled in" in (await ada.get(place)).text


async def test_a_flow_is_started_on_a_selection(ada: Browser, open_house: House) -> None:
    flow = await made(ada, on="button")
    await ada.post(f"{flow}/trigger", {"label": "Mark them", "where": "employees > 10", "limit": "0", "hours": "9"})
    await ada.post(f"{flow}/publish")
    keys = [await account(open_house, ada, name) for name in ("A", "B", "C")]
    async with open_house.as_person(ada.user) as work:  # type: ignore[arg-type]
        for key in keys[:2]:
            await work.change(("account", parse_id(key)), {"employees": 30})  # type: ignore[arg-type]
    assert "flow/ask" in (await ada.get("/accounts")).text
    asked = await ada.post("/accounts/bulk/flow/ask", {"selected": keys, "what": "flow"})
    assert "Mark them" in asked.text
    key = flow.rpartition("/")[2]
    started = await ada.post("/accounts/bulk/flow", {"ids": ",".join(keys), "flow": key})
    assert "Started on 2 records" in started.headers["hx-trigger"]
    assert (await ada.post("/accounts/bulk/flow", {"ids": keys[2], "flow": key})).status_code == 422
    await Runner(open_house.door, Ports()).pump(open_house.key)
    assert (await ada.get(f"{flow}/runs")).text.count("/settings/flow-runs/") >= 2


async def test_tests_are_kept_and_run_and_a_rehearsal_looks_back(ada: Browser, open_house: House) -> None:
    flow = await made(ada)
    case: dict[str, str | list[str]] = {
        "name": "Marks it", "starts": "true", "ends": "done", "expect": 'description = "Seen Zed"',
        "values.key": ["name", ""], "values.value": ["Zed", ""],
    }  # fmt: skip
    assert (await ada.post(f"{flow}/tests", {**case, "name": ""})).status_code == 422
    assert (await ada.post(f"{flow}/tests", case)).headers["location"].endswith("done=saved")
    await ada.post(f"{flow}/tests", {**case, "name": "Wrong", "expect": "employees > 3"})
    ran = (await ada.post(f"{flow}/tests/run")).text
    assert ("Passed" in ran, "Failed" in ran) == (True, True)
    assert (await ada.post(f"{flow}/publish")).status_code == 422
    await ada.post(f"{flow}/tests/1/remove")
    assert (await ada.post(f"{flow}/publish")).headers["location"].endswith("published")
    await account(open_house, ada, "Before")
    page = (await ada.get(f"{flow}/rehearsal")).text
    assert "Before" in page


async def test_a_button_asks_first_and_what_failed_runs_again(ada: Browser, open_house: House) -> None:
    steps = [{"do": "fail", "id": "no", "message": "{{body.word}}"}]
    trigger = {"on": "button", "object": "account", "label": "Greet", "inputs": {"word": "text", "day": "date"}}
    file = msgspec.json.encode({"name": "Greets", "flow": {"trigger": trigger, "steps": steps}}).decode()
    flow = (await ada.post("/settings/flow-import", {"file": file})).headers["location"].partition("?")[0]
    await ada.post(f"{flow}/publish")
    key, number = await account(open_house, ada, "Acme"), flow.rpartition("/")[2]
    asked = await ada.post(f"/accounts/{key}/flows/{number}")
    assert (asked.status_code, 'name="in.word"' in asked.text, asked.headers["hx-retarget"]) == (200, True, "#dialog")
    answers = {"ids": key, "flow": number, "asked": "1", "in.word": "Hi there"}
    assert (await ada.post("/accounts/bulk/flow", {**answers, "in.day": "soon"})).status_code == 422
    assert (await ada.post("/accounts/bulk/flow", {**answers, "in.day": "2026-11-22"})).status_code == 200
    await Runner(open_house.door, Ports()).pump(open_house.key)
    runs = (await ada.get(f"{flow}/runs?state=failed")).text
    assert "Run all of these again" in runs
    run = re.findall(r"/settings/flow-runs/[0-9a-f-]{36}", runs)[0]
    page = (await ada.get(run)).text
    assert 'value="Hi there"' in page
    assert 'value="2026-11-22"' in page
    again = await ada.post(f"{run}/replay", {"version": "1", "edited": "1", "in.word": "Bye", "in.day": ""})
    assert again.headers["location"].endswith("?done=started")
    await go_on(open_house)
    assert "Bye" in (await ada.get(again.headers["location"])).text
    more = [(await ada.post(f"{flow}/runs/replay", {"state": "failed"})).headers["location"] for _time in range(2)]
    assert [one.rpartition("=")[2] for one in more] == ["started", "nothing"]


async def go_on(house: House) -> None:
    async with house.system() as work:
        schema = work.context.schema
        await work.unit.connection.execute(f"update {schema}._flow_run set wake_at = now() where state = 'ready'")
    await Runner(house.door, Ports()).pump(house.key)
