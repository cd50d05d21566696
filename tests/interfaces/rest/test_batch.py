"""Many operations at once."""

from __future__ import annotations

from typing import Any

from tests.interfaces.rest.conftest import Program


def create(name: str, ref: str = "", **values: Any) -> dict[str, Any]:
    """An operation that makes a specimen."""
    return {"method": "create", "object": "specimens", "values": {"name": name, **values}, "ref": ref}


async def count(api: Program) -> int:
    """How many specimens there are."""
    found: int = (await api.post("specimens/aggregate", json={})).json()["data"][0]["count"]
    return found


async def test_later_operations_refer_to_earlier_ones(api: Program) -> None:
    operations = [
        create("A", "a"),
        create("B", "b", parent={"$ref": "a"}, friends=[{"$ref": "a"}]),
        {"method": "change", "object": "specimens", "id": {"$ref": "a"}, "values": {"pieces": 7}},
        {"method": "action", "object": "specimens", "id": {"$ref": "b"}, "action": "praise", "values": {"stars": 3}},
    ]
    answer = await api.post("batch", json={"operations": operations})
    assert answer.status_code == 200, answer.text
    first, second, third, fourth = answer.json()["data"]
    assert [one["status"] for one in (first, second, third, fourth)] == [201, 201, 200, 200]
    assert second["record"]["parent"] == first["id"]
    assert second["record"]["friends"] == [first["id"]]
    assert third["record"]["pieces"] == 7
    assert fourth["result"]["stars"] == 3


async def test_one_that_fails_undoes_all_and_is_named(api: Program) -> None:
    refused = await api.post("batch", json={"operations": [create("A"), create("B", pieces=-1)]})
    assert (refused.status_code, refused.json()["field"]) == (422, "operations.1.values.pieces")
    assert await count(api) == 0


async def test_one_by_one_each_counts_by_itself(api: Program) -> None:
    operations = [
        create("A", "a"),
        create("B", "b", pieces=-1),
        create("C", parent={"$ref": "b"}),
        create("D", parent={"$ref": "a"}),
    ]
    answer = await api.post("batch", json={"operations": operations, "atomic": False})
    assert [one["status"] for one in answer.json()["data"]] == [201, 422, 422, 201]
    assert answer.json()["data"][1]["problem"]["field"] == "pieces"
    assert answer.json()["data"][2]["problem"]["code"] == "unknown_ref"
    assert await count(api) == 2


async def test_a_record_can_be_deleted_and_restored(api: Program) -> None:
    operations = [
        create("A", "a"),
        {"method": "delete", "object": "specimens", "id": {"$ref": "a"}},
        {"method": "restore", "object": "specimens", "id": {"$ref": "a"}},
    ]
    answer = await api.post("batch", json={"operations": operations})
    assert [one["status"] for one in answer.json()["data"]] == [201, 204, 200]
    assert await count(api) == 1


async def test_a_batch_has_at_most_500_operations(api: Program) -> None:
    refused = await api.post("batch", json={"operations": [create("A")] * 501})
    assert (refused.status_code, refused.json()["code"]) == (422, "out_of_range")


async def test_two_operations_may_not_share_a_ref(api: Program) -> None:
    refused = await api.post("batch", json={"operations": [create("A", "a"), create("B", "a")]})
    assert (refused.status_code, refused.json()["code"]) == (422, "not_unique")
