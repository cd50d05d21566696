"""What happened to a record, through the API."""

from __future__ import annotations

from typing import Any

from tests.interfaces.rest.conftest import Connect, Program

from relata.testing.house import House


async def test_history_comes_in_pages_newest_first(api: Program, account: dict[str, Any]) -> None:
    address = f"accounts/{account['id']}"
    for name in ("B", "C"):
        await api.patch(address, json={"name": name})
    first = (await api.get(f"{address}/history?limit=2")).json()
    assert [entry["after"]["name"] for entry in first["data"]] == ["C", "B"]
    second = (await api.get(f"{address}/history", params={"limit": "2", "before": first["next"]})).json()
    assert ([entry["action"] for entry in second["data"]], second["next"]) == (["created"], None)


async def test_each_value_tells_where_it_came_from(api: Program, account: dict[str, Any], ada: Any) -> None:
    found = (await api.get(f"accounts/{account['id']}/provenance")).json()["data"]
    assert (found["name"]["actor"], found["name"]["via"]) == (str(ada), "api")


async def test_the_history_of_a_record_in_the_bin_is_for_those_who_look_there(
    house: House, connect: Connect, api: Program, account: dict[str, Any]
) -> None:
    await api.delete(f"accounts/{account['id']}")
    assert (await api.get(f"accounts/{account['id']}/history")).status_code == 200
    reader = await connect(await house.person("Rita", "reader"))
    assert (await reader.get(f"accounts/{account['id']}/history")).status_code == 404
