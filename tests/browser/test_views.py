"""The life of a view: columns chosen, moved and resized, saved, changed, pinned, left and deleted."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def heads(page: Page) -> list[str | None]:
    found = page.locator("thead th[data-path]")
    return [found.nth(at).get_attribute("data-path") for at in range(found.count())]


def test_a_view_lives(page: Page) -> None:
    page.goto("/opportunities")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("searchbox", name="Search fields to add").fill("account industry")
    page.locator(".column-choice:visible").get_by_text("Industry", exact=True).click()
    page.get_by_label("At the foot of Amount").select_option("sum")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator('th[data-path="account.industry"]')).to_be_visible()
    expect(page.locator("tfoot")).to_contain_text("Sum")

    page.locator('th[data-path="amount"] .sort').focus()
    before = heads(page)
    page.keyboard.press("Alt+ArrowRight")
    expect(page).to_have_url(re.compile("columns="))
    at = before.index("amount")
    expect(page.locator("thead th[data-path]").nth(at + 1)).to_have_attribute("data-path", "amount")
    expect(page.locator('th[data-path="amount"] .sort')).to_be_focused()
    page.keyboard.press("Alt+Shift+ArrowRight")
    expect(page.locator('th[data-path="amount"]')).to_have_attribute("data-pixels", re.compile(r"\d+"))

    page.get_by_role("button", name="Save as a view").click()
    page.locator("#dialog").get_by_role("textbox").fill("By industry")
    page.get_by_role("button", name="Save view").click()
    expect(page.locator('.view-tab[aria-current="page"]')).to_have_text("By industry")
    expect(page.locator(".view-unsaved")).to_have_count(0)

    page.locator('th[data-path="name"] a.sort').click()
    page.locator('th[data-path="amount"] a.sort').click(modifiers=["Shift"])
    expect(page.locator("th .sort-level")).to_have_count(2)
    page.locator(".view-unsaved").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".view-unsaved")).to_have_count(0)
    expect(page.locator("th .sort-level")).to_have_count(2)

    page.get_by_role("button", name="This view").click()
    page.get_by_role("menuitem", name="Pin to the side bar").click()
    expect(page.locator(".sidebar").get_by_role("link", name="By industry")).to_be_visible()
    page.get_by_role("button", name="This view").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.locator(".view-tab", has_text="By industry")).to_have_count(0)


def test_groups_open_and_close(page: Page) -> None:
    page.goto("/opportunities?group=stage")
    first = page.locator("[data-group-toggle]").first
    expect(page.locator("#group-0 tr[data-row]").first).to_be_visible()
    first.click()
    expect(page.locator("#group-0")).to_be_hidden()
    last = page.locator("[data-group-toggle]").last
    last.click()
    body = last.get_attribute("aria-controls")
    expect(page.locator(f"#{body} tr[data-row]").first).to_be_visible()


def test_the_next_record_follows_the_list(page: Page) -> None:
    page.goto("/opportunities?order=-name")
    titles = page.locator("a.title-link")
    addresses = [titles.nth(at).get_attribute("href") for at in (0, 1)]
    last = titles.last.get_attribute("href")
    titles.first.click()
    page.wait_for_url(f"**{addresses[0]}")
    page.keyboard.press("Shift+J")
    page.wait_for_url(f"**{addresses[1]}")
    page.keyboard.press("Shift+K")
    page.wait_for_url(f"**{addresses[0]}")
    page.goto("/opportunities?order=-name")
    page.locator("a.title-link").last.click()
    page.wait_for_url(f"**{last}")
    page.get_by_role("link", name="Next record").click()
    page.wait_for_url(lambda url: last is not None and not url.endswith(last) and "/opportunities/" in url)
    page.get_by_role("link", name="Previous record").click()
    page.wait_for_url(f"**{last}")
