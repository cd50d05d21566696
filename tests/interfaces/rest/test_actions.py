"""Declared actions through the API."""

from __future__ import annotations

from typing import Any

import pytest_asyncio
from tests.interfaces.rest.conftest import Connect, Program

from relata.testing.house import House


@pytest_asyncio.fixture
async def specimen(api: Program) -> dict[str, Any]:
    """A specimen."""
    found: dict[str, Any] = (await api.post("specimens", json={"name": "A"})).json()
    return found


async def test_an_action_answers_with_the_record_that_it_gave_back(api: Program, specimen: dict[str, Any]) -> None:
    done = await api.post(f"specimens/{specimen['id']}/actions/praise", json={"stars": 4, "words": "fine"})
    assert done.status_code == 200
    assert (done.json()["result"]["stars"], done.json()["result"]["note"]) == (4, "fine")


async def test_an_action_without_values_needs_no_body(api: Program, specimen: dict[str, Any]) -> None:
    done = await api.post(f"specimens/{specimen['id']}/actions/retire")
    assert (done.status_code, done.json()) == (200, {"result": None})
    assert (await api.get(f"specimens/{specimen['id']}")).status_code == 404


async def test_a_value_of_the_wrong_type_is_named(api: Program, specimen: dict[str, Any]) -> None:
    refused = await api.post(f"specimens/{specimen['id']}/actions/praise", json={"stars": "many"})
    assert (refused.status_code, refused.json()["field"]) == (422, "stars")


async def test_a_value_that_the_action_does_not_know_is_refused(api: Program, specimen: dict[str, Any]) -> None:
    refused = await api.post(f"specimens/{specimen['id']}/actions/praise", json={"starz": 1})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_field")


async def test_the_body_may_not_name_another_record_than_the_address(api: Program, specimen: dict[str, Any]) -> None:
    body = {"specimen": "01939f2e-0000-7000-8000-000000000000"}
    refused = await api.post(f"specimens/{specimen['id']}/actions/praise", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "wrong_record")


async def test_an_action_needs_its_right(house: House, connect: Connect, specimen: dict[str, Any]) -> None:
    member = await connect(await house.person("Max", "member"))
    refused = await member.post(f"specimens/{specimen['id']}/actions/retire")
    assert (refused.status_code, refused.json()["code"]) == (403, "denied_action")


async def test_an_unknown_action_and_an_unknown_record_are_not_found(api: Program, specimen: dict[str, Any]) -> None:
    assert (await api.post(f"specimens/{specimen['id']}/actions/explode")).json()["code"] == "unknown_action"
    missing = "01939f2e-0000-7000-8000-000000000000"
    assert (await api.post(f"specimens/{missing}/actions/praise")).json()["code"] == "not_found"
