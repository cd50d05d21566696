"""What somebody does many times a day, by hand and by keyboard: choices in cells, filters that answer while one types,
leads that become customers, values that come back, records shown to a colleague, on a desk and on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect
from tests.browser.served import Site

from relata.app.assembly import MAIN, House

NAMES = "Daily bread"


def cell(page: Page, row: int, name: str) -> Locator:
    return page.locator(f'#list tbody tr:nth-child({row}) [data-c="{name}"]')


async def make_records(house: House) -> None:
    async with house.door.open(MAIN, None) as work:
        if await work.first("lead", company=NAMES):
            return
        mira = await work.first("user", email="mira@larkfield.example")
        owner = {"owner": mira.id} if mira else {}
        await work.create_many(
            "account", [{"name": f"{NAMES} {at}", "industry": "retail", "employees": at, **owner} for at in range(3)]
        )
        await work.create(
            "lead", {"name": {"first": "Lea", "last": "Brot"}, "company": NAMES, "status": "qualified", **owner}
        )


def test_a_choice_in_a_cell_is_taken_by_enter_alone(page: Page, site: Site) -> None:
    site.change(make_records)
    page.goto(f'/accounts?where=name starts "{NAMES}"&order=name')
    industry = cell(page, 1, "industry")
    industry.click()
    page.keyboard.press("Enter")
    options = page.locator(".combobox-options:popover-open [role=option]")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(industry).to_be_focused()
    expect(industry).to_have_text("Retail")

    page.keyboard.type("ener")
    expect(options).to_have_count(1)
    with page.expect_response("**/cells"):
        page.keyboard.press("Enter")
    expect(industry.locator(".tag")).to_have_text("Energy")
    expect(cell(page, 2, "industry")).to_be_focused()


def test_a_filter_answers_while_one_types(page: Page, site: Site) -> None:
    site.change(make_records)
    page.goto("/accounts")
    page.get_by_role("button", name="Filter", exact=True).click()
    form = page.locator("#filter-form")
    form.get_by_placeholder("Field").fill("employees")
    page.get_by_role("option", name="Employees", exact=True).click()
    expect(form.locator(".filter-value input").first).to_be_focused()
    with page.expect_response("**/filter/count"):
        page.keyboard.type("99999999")
    expect(form.locator(".filter-count")).to_have_text("0 records")
    form.get_by_role("button", name="As text").click()
    page.locator("#filter-text").fill(f'name starts "{NAMES}" and not exists(contacts)')
    expect(form.locator(".filter-count")).to_have_text("3 records")
    page.locator("#filter-text").fill("nme = 1")
    expect(form.locator(".filter-count .bad")).to_contain_text("name")


def test_a_lead_becomes_a_customer(page: Page, site: Site) -> None:
    site.change(make_records)
    page.goto(f'/leads?where=company = "{NAMES}"')
    page.locator("#list .title-link").first.click()
    page.get_by_role("button", name="Convert", exact=True).click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("Left empty, a new one is made.")
    dialog.get_by_role("button", name="Convert", exact=True).click()
    page.wait_for_url("**/opportunities/0*")
    expect(page.locator(".record-title")).to_contain_text(NAMES)
    page.goto(f'/leads?where=company = "{NAMES}"')
    expect(page.locator("#list tbody tr")).to_contain_text("Converted")


def test_a_value_comes_back_and_a_record_is_shown_to_a_colleague(page: Page, site: Site) -> None:
    site.change(make_records)
    page.goto(f'/accounts?where=name = "{NAMES} 2"')
    page.locator("#list .title-link").first.click()
    page.wait_for_url("**/accounts/0*")
    name = page.locator("#fact-name")
    name.hover()
    name.get_by_role("button", name="Edit").click()
    page.locator("#fact-name input").last.fill("Stale bread")
    page.keyboard.press("Enter")
    expect(name).to_contain_text("Stale bread")
    page.get_by_role("link", name="History").click()
    page.get_by_role("button", name=re.compile(f"Restore.*{NAMES} 2")).click()
    expect(page.locator(".record-title")).to_have_text(f"{NAMES} 2")

    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.locator("#dialog")).to_contain_text("Why")


def test_settings_are_found_and_an_object_is_made_there(page: Page) -> None:
    page.goto("/settings")
    page.get_by_role("searchbox", name="Find a setting").fill("fields objects")
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/objects")
    expect(page.locator(".settings-nav [aria-current=page]")).to_be_in_viewport()
    page.get_by_role("link", name="New object").click()
    page.locator("[name=label]").fill("Loaf")
    page.locator("[name=plural_label]").fill("Loaves")
    page.locator(".settings-content").get_by_role("button", name="Create").click()
    page.wait_for_url("**/settings/objects/loaf?done=created")


def test_what_can_be_done_with_a_record_fits_a_phone(phone: Page) -> None:
    phone.goto('/opportunities?where=status = "open"')
    phone.locator(".title-link").first.click()
    first = phone.get_by_role("button", name="Mark as won")
    expect(first).to_be_in_viewport(ratio=1)
    phone.locator("[popovertarget=record-menu]").click()
    phone.get_by_role("menuitem", name="Mark as lost").click()
    expect(phone.locator("#dialog")).to_contain_text("Lost reason")
