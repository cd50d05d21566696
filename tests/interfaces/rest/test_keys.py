"""What an API key may do: never more than its person, its role and its scopes each allow."""

from __future__ import annotations

from typing import Any

from tests.interfaces.rest.conftest import Connect

from relata.testing.house import House


async def test_a_key_for_reading_changes_nothing(connect: Connect, ada: Any, account: dict[str, Any]) -> None:
    reading = await connect(ada, scopes=("read",))
    assert (await reading.get(f"accounts/{account['id']}")).status_code == 200
    assert (await reading.post("accounts", json={"name": "X"})).status_code == 403
    assert (await reading.patch(f"accounts/{account['id']}", json={"name": "X"})).status_code == 403
    assert (await reading.delete(f"accounts/{account['id']}")).status_code == 403


async def test_a_key_for_one_object_sees_nothing_else_on_any_way(
    connect: Connect, api: Any, ada: Any, account: dict[str, Any]
) -> None:
    await api.post("contacts", json={"name": "Grace Hopper", "account": account["id"]})
    contacts = await connect(ada, scopes=("contacts:read",))
    assert (await contacts.get("accounts")).status_code == 403
    assert (await contacts.get("contacts", params={"fields": "name,account"})).status_code == 200
    assert (await contacts.get("contacts", params={"fields": "name,account.name"})).json()["code"] == "unknown_field"
    # what links show of them: their names
    referred = {"user", "team", "queue", "holiday", "working_calendar"}
    assert {one["name"] for one in (await contacts.get("metadata")).json()["objects"]} == {"contact", *referred}


async def test_of_people_a_narrow_key_sees_their_names_alone(connect: Connect, ada: Any) -> None:
    contacts = await connect(ada, scopes=("contacts:read",))
    assert [set(row) for row in (await contacts.get("users")).json()["data"]] == [{"id", "name"}]


async def test_a_keys_role_narrows_its_person(connect: Connect, ada: Any, account: dict[str, Any]) -> None:
    reader = await connect(ada, role="reader")
    assert (await reader.get(f"accounts/{account['id']}")).status_code == 200
    assert (await reader.post("accounts", json={"name": "X"})).status_code == 403


async def test_a_keys_role_does_not_raise_its_person(house: House, connect: Connect, account: dict[str, Any]) -> None:
    rep = await connect(await house.person("Rep", "sales_rep"), role="admin")
    assert (await rep.get(f"accounts/{account['id']}")).status_code == 404
    assert (await rep.get("accounts", params={"deleted": "true"})).status_code == 403


async def test_a_key_whose_role_is_gone_does_nothing(connect: Connect, ada: Any) -> None:
    gone = await connect(ada, role="no_such_role")
    assert (await gone.get("accounts")).status_code == 403


async def test_history_names_the_key(connect: Connect, ada: Any, api: Any, account: dict[str, Any]) -> None:
    entry = (await api.get(f"accounts/{account['id']}/history")).json()["data"][0]
    assert (entry["action"], entry["via"], set(entry["source"])) == ("created", "api", {"key"})


async def test_me_says_who_calls_and_how(connect: Connect, ada: Any) -> None:
    found = (await (await connect(ada, scopes=("contacts:read",))).get("me")).json()
    assert (found["name"], found["through"], found["scopes"]) == ("Ada", "key", ["contacts:read"])
