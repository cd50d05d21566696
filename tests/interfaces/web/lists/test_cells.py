"""Cells over HTTP: saved, refused with what was typed, in conflict, pasted as a block."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tests.interfaces.web.lists.test_bulk_pages import accounts
from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.foundation.money import Money
from relata.testing.house import House


async def send(browser: Browser, *cells: tuple[UUID, str, str] | tuple[UUID, str, str, str]) -> dict[str, Any]:
    """The answer to these cells."""
    names = ("id", "field", "text", "was")
    sent = [dict(zip(names, (str(cell[0]), *cell[1:]), strict=False)) for cell in cells]
    answer = await browser.post(
        "/accounts/cells", {"cells": json.dumps(sent), "columns": "type,industry,employees,owner"}
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def value(house: House, record: UUID, name: str) -> Any:
    async with house.system() as work:
        return (await work.get("account", record))[name]


async def test_a_cell_is_saved_and_comes_back_as_it_looks_now(open_house: House, ada: Browser) -> None:
    (one,) = await accounts(open_house, "A")
    found = await send(ada, (one, "industry", "Software and IT", ""))
    assert (found["problems"], found["undo"]) == ([], "")
    assert 'data-c="industry" data-v="software"' in found["rows"]
    assert await value(open_house, one, "industry") == "software"
    await send(ada, (one, "industry", "", "software"))
    assert await value(open_house, one, "industry") is None


async def test_another_ones_change_is_a_conflict_that_shows_theirs(open_house: House, ada: Browser) -> None:
    (one,) = await accounts(open_house, "A", description="theirs")
    found = await send(ada, (one, "description", "mine", "before"))
    assert found["problems"][0]["theirs"] == "theirs"
    assert await value(open_house, one, "description") == "theirs"
    assert (await send(ada, (one, "description", "mine", "theirs")))["problems"] == []
    assert await value(open_house, one, "description") == "mine"


async def test_a_block_is_pasted_cell_by_cell_and_undone_as_one(open_house: House, ada: Browser) -> None:
    first, second = await accounts(open_house, "A", "B")
    found = await send(
        ada, (first, "owner", "ada lovelace"), (first, "owner", "Ada Lovelace"), (first, "industry", "retail"),
        (second, "industry", "nonsense"), (second, "description", "kept"), (second, "version", "3"),
        (second, "name", ""), (second, "nonsense", "x"),
    )  # fmt: skip
    assert sorted(problem["field"] for problem in found["problems"] if problem["id"] == str(second)) == [
        "industry", "name", "nonsense", "version"
    ]  # fmt: skip
    assert await value(open_house, first, "owner") == ada.user
    assert await value(open_house, second, "description") == "kept"
    assert (await ada.post(found["undo"])).status_code == 303
    assert await value(open_house, first, "owner") is None
    assert await value(open_house, second, "description") is None


async def test_an_editor_from_the_server_saves_and_notices_others(open_house: House, ada: Browser) -> None:
    (one,) = await accounts(open_house, "A")
    path = f"/accounts/{one}/cells/phone"
    assert 'name="phone"' in (await ada.get(path)).text
    saved = await ada.post(path, {"was": "null", "phone": "+49 30 901820", "phone.label": "work"})
    assert saved.json()["problems"] == []
    assert (await ada.post(path, {"was": "null", "phone": "+49 30 901821"})).json()["problems"]
    assert len(await value(open_house, one, "phone")) == 1
    assert (await ada.get(f"/accounts/{one}/cells/version")).status_code == 404
    assert (await ada.post(f"/accounts/{one}/cells/nonsense", {"nonsense": "x"})).status_code == 404


async def test_a_bare_amount_keeps_the_currency_of_the_cell(open_house: House, ada: Browser) -> None:
    (one,) = await accounts(open_house, "A", annual_revenue="100 USD")
    await send(ada, (one, "annual_revenue", "250.50", "100.00 USD"))
    assert await value(open_house, one, "annual_revenue") == Money(Decimal("250.50"), "USD")


async def test_damaged_cells_are_refused(ada: Browser) -> None:
    for cells in ("", "[", "{}", "[]", '[{"id": "x", "field": "name", "text": ""}]', "[" * 5000):
        assert (await ada.post("/accounts/cells", {"cells": cells})).status_code == 422, cells


async def test_who_may_not_change_is_told_so(open_house: House, ada: Browser, sign_in: SignIn) -> None:
    (one,) = await accounts(open_house, "A")
    reader = await sign_in("reader")
    assert (await send(reader, (one, "description", "x")))["problems"]
    assert await value(open_house, one, "description") is None
    assert (await send(ada, (uuid4(), "description", "x")))["problems"]
