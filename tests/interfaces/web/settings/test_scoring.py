"""Rules of scores in the settings, and what is taken along when a lead is converted."""

from __future__ import annotations

import pytest
from tests.interfaces.web.settings.conftest import Browser

from relata.app.modules import discover
from relata.engine.metadata.module import Module
from relata.testing.house import House


@pytest.fixture(scope="session")
def house_modules() -> tuple[Module, ...]:
    """With leads, which have scores."""
    return discover()


async def test_a_rule_is_made_refused_changed_and_deleted(ada: Browser, open_house: House) -> None:
    rule = {"object": "lead", "kind": "fit", "label": "Large company", "points": "20", "is_active": "true"}
    wrong = await ada.post("/settings/scoring/new", {**rule, "where": "employees >"})
    made = await ada.post("/settings/scoring/new", {**rule, "where": "employees > 100"})
    does = {**rule, "kind": "behaviour", "label": "Called", "event": "call", "half_life_days": "30", "where": ""}
    assert (wrong.status_code, "Large company" in wrong.text) == (422, True)
    assert (made.status_code, (await ada.post("/settings/scoring/new", does)).status_code) == (303, 303)
    page = (await ada.get("/settings/scoring")).text
    assert all(text in page for text in ("Large company", "employees &gt; 100", "half after 30 days"))
    refused = await ada.post("/settings/scoring/lead/grades", {"a": "1", "b": "2", "c": "3"})
    kept = await ada.post("/settings/scoring/lead/grades", {"a": "20", "b": "10", "c": "5"})
    assert (refused.status_code, kept.status_code) == (422, 303)
    async with open_house.system() as work:
        lead = await work.create("lead", {"name": "Nadia Berger", "employees": 500})
    assert (lead["score"], lead["grade"]) == (20, "a")
    assert "Large company" in (await ada.get(f"/leads/{lead.id}/panels")).text
    assert (await ada.post("/settings/scoring/large_company/delete")).status_code == 303


async def test_leads_are_converted_into_what_is_offered_with_fields_of_ones_own(
    ada: Browser, open_house: House
) -> None:
    pair = {"source": ["utm_source", ""], "target": ["account.description", ""]}
    wrong = await ada.post("/settings/mappings/lead/convert_lead", {"source": "need", "target": "opportunity.amount"})
    saved = await ada.post("/settings/mappings/lead/convert_lead", pair)
    assert (wrong.status_code, "is filled already" in wrong.text, saved.status_code) == (422, True, 303)
    assert "UTM source" in (await ada.get("/settings/mappings")).text
    async with open_house.system() as work:
        account = await work.create("account", {"name": "Amber Labs"})
        lead = await work.create("lead", {"name": "Nadia Berger", "company": "amber labs", "utm_source": "letter"})
    place = f"/leads/{lead.id}/actions/convert_lead"
    dialog = (await ada.get(place)).text
    assert all(text in dialog for text in ("same name", "Amber Labs", "Make a new one", 'name="account.other"'))
    done = await ada.post(place, {"asked": "1", "account": str(account.id)})
    async with open_house.system() as work:
        kept = await work.get("account", account.id)
        assert (await work.count("account"), await work.count("opportunity")) == (1, 0)
    assert (done.status_code, kept["description"]) == (303, "letter")
    assert done.headers["location"].startswith("/contacts/")  # what was made last, where work goes on


async def test_a_team_without_leads_has_forms_that_make_contacts(ada: Browser, open_house: House) -> None:
    await ada.post("/settings/mappings/lead", {"used": "false"})
    assert 'href="/leads"' not in (await ada.get("/")).text
    page = (await ada.get("/settings/forms")).text
    assert '<option value="contact" selected' in page
    await ada.post("/settings/forms", {"name": "Contact us", "target": "contact"})
    async with open_house.system() as work:
        form = await work.first("capture_form")
    assert form is not None
    assert {"field": "lifecycle_stage", "use": "hidden", "value": "lead"} in form["items"]
    await ada.post("/settings/mappings/lead", {"used": "true"})
    assert 'href="/leads"' in (await ada.get("/")).text
