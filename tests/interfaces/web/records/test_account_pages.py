"""An account's page: its plan on a tab of its own, and lists of past days over HTTP."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from tests.access.conftest import Connect

from relata.testing.house import House


async def test_the_plan_stands_on_its_tab_with_what_is_to_be_done(house: House, connect: Connect) -> None:
    ada = await connect(await house.person("Ada Admin", "admin"), browser=True)
    async with house.system() as work:
        account = await work.create("account", {"name": "Amber Labs", "type": "customer"})
    place = f"/accounts/{account.id}"
    page = (await ada.get(f"{place}?tab=part0")).text
    assert f'hx-get="{place}/panels?tab=part0"' in page
    empty = (await ada.get(f"{place}/panels?tab=part0")).text
    assert f"/account_plans/new?account={account.id}" in empty
    assert (await ada.post(f"{place}/related/goals", data={"title": "Every floor"})).status_code == 303
    assert "Every floor" in (await ada.get(f"{place}?tab=part0")).text
    async with house.system() as work:
        await work.create("account_plan", {"name": "Grow", "account": account.id, "target": "500 EUR"})
    cards = (await ada.get(f"{place}/panels?tab=part0")).text
    assert "Won in this time" in cards
    assert "Won in this time" not in (await ada.get(f"{place}/panels")).text
    for odd in ("part99", "x", "part-1", "part99999999999999999999"):
        assert (await ada.get(f"{place}/panels?tab={odd}")).status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("at=2026-01-31", 200),
        ("at=2026-01-31&order=-name&columns=industry,owner.name&q=amber", 200),
        (f"at=2026-01-31&where={quote('exists(contacts)')}", 200),
        ("at=9999-12-31", 422),
        ("at=0001-01-01", 200),
        ("at=yesterday", 422),
        (f"at=2026-01-31&where={quote('((')}", 422),
    ],
)
async def test_a_list_of_a_past_day_answers_every_address(
    house: House, connect: Connect, query: str, status: int
) -> None:
    ada = await connect(await house.person("Ada Admin", "admin"), browser=True)
    async with house.system() as work:
        await work.create("account", {"name": "Amber Labs"})
    answer = await ada.get(f"/accounts?{query}")
    assert answer.status_code == status
    assert "Back to today" in answer.text
