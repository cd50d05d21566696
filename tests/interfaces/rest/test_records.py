"""One record through the API: create, get, change, delete, restore."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.interfaces.rest.conftest import Connect, Program

from relata.testing.house import House


async def test_a_new_record_has_an_address_and_a_version(api: Program) -> None:
    made = await api.post("accounts", json={"name": "Kaffeehaus Nord"})
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/v1/accounts/{made.json()['id']}"
    assert made.headers["etag"] == '"1"'
    found = await api.get(f"accounts/{made.json()['id']}")
    assert found.json() == made.json()


async def test_every_problem_of_a_body_is_told_at_once(api: Program) -> None:
    refused = await api.post("specimens", json={"pieces": -1, "kind": "huge", "colour_of_money": 1})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert {one["field"] for one in refused.json()["errors"]} == {"pieces", "kind", "colour_of_money"}


async def test_a_change_answers_with_the_record_as_it_is_now(api: Program, account: dict[str, Any]) -> None:
    changed = await api.patch(f"accounts/{account['id']}", json={"name": "Kaffeehaus Süd"})
    assert (changed.status_code, changed.json()["name"], changed.headers["etag"]) == (200, "Kaffeehaus Süd", '"2"')


async def test_a_change_at_an_old_version_names_the_fields_that_differ(api: Program, account: dict[str, Any]) -> None:
    await api.patch(f"accounts/{account['id']}", json={"name": "Kaffeehaus Süd"})
    refused = await api.patch(f"accounts/{account['id']}", json={"name": "Other"}, headers={"if-match": '"1"'})
    assert refused.status_code == 409
    assert refused.json()["errors"][0]["field"] == "name"


async def test_if_match_is_one_etag(api: Program, account: dict[str, Any]) -> None:
    refused = await api.patch(f"accounts/{account['id']}", json={}, headers={"if-match": "latest"})
    assert (refused.status_code, refused.json()["code"]) == (400, "if_match")


async def test_what_was_deleted_lies_in_the_bin_until_it_is_restored(api: Program, account: dict[str, Any]) -> None:
    address = f"accounts/{account['id']}"
    assert (await api.delete(address)).status_code == 204
    assert (await api.get(address)).status_code == 404
    assert (await api.get(address, params={"deleted": "true"})).status_code == 200
    assert [row["id"] for row in (await api.get("accounts?deleted=true")).json()["data"]] == [account["id"]]
    assert (await api.post(f"{address}/restore")).status_code == 200
    assert (await api.get(address)).status_code == 200


async def test_only_the_fields_that_were_asked_for_are_answered(api: Program, account: dict[str, Any]) -> None:
    contact = await api.post("contacts", json={"name": "Grace Hopper", "account": account["id"]})
    found = await api.get(f"contacts/{contact.json()['id']}", params={"fields": "name,account.name"})
    assert set(found.json()) == {"name", "account.name"}
    assert found.json()["account.name"] == "Kaffeehaus Nord"
    assert found.headers["etag"] == '"1"'


async def test_decimals_are_numbers_and_amounts_are_texts(api: Program) -> None:
    made = await api.post(
        "specimens", json={"name": "A", "length": 1.125, "share": 12.5, "price": {"amount": 10, "currency": "EUR"}}
    )
    assert made.status_code == 201, made.text
    shown = made.json()
    assert (shown["length"], shown["share"], shown["price"]) == (1.125, 12.5, {"amount": "10.00", "currency": "EUR"})


async def test_secret_fields_are_written_and_never_answered(api: Program) -> None:
    made = await api.post("specimens", json={"name": "A", "secret": "xyzzy"})
    assert made.status_code == 201
    everything = made.text + (await api.get(f"specimens/{made.json()['id']}/history")).text
    assert "xyzzy" not in everything
    assert "secret" not in made.json()


async def test_a_record_that_is_not_there_and_one_that_is_hidden_answer_alike(
    house: House, connect: Connect, account: dict[str, Any]
) -> None:
    rep = await connect(await house.person("Rep", "sales_rep"))
    hidden = await rep.get(f"accounts/{account['id']}")
    missing = await rep.get("accounts/01939f2e-0000-7000-8000-000000000000")
    bodies = [{**one.json(), "request_id": ""} for one in (hidden, missing)]
    assert hidden.status_code == 404
    assert bodies[0] == bodies[1]


async def test_an_id_that_is_none_is_the_id_of_nothing(api: Program) -> None:
    assert (await api.get("accounts/17")).status_code == 404


async def test_nobody_gets_in_without_credentials(connect: Connect) -> None:
    nobody = await connect(None)
    refused = await nobody.get("accounts")
    assert (refused.status_code, refused.json()["code"]) == (401, "session_required")


async def test_a_person_who_was_deactivated_is_refused(house: House, connect: Connect, ada: UUID) -> None:
    gone = await house.person("Gone", "admin", status="inactive")
    refused = await (await connect(gone)).get("accounts")
    assert (refused.status_code, refused.json()["code"]) == (403, "inactive")
