"""Forms that follow what is typed, and the dialog that asks for what a value needs."""

from __future__ import annotations

import re
from typing import Any

from tests.access.conftest import Connect

from relata.engine.workspace.administration import Administration
from relata.testing.house import House


async def ruled(house: House) -> None:
    admin = Administration(house.door, house.key, None)
    async with house.system() as work:
        options: list[dict[str, Any]] = [
            {"value": one.value, "label": one.label, "colour": one.colour,
             "when": "employees > 10" if one.value == "finance" else ""}
            for one in work.registry.get("account").field("industry").options  # type: ignore[union-attr]
        ]  # fmt: skip
    await admin.tweak("account.industry", {"options": options})
    await admin.tweak("account.founded", {"visible": 'industry = "retail"'})
    await admin.tweak("account.website", {"required_when": 'parent.industry = "health"'})
    await admin.put_entry("account", "type", "customer", ["legal_name"])


async def test_a_form_follows_what_is_typed(house: House, connect: Connect) -> None:
    await ruled(house)
    ada = await connect(await house.person("Ada Admin", "admin"), browser=True)
    async with house.system() as work:
        clinic = await work.create("account", {"name": "Clinic", "industry": "health"})
    blank = (await ada.post("/accounts/form-state", data={"name": "Shop"})).json()
    assert (blank["founded"]["hidden"], blank["website"]["required"], blank["legal_name"]["required"]) == (
        True, False, False,
    )  # fmt: skip
    assert "finance" not in blank["industry"]["values"]
    typed = {"industry": "retail", "parent": str(clinic.id), "type": "customer", "employees": "11"}
    now = (await ada.post("/accounts/form-state", data=typed)).json()
    assert (now["founded"]["hidden"], now["website"]["required"], now["legal_name"]["required"]) == (False, True, True)
    assert "finance" in now["industry"]["values"]
    page = (await ada.get("/accounts/new")).text
    assert re.search(r'data-follower="founded" hidden', page)
    assert 'data-follows="/accounts/form-state"' in page
    shown = (await ada.get(f"/accounts/{clinic.id}")).text
    assert "fact-founded" not in shown


async def test_a_card_that_lacks_something_is_asked_for_it(house: House, connect: Connect) -> None:
    await ruled(house)
    ada = await connect(await house.person("Ada Admin", "admin"), browser=True)
    async with house.system() as work:
        shop = await work.create("account", {"name": "Shop"})
    moved = {"card": str(shop.id), "column": "customer"}
    asked = await ada.post("/accounts/board/move?by=type", data=moved)
    assert (asked.status_code, asked.headers.get("hx-retarget")) == (422, "#dialog")
    assert "Complete these to move" in asked.text
    assert 'name="legal_name"' in asked.text
    form: dict[str, str | list[str]] = {"_by": "type", "_to": "customer", "_name": ["legal_name"]}
    place = f"/accounts/{shop.id}/complete"
    assert "is needed" in (await ada.post(place, data={**form, "legal_name": ""})).text
    assert (await ada.post(place, data={**form, "legal_name": "Shop Ltd"})).status_code == 200
    async with house.system() as work:
        after = await work.get("account", shop.id)
    assert (after["type"], after["legal_name"]) == ("customer", "Shop Ltd")


async def test_a_value_on_the_page_that_needs_more_is_asked_for_it(house: House, connect: Connect) -> None:
    await ruled(house)
    ada = await connect(await house.person("Ada Admin", "admin"), browser=True)
    async with house.system() as work:
        shop = await work.create("account", {"name": "Shop"})
    place, htmx = f"/accounts/{shop.id}/fields/type", {"HX-Request": "true"}
    asked = await ada.post(place, data={"type": "customer"}, headers=htmx)
    assert (asked.status_code, asked.headers.get("hx-retarget")) == (200, "#dialog")
    assert 'name="legal_name"' in asked.text
    other = await ada.post(f"/accounts/{shop.id}/fields/name", data={"name": ""}, headers=htmx)
    assert (other.status_code, other.headers.get("hx-retarget")) == (422, None)
