"""The configuration by API: custom objects and fields, roles, rules, modules, settings, keys, the log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest_asyncio
from tests.interfaces.rest.conftest import Connect, Program, ground_of, make_key

from relata.testing.house import House


@pytest_asyncio.fixture
async def office(open_house: House, tmp_path: Path) -> AsyncIterator[Program]:
    """An administrator's program at a company with real commits: DDL needs connections of its own."""
    text = await make_key(open_house, await open_house.person("Ada", "admin"))
    transport = httpx.ASGITransport(app=ground_of(open_house, tmp_path), raise_app_exceptions=True)
    headers = {"authorization": f"Bearer {text}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost/api/v1/", headers=headers) as found:
        yield found


VEHICLE = {
    "name": "vehicle",
    "plural": "vehicles",
    "label": "Vehicle",
    "fields": [{"type": "integer", "name": "seats"}],
}


async def test_a_custom_object_takes_records_at_once_and_is_documented(office: Program) -> None:
    made = await office.post("admin/objects", json=VEHICLE)
    assert made.status_code == 201, made.text
    assert (await office.post("admin/objects", json=VEHICLE)).status_code == 409
    record = await office.post("vehicles", json={"name": "Van 1", "seats": 3})
    assert (record.status_code, record.json()["seats"]) == (201, 3)
    paths = (await office.get("openapi.json")).json()["paths"]
    assert "/vehicles" in paths
    assert "/admin/objects/{name}/fields" in paths


async def test_fields_come_and_go_while_others_work(office: Program) -> None:
    async def work() -> list[int]:
        made = [await office.post("accounts", json={"name": f"No {number}"}) for number in range(15)]
        return [answer.status_code for answer in made]

    async def configure() -> list[int]:
        found = []
        for at in range(3):
            found.append(
                (
                    await office.post("admin/objects/account/fields", json={"type": "integer", "name": f"size{at}"})
                ).status_code
            )
            found.append((await office.delete(f"admin/objects/account/fields/size{at}")).status_code)
        return found

    worked, configured = await asyncio.gather(work(), configure())
    assert set(worked) == {201}
    assert configured == [201, 204] * 3


async def test_deleting_a_field_in_use_is_refused_with_its_uses(office: Program) -> None:
    await office.post("admin/objects/account/fields", json={"type": "integer", "name": "machines"})
    await office.post(
        "admin/objects/account/fields", json={"type": "formula", "name": "cups", "expression": "machines * 40"}
    )
    refused = await office.delete("admin/objects/account/fields/machines")
    assert refused.status_code == 409
    assert [one["message"] for one in refused.json()["errors"]] == ["the field Cups of Account"]
    assert (await office.get("admin/objects/account/fields/machines")).json()["uses"] == ["the field Cups of Account"]


async def test_a_type_is_changed_and_what_does_not_fit_is_listed(office: Program) -> None:
    await office.post("admin/objects/account/fields", json={"type": "text", "name": "size"})
    made = (await office.post("accounts", json={"name": "Kaffeehaus Nord", "size": "many"})).json()
    refused = await office.put("admin/objects/account/fields/size", json={"type": "integer", "name": "size"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_convertible")
    assert refused.json()["errors"][0]["field"] == made["id"]
    done = await office.put("admin/objects/account/fields/size?force=true", json={"type": "integer", "name": "size"})
    assert (done.status_code, done.json()["emptied"]) == (200, 1)


async def test_labels_and_options_are_changed(office: Program) -> None:
    changed = await office.patch("admin/objects/account/fields/industry", json={"label": "Branch"})
    assert (changed.status_code, changed.json()["label"]) == (200, "Branch")
    assert (await office.patch("admin/objects/account", json={"icon": "no-such-icon"})).status_code == 422
    assert (await office.patch("admin/objects/account", json={"plural_label": "Companies"})).json()[
        "plural_label"
    ] == "Companies"


async def test_roles_rules_modules_and_settings_round_trip(office: Program) -> None:
    role = {"label": "Narrow", "grants": {"account": {"read": "own"}}}
    assert (await office.put("admin/roles/narrow", json=role)).status_code == 200
    assert (await office.get("admin/roles/narrow")).json()["grants"]["account"]["read"] == "own"
    me = (await office.get("me")).json()["user"]
    rule = {"object": "account", "where": 'name contains "Nord"', "principal": me}
    assert (await office.put("admin/sharing-rules/north", json=rule)).status_code == 200
    wrong = await office.put("admin/sharing-rules/south", json={**rule, "where": "nane = 1"})
    assert (wrong.status_code, wrong.json()["errors"][0]["position"]) == (422, 0)
    assert (await office.delete("admin/sharing-rules/north")).status_code == 204
    assert (await office.delete("admin/roles/narrow")).status_code == 204
    assert (await office.patch("admin/modules/people", json={"on": False})).status_code == 409
    assert (await office.patch("admin/settings", json={"zone": "Europe/Vienna"})).json()["zone"] == "Europe/Vienna"
    log = (await office.get("admin/audit?object=_configuration&limit=3")).json()
    assert {one["action"] for one in log["data"]} == {"configured"}


async def test_a_key_makes_no_keys_and_ends_its_own(office: Program) -> None:
    assert (await office.post("admin/keys", json={"name": "Child"})).status_code == 403
    (own,) = (await office.get("admin/keys")).json()["data"]
    assert (await office.delete(f"admin/keys/{own['id']}")).status_code == 204
    assert (await office.get("admin/keys")).status_code == 401


async def test_a_reader_changes_no_configuration(connect: Connect, house: House) -> None:
    reader = await connect(await house.person("Rita", "reader"))
    for path in (
        "objects",
        "objects/account",
        "objects/account/fields",
        "roles",
        "roles/reader",
        "sharing-rules",
        "modules",
        "settings",
        "audit",
        "keys?all=true",
    ):
        assert (await reader.get(f"admin/{path}")).status_code == 403, path
    assert (await reader.post("admin/objects", json=VEHICLE)).status_code == 403
    assert (await reader.post("admin/objects/account/fields", json={"type": "text", "name": "size"})).status_code == 403
    assert (await reader.put("admin/roles/reader", json={"permissions": ["*"]})).status_code == 403
    assert (await reader.patch("admin/settings", json={"name": "X"})).status_code == 403
    assert "/admin/roles" not in (await reader.get("openapi.json")).json()["paths"]


async def test_a_key_for_reading_administers_nothing(connect: Connect, house: House) -> None:
    narrow = await connect(await house.person("Ada", "admin"), scopes=("read",))
    assert (await narrow.patch("admin/settings", json={"name": "X"})).status_code == 403
    assert (await narrow.get("admin/roles")).status_code == 403
