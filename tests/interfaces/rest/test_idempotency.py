"""Requests that are repeated because their answer got lost."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from tests.interfaces.rest.conftest import Connect, Program, ground_of, make_key

from relata.testing.house import House

ONCE = {"idempotency-key": "order-17"}


async def count(api: Program) -> int:
    """How many accounts there are."""
    found: int = (await api.post("accounts/aggregate", json={})).json()["data"][0]["count"]
    return found


async def test_a_repeated_create_answers_with_the_first_ones_record(api: Program) -> None:
    first = await api.post("accounts", json={"name": "Kaffeehaus Nord"}, headers=ONCE)
    again = await api.post("accounts", json={"name": "Kaffeehaus Nord"}, headers=ONCE)
    assert (again.status_code, again.json()) == (201, first.json())
    assert await count(api) == 1


async def test_a_key_used_for_another_request_is_a_conflict(api: Program) -> None:
    await api.post("accounts", json={"name": "Kaffeehaus Nord"}, headers=ONCE)
    refused = await api.post("accounts", json={"name": "Kaffeehaus Süd"}, headers=ONCE)
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_key")


async def test_a_request_that_failed_may_be_repeated_with_its_key(api: Program) -> None:
    body: dict[str, Any] = {"name": "Kaffeehaus Nord", "parent": "01939f2e-0000-7000-8000-000000000000"}
    assert (await api.post("accounts", json=body, headers=ONCE)).status_code == 422
    assert (await api.post("accounts", json={"name": "Kaffeehaus Nord"}, headers=ONCE)).status_code == 201


async def test_keys_of_different_people_do_not_meet(house: House, connect: Connect, api: Program) -> None:
    other = await connect(await house.person("Max", "member"))
    await api.post("accounts", json={"name": "Kaffeehaus Nord"}, headers=ONCE)
    assert (await other.post("accounts", json={"name": "Kaffeehaus Süd"}, headers=ONCE)).status_code == 201


async def test_a_repeated_batch_does_its_work_once(api: Program) -> None:
    for atomic in (True, False):
        headers = {"idempotency-key": f"batch-{atomic}"}
        body = {"atomic": atomic, "operations": [{"method": "create", "object": "accounts", "values": {"name": "A"}}]}
        first = await api.post("batch", json=body, headers=headers)
        again = await api.post("batch", json=body, headers=headers)
        assert again.json() == first.json()
    assert await count(api) == 2


async def test_a_repeated_action_does_its_work_once(api: Program) -> None:
    specimen = (await api.post("specimens", json={"name": "A"})).json()["id"]
    for _ in range(2):
        done = await api.post(f"specimens/{specimen}/actions/praise", json={"stars": 2}, headers=ONCE)
        assert done.status_code == 200
    assert len((await api.get(f"specimens/{specimen}/history")).json()["data"]) == 2


async def test_two_at_the_same_time_make_one_record(open_house: House) -> None:
    key = await make_key(open_house, await open_house.person("Ada", "admin"))
    transport = httpx.ASGITransport(app=ground_of(open_house))
    headers = {"authorization": f"Bearer {key}", **ONCE}
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost/api/v1/", headers=headers) as api:
        answers = await asyncio.gather(*(api.post("accounts", json={"name": "Kaffeehaus Nord"}) for _ in range(5)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert await count(api) == 1
