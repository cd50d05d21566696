"""Finding and moving as a person does it: the palette, a star, the arranged side bar, the home page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def test_by_keyboard_to_a_star_and_back(page: Page) -> None:
    page.goto("/opportunities")
    page.locator("a.title-link").first.click()
    name = page.locator("h1").first.inner_text()
    expect(page.locator("html[data-live=on]")).to_be_attached()  # the page's scripts are there
    page.keyboard.press("s")
    expect(page.locator("#star")).to_have_attribute("aria-pressed", "true")
    page.goto("/tasks")
    expect(page.locator(".sidebar").get_by_role("link", name=name)).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-results [role=option]").first).to_contain_text(name)
    page.keyboard.type("go to nothing")
    expect(page.locator("#palette-results .menu-empty")).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type("dark th")
    expect(page.locator("#palette-results [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_contain_text("Opportunities")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press(",")
    page.wait_for_url("**/settings")


def test_the_side_bar_is_arranged_by_keyboard(page: Page) -> None:
    page.goto("/accounts")
    with page.expect_response("**/desk/groups"):
        page.get_by_role("button", name=re.compile("^Accounts and contacts")).press("Enter")
    expect(page.locator('.sidebar a[href="/contacts"]')).to_be_hidden()
    page.reload()
    expect(page.locator('.sidebar a[href="/contacts"]')).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("arrange side")
    expect(page.locator("#palette-results [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    dialog = page.locator("#dialog")
    dialog.get_by_role("button", name="Move Sales up", exact=True).press("Enter")
    dialog.get_by_role("checkbox", name="Leads", exact=True).uncheck()
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator('.sidebar a[href="/leads"]')).to_have_count(0)
    page.locator("button.workspace").click()
    page.get_by_role("menuitem", name="Arrange the side bar").click()
    dialog.get_by_role("button", name="As shipped").click()
    expect(page.locator('.sidebar a[href="/leads"]')).to_be_visible()


def test_what_waits_is_done_with_one_click(page: Page) -> None:
    page.goto("/")
    page.locator(".segmented").get_by_role("button", name=re.compile("Everybody's")).click()
    expect(page.locator('.segmented [aria-current="true"]')).to_have_text("Everybody's")
    row = page.locator("#home-tasks .home-row").first
    title, address = row.locator(".home-title").inner_text(), row.locator(".home-title").get_attribute("href")
    row.get_by_role("button", name=f"Complete: {title}").click()
    expect(page.locator(f'#home-tasks a[href="{address}"]')).to_have_count(0)
    page.locator(".toast-undo").click()
    expect(page.locator(f'#home-tasks a[href="{address}"]')).to_be_visible()


def test_on_a_phone(phone: Page) -> None:
    phone.goto("/")
    expect(phone.locator("#home-tasks")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.get_by_role("button", name="More", exact=True).click()
    phone.locator("#more").get_by_role("button", name="Arrange the side bar").click()
    expect(phone.locator("#dialog arrange-list")).to_be_visible()
    assert phone.locator("#dialog .dialog-content").evaluate("one => one.scrollWidth <= one.clientWidth")
