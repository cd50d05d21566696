"""Rules from the settings to the form: tried, made, followed while one types, and asked for on a board."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.browser.served import Site

from relata.app.assembly import MAIN, House
from relata.engine.workspace.administration import Administration

PLACE = "/settings/objects/lead/rules"


@pytest.fixture
def conditions(site: Site) -> Iterator[None]:
    """A field that follows another and a value that needs one, while the test runs."""

    async def put(house: House, visible: str, needs: list[str]) -> None:
        admin = Administration(house.door, MAIN, None)
        await admin.tweak("account.founded", {"visible": visible})
        for value in ("customer", "partner", "former_customer"):
            await admin.put_entry("account", "type", value, needs)

    site.change(lambda house: put(house, 'industry = "retail"', ["tax_number"]))
    yield
    site.change(lambda house: put(house, "", []))


def test_a_rule_is_checked_tried_made_and_deleted(page: Page) -> None:
    page.goto(f"{PLACE}/new")
    page.locator("[name=label]").fill("No tests here")
    page.locator("[name=condition]").fill('not (company starts "Test"')
    expect(page.locator("#verdict-condition .field-error")).to_be_visible()
    page.locator("[name=condition]").fill('not (company starts "Test")')
    expect(page.locator("#verdict-condition .verdict-good")).to_be_visible()
    page.get_by_role("button", name="Try it on the records").click()
    expect(page.locator("#rehearsal")).to_contain_text("keep to it already")
    page.locator("[name=message]").fill("Tests belong elsewhere.")
    page.get_by_role("button", name="Create rule").click()
    page.wait_for_url(re.compile(r"/rules\?done=created"))
    page.get_by_role("link", name="No tests here").click()
    expect(page.locator("[name=condition]")).to_have_value('not (company starts "Test")')
    page.get_by_role("button", name="Delete rule").click()
    page.wait_for_url(re.compile(r"done=deleted"))
    expect(page.get_by_role("link", name="No tests here")).to_have_count(0)


def test_a_form_follows_while_one_chooses(page: Page, conditions: None) -> None:
    page.goto("/accounts/new")
    while not page.locator("form[data-follows]").count():  # the web process hears of new conditions within a moment
        page.wait_for_timeout(200)
        page.reload()
    expect(page.locator("[name=founded]")).to_be_hidden()
    page.locator("[name=industry]").select_option("retail")
    expect(page.locator("[name=founded]")).to_be_visible()
    page.locator("[name=type]").select_option("customer")
    expect(page.locator("[data-follower=tax_number] .field-required")).to_be_visible()


def test_a_card_that_lacks_something_asks_for_it(page: Page, conditions: None) -> None:
    page.goto("/accounts/board?by=type")
    page.wait_for_load_state("networkidle")
    target = page.locator('[data-column="prospect"] [data-card]').first
    card = target.get_attribute("data-card")
    target.focus()
    page.keyboard.press("Alt+ArrowRight")
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=tax_number]").fill("DE123456789")
    dialog.get_by_role("button", name="Save and move").click()
    expect(page.locator(f'[data-column="customer"] [data-card="{card}"]')).to_be_visible()
