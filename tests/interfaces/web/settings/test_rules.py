"""Rules in the settings: made, tried over what is there, and what their forms refuse."""

from __future__ import annotations

from tests.interfaces.web.settings.conftest import Browser

from relata.testing.house import House

PLACE = "/settings/objects/account"
RULE: dict[str, str | list[str]] = {
    "label": "Small ones only", "condition": "employees < 1000", "message": "Ask first.", "field": "employees",
    "on": "always", "forbids": "", "active": "true",
}  # fmt: skip


async def test_a_rule_is_made_shown_changed_and_deleted(ada: Browser) -> None:
    made = await ada.post(f"{PLACE}/rules/new", RULE)
    assert made.headers["location"] == f"{PLACE}/rules?done=created"
    refused = await ada.post("/accounts/new", {"name": "Big", "employees": "2000"})
    assert refused.status_code == 422
    assert "Ask first." in refused.text
    page = (await ada.get(f"{PLACE}/rules/small_ones_only")).text
    assert "employees &lt; 1000" in page
    await ada.post(f"{PLACE}/rules/small_ones_only", {**RULE, "active": ""})
    assert (await ada.post("/accounts/new", {"name": "Big", "employees": "2000"})).status_code == 303
    await ada.post(f"{PLACE}/rules/small_ones_only/delete", {})
    assert "Small ones only" not in (await ada.get(f"{PLACE}/rules")).text


async def test_a_rule_that_does_not_fit_comes_back_with_its_error(ada: Browser) -> None:
    wrong = await ada.post(f"{PLACE}/rules/new", {**RULE, "condition": "employeez < 3", "message": ""})
    assert wrong.status_code == 422
    assert "employeez" in wrong.text
    assert "This is needed." in wrong.text
    assert (await ada.post(f"{PLACE}/rules/new", {**RULE, "label": ""})).status_code == 422


async def test_a_rehearsal_counts_and_leads_to_the_list(ada: Browser, open_house: House) -> None:
    async with open_house.system() as work:
        await work.create_many("account", [{"name": f"Company {at}", "employees": at * 1000} for at in range(3)])
    told = (await ada.get(f"{PLACE}/rehearsal?condition=employees+is+null+or+employees+<+1000")).text
    assert "2 of 3 accounts that you see break this rule." in told
    assert "where=" in told
    assert "character" in (await ada.get(f"{PLACE}/rehearsal?condition=nonsense")).text


async def test_what_a_value_needs_is_asked_for(ada: Browser) -> None:
    form: dict[str, str | list[str]] = {"at": "industry:retail", "needs": ["website"]}
    assert (await ada.post(f"{PLACE}/needs", form)).status_code == 303
    assert "Industry: Retail" in (await ada.get(f"{PLACE}/rules")).text
    assert "Website is needed" in (await ada.post("/accounts/new", {"name": "Shop", "industry": "retail"})).text
    assert (await ada.post(f"{PLACE}/needs", {"at": "", "needs": []})).status_code == 422


async def test_doubles_stand_in_the_way_of_unique_fields(ada: Browser, open_house: House) -> None:
    async with open_house.system() as work:
        await work.create_many("account", [{"name": "Twin", "industry": "retail"}] * 2)
    refused = await ada.post(f"{PLACE}/unique", {"fields": ["name", "industry"]})
    assert refused.status_code == 409
    assert "2 records share Name and Industry" in refused.text
    assert (await ada.post(f"{PLACE}/unique", {"fields": ["name", "legal_name"]})).status_code == 303
    await ada.post(f"{PLACE}/unique/delete", {"fields": "name,legal_name"})
