"""Webhooks and flows by the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from tests.interfaces.rest.conftest import Connect

from relata.testing.house import House

HOOK = {"name": "Ledger", "url": "https://example.com/hook", "objects": ["account"], "happens": ["created"]}
FLOW = {
    "name": "Welcome",
    "flow": {
        "trigger": {"on": "button", "object": "account", "label": "Greet", "inputs": {"word": "text"}},
        "steps": [{"do": "update", "id": "note", "values": {"description": "{{body.word}}"}}],
    },
}


async def test_a_webhook_is_made_changed_turned_and_deleted(connect: Connect, ada: UUID) -> None:
    api = await connect(ada)
    made = await api.post("admin/webhooks", json=HOOK)
    assert (made.status_code, made.json()["secret"][:6]) == (201, "whsec_")
    place = f"admin/webhooks/{made.json()['id']}"
    changed = await api.patch(place, json={"condition": 'name = "Acme"'})
    assert (changed.json()["condition"], changed.json()["url"]) == ('name = "Acme"', HOOK["url"])
    test = await api.post(f"{place}/test")
    (line,) = (await api.get(f"{place}/deliveries", params={"state": "waiting"})).json()["data"]
    assert (test.status_code, line["id"], line["type"]) == (202, test.json()["delivery"], "webhook.test")
    assert (await api.post(f"admin/webhook-deliveries/{line['id']}/redeliver")).status_code == 409
    assert (await api.put(f"{place}/state", json={"state": "paused"})).json()["state"] == "paused"
    assert (await api.post(f"{place}/secret")).json()["secret"] != made.json()["secret"]
    assert "secret" not in (await api.get("admin/webhooks")).json()["data"][0]
    assert (await api.patch(place, json={"url": "ftp://x"})).json()["errors"][0]["field"] == "url"
    assert (await api.delete(place)).status_code == 204
    assert (await api.get(place)).status_code == 404


async def test_a_flow_goes_out_and_in_as_a_file_and_is_published(connect: Connect, ada: UUID) -> None:
    api = await connect(ada)
    made = await api.post("admin/flows", json=FLOW)
    assert made.status_code == 201, made.text
    place = f"admin/flows/{made.json()['id']}"
    assert (await api.put(f"{place}/state", json={"state": "active"})).json()["state"] == "active"
    draft = {**FLOW["flow"], "limit": 2} if isinstance(FLOW["flow"], dict) else {}
    assert (await api.put(f"{place}/draft", json=draft)).json()["number"] == 2
    file = (await api.get(f"{place}/versions/2")).json()
    assert (file["name"], file["flow"]["limit"]) == ("Welcome", 2)
    again = await api.post("admin/flows", json=file)
    versions = (await api.get(f"admin/flows/{again.json()['id']}")).json()["versions"]
    assert [one["state"] for one in versions] == ["draft"]
    account = (await api.post("accounts", json={"name": "A"})).json()["id"]
    tried = (await api.post(f"{place}/try", json={"record": account})).json()
    assert (tried["starts"], tried["state"], tried["steps"][0]["step"]) == (True, "done", "note")
    assert (await api.post(f"{place}/why", json={"record": account})).json()["data"]
    assert (await api.get(f"{place}/runs")).json() == {"data": [], "counts": {}}
    assert (await api.post(f"{place}/replay", json={})).json() == {"runs": 0}


@pytest.mark.parametrize("path", ["admin/webhooks", "admin/flows"])
async def test_who_may_not_manage_them_learns_nothing(connect: Connect, house: House, path: str) -> None:
    api = await connect(await house.person("Grace", "sales_rep"))
    answers: list[Any] = [await api.get(path), await api.post(path, json=HOOK if "hooks" in path else FLOW)]
    assert [one.status_code for one in answers] == [403, 403]
