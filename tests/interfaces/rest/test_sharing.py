"""Opening records to others through the API, and asking why somebody sees them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest_asyncio
from tests.interfaces.rest.conftest import Connect, Program

from relata.testing.house import House


@pytest_asyncio.fixture
async def rep(house: House) -> UUID:
    """A sales representative, who sees what they own."""
    return await house.person("Rep", "sales_rep")


async def test_a_share_opens_the_record_and_its_end_closes_it(
    connect: Connect, api: Program, account: dict[str, Any], rep: UUID
) -> None:
    theirs, address = await connect(rep), f"accounts/{account['id']}"
    assert (await theirs.get(address)).status_code == 404
    shared = await api.post(f"{address}/shares", json={"principal": str(rep)})
    assert (shared.status_code, shared.json()["data"][0]["level"]) == (201, "read")
    assert (await theirs.get(address)).status_code == 200
    assert (await theirs.patch(address, json={"name": "X"})).status_code == 403
    assert (await api.delete(f"{address}/shares/{rep}")).status_code == 204
    assert (await theirs.get(address)).status_code == 404


async def test_a_share_for_changing_lets_change(
    connect: Connect, api: Program, account: dict[str, Any], rep: UUID
) -> None:
    address = f"accounts/{account['id']}"
    await api.post(f"{address}/shares", json={"principal": str(rep), "level": "change"})
    assert (await (await connect(rep)).patch(address, json={"name": "X"})).status_code == 200


async def test_who_may_not_change_a_record_may_not_share_it(
    connect: Connect, api: Program, account: dict[str, Any], rep: UUID, ada: UUID
) -> None:
    address = f"accounts/{account['id']}"
    await api.post(f"{address}/shares", json={"principal": str(rep)})
    refused = await (await connect(rep)).post(f"{address}/shares", json={"principal": str(ada)})
    assert (refused.status_code, refused.json()["code"]) == (403, "denied_share")


async def test_a_share_with_nobody_or_in_the_past_is_refused(api: Program, account: dict[str, Any], rep: UUID) -> None:
    address = f"accounts/{account['id']}/shares"
    nobody = await api.post(address, json={"principal": account["id"]})
    assert (nobody.status_code, nobody.json()["field"]) == (422, "principal")
    ended = await api.post(address, json={"principal": str(rep), "until": "2020-01-01T00:00:00Z"})
    assert (ended.status_code, ended.json()["field"]) == (422, "until")
    odd = await api.post(address, json={"principal": str(rep), "level": "own"})
    assert (odd.status_code, odd.json()["field"]) == (422, "level")


async def test_why_somebody_sees_a_record_is_told_in_sentences(
    api: Program, account: dict[str, Any], rep: UUID
) -> None:
    address = f"accounts/{account['id']}"
    before = (await api.get(f"{address}/access", params={"user": str(rep)})).json()
    assert (before["sees"], before["reasons"]) == (False, [])
    await api.post(f"{address}/shares", json={"principal": str(rep)})
    after = (await api.get(f"{address}/access", params={"user": str(rep)})).json()
    assert (after["sees"], after["changes"]) == (True, False)
    assert after["sentences"] == ["Ada shared this account with Rep, to read it."]


async def test_who_may_not_change_a_record_asks_about_themselves_only(
    connect: Connect, api: Program, account: dict[str, Any], rep: UUID, ada: UUID
) -> None:
    address = f"accounts/{account['id']}"
    await api.post(f"{address}/shares", json={"principal": str(rep)})
    theirs = await connect(rep)
    assert (await theirs.get(f"{address}/access")).json()["sees"] is True
    assert (await theirs.get(f"{address}/access", params={"user": str(ada)})).status_code == 403
