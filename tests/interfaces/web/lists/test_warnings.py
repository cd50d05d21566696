"""A rule that warns, on every screen where records are written: told, and passed by who means it."""

from __future__ import annotations

import json

from tests.interfaces.web.lists.test_bulk_pages import accounts, chosen, order_in
from tests.interfaces.web.lists.test_cells import value
from tests.interfaces.web.settings.conftest import Browser

from relata.engine.workspace.administration import Administration
from relata.testing.house import House

NAME = "account.large"


async def test_a_warning_is_told_and_passed_on_every_screen(open_house: House, ada: Browser) -> None:
    rule = {"condition": "employees < 1000", "message": "So many?", "field": "employees", "severity": "warning"}
    await Administration(open_house.door, open_house.key, None).put_rule("account", "large", rule)
    one, two = await accounts(open_house, "A", "B", employees=5)

    form: dict[str, str | list[str]] = {"name": "C", "employees": "5000"}
    told = await ada.post("/accounts/new", form)
    assert (told.status_code, "So many?" in told.text) == (422, True)
    assert f'name="_confirm" value="{NAME}"' in told.text
    assert (await ada.post("/accounts/new", {**form, "_confirm": "account.other"})).status_code == 422
    assert (await ada.post("/accounts/new", {**form, "_confirm": NAME})).status_code == 303

    place = f"/accounts/{one}/fields/employees"
    told = await ada.post(place, {"employees": "6000"})
    assert (told.status_code, f'value="{NAME}"' in told.text) == (422, True)
    assert (await ada.post(place, {"employees": "6000", "_confirm": NAME})).status_code == 200
    assert await value(open_house, one, "employees") == 6000

    cells = json.dumps([{"id": str(two), "field": "employees", "text": "7000"}])
    told = await ada.post("/accounts/cells", {"cells": cells, "columns": "employees"})
    assert (told.json()["confirm"], told.json()["problems"][0]["message"]) == (NAME, "So many?")
    told = await ada.post("/accounts/cells", {"cells": cells, "columns": "employees", "_confirm": NAME})
    assert (told.json()["confirm"], told.json()["problems"]) == ("", [])

    asked = await ada.post("/accounts/bulk/ask", chosen([two], "change"))
    wish = {"order": order_in(asked.text), "fields": "employees", "employees": "8000"}
    tried = await ada.post("/accounts/bulk/preview", wish)
    assert "A rule only warns of 1 of them." in tried.text
    orders = tried.text.split('name="order" value="')[1:]
    taken = await ada.post("/accounts/bulk/preview", {"order": order_in('name="order" value="' + orders[1])})
    assert "A rule only warns" not in taken.text
    await ada.post("/accounts/bulk/run", {"order": order_in(taken.text)})
    assert await value(open_house, two, "employees") == 8000
