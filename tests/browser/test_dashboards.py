"""A dashboard in a browser: cards load by themselves, a number leads to its records, a copy is arranged by keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def test_a_dashboard_is_read_copied_and_arranged(page: Page) -> None:
    page.goto("/dashboard/sales.manager")
    expect(page.locator("#card-months .chart-picture")).to_be_visible()
    expect(page.locator(".figure-value").first).to_be_visible()
    first = page.locator("#card-months a.mark").first
    first.focus()
    expect(page.locator("#card-months .chart-tip")).to_contain_text("Won")
    page.keyboard.press("ArrowRight")
    expect(first).not_to_be_focused()

    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Copy").click()
    expect(page).to_have_url(re.compile("edit=1"))
    handle = page.locator("#card-months [data-board-move]")
    handle.focus()
    with page.expect_response(re.compile("/layout$")):
        page.keyboard.press("ArrowUp")
    with page.expect_response(re.compile("/layout$")):
        page.keyboard.press("Shift+ArrowLeft")
    expect(handle).to_be_focused()
    page.reload()
    expect(page.locator("#card-months")).to_have_attribute("data-w", "6")
    expect(page.locator("#card-months")).to_have_attribute("data-y", "0")

    page.get_by_role("link", name="Done").click()
    page.locator("#card-people a.mark").first.click()
    expect(page).to_have_url(re.compile(r"/opportunities\?view=all&where="))
    expect(page.locator("main tbody tr[data-row]").first).to_be_visible()
