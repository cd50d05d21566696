"""Rules by the API: how they are made, and what they say."""

from __future__ import annotations

import pytest_asyncio
from tests.interfaces.rest.conftest import Connect, Program

from relata.testing.house import House

RULE = {"condition": "employees < 1000", "message": "Ask first.", "field": "employees", "label": "Small ones only"}
PLACE = "admin/objects/account"


@pytest_asyncio.fixture
async def office(house: House, connect: Connect) -> Program:
    """The API as an administrator."""
    return await connect(await house.person("Ada Admin", "admin"))


async def test_a_rule_round_trips_and_is_in_the_metadata(office: Program) -> None:
    made = await office.put(f"{PLACE}/rules/small", json=RULE)
    assert (made.status_code, made.json()["own"], made.json()["broken"]) == (200, True, None)
    assert (await office.get(f"{PLACE}/rules")).json()["data"] == [made.json()]
    assert (await office.get(f"{PLACE}/rules/small")).json() == made.json()
    assert [one["message"] for one in (await office.get("metadata/accounts")).json()["rules"]] == ["Ask first."]
    assert (await office.delete(f"{PLACE}/rules/small")).status_code == 204
    assert (await office.get(f"{PLACE}/rules/small")).status_code == 404


async def test_a_broken_rule_is_a_422_at_its_field_alone_and_in_a_batch(office: Program) -> None:
    await office.put(f"{PLACE}/rules/small", json=RULE)
    refused = await office.post("accounts", json={"name": "Big", "employees": 2000})
    assert refused.status_code == 422
    assert refused.json()["errors"][0] | {"hint": None} == {
        "code": "rule", "field": "employees", "message": "Ask first.", "hint": None,
    }  # fmt: skip
    rows = [{"name": "Big", "employees": 2000}, {"name": "Small", "employees": 2}]
    batch = [{"method": "create", "object": "accounts", "values": row} for row in rows]
    done = (await office.post("batch", json={"operations": batch, "atomic": False})).json()
    assert [one["status"] for one in done["data"]] == [422, 201]


async def test_a_condition_that_does_not_fit_points_at_the_character(office: Program) -> None:
    wrong = await office.put(f"{PLACE}/rules/small", json={**RULE, "condition": "employeez < 3"})
    assert (wrong.status_code, wrong.json()["errors"][0]["position"]) == (422, 0)
    wrong = await office.post(f"{PLACE}/rehearsal", json={"condition": "employeez < 3"})
    assert wrong.status_code == 422


async def test_a_rehearsal_tells_the_filter(office: Program) -> None:
    for at in range(3):
        await office.post("accounts", json={"name": f"Company {at}", "employees": at * 1000})
    found = (await office.post(f"{PLACE}/rehearsal", json={"condition": "employees < 1000"})).json()
    listed = (await office.get("accounts", params={"where": found["where"]})).json()["data"]
    assert found["breaking"] == len(listed) >= 2
    assert {"Company 1", "Company 2"} <= {one["name"] for one in listed}


async def test_what_values_need_round_trips(office: Program) -> None:
    entry = {"field": "industry", "value": "retail", "needs": ["website"]}
    assert (await office.put(f"{PLACE}/entries", json=entry)).status_code == 200
    assert (await office.get(f"{PLACE}/entries")).json()["data"] == [entry]
    refused = (await office.post("accounts", json={"name": "Shop", "industry": "retail"})).json()
    assert [(one["code"], one["field"]) for one in refused["errors"]] == [("needed", "website")]
    assert (await office.put(f"{PLACE}/entries", json={**entry, "value": "nothing"})).status_code == 422
    await office.put(f"{PLACE}/entries", json={**entry, "needs": []})
    assert (await office.get(f"{PLACE}/entries")).json()["data"] == []


async def test_rules_are_for_administrators_and_hidden_fields_are_not_told(connect: Connect, house: House) -> None:
    reader = await connect(await house.person("Rita", "reader"))
    for path in ("rules", "rules/small", "entries", "unique"):
        assert (await reader.get(f"{PLACE}/{path}")).status_code == 403
    assert (await reader.put(f"{PLACE}/rules/small", json=RULE)).status_code == 403
    assert (await reader.post(f"{PLACE}/rehearsal", json={"condition": "employees < 3"})).status_code == 403
    assert (await reader.post(f"{PLACE}/unique", json={"fields": ["name", "industry"]})).status_code == 403


async def test_a_warning_is_confirmed_by_a_header(office: Program) -> None:
    await office.put(f"{PLACE}/rules/small", json={**RULE, "severity": "warning"})
    big = {"name": "Big", "employees": 2000}
    warned = await office.post("accounts", json=big)
    assert (warned.status_code, warned.json()["code"], warned.headers["confirm-warnings"]) == (
        422,
        "warning",
        "account.small",
    )
    assert warned.json()["errors"][0]["confirm"] == "account.small"
    made = await office.post("accounts", json=big, headers={"Confirm-Warnings": "account.other, account.small"})
    assert made.status_code == 201
    batch = {"operations": [{"method": "create", "object": "accounts", "values": big}]}
    again = await office.post("batch", json=batch)
    assert (again.status_code, again.json()["errors"][0]["confirm"]) == (422, "account.small")
    assert (await office.post("batch", json=batch, headers={"Confirm-Warnings": "*"})).status_code == 200
