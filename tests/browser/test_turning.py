"""From page to page without leaving the application: what stays, what comes, and the way back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from playwright.sync_api import Dialog, Page, Route, expect
from tests.browser.served import Site
from tests.browser.test_live import SOON, as_colleague, worker, workers

from relata.engine.workspace.workspace import Workspace

__all__ = ["worker", "workers"]


def _stayed(page: Page) -> bool:
    """Whether the page is still the one that was loaded at first (see `_mark`)."""
    found: bool = page.evaluate("() => window.isTheFirst === true")
    return found


def _mark(page: Page) -> None:
    page.evaluate("() => { window.isTheFirst = true }")


def _renamed(record: str, name: str) -> Callable[[Workspace], Awaitable[None]]:
    async def act(work: Workspace) -> None:
        await work.as_system().change(("account", UUID(record)), {"name": name})

    return act


def test_a_link_turns_the_page_and_back_finds_the_place(page: Page) -> None:
    page.goto("/accounts")
    _mark(page)
    rows = page.locator("#list .table-scroll")
    rows.evaluate("element => element.scrollTo(0, 300)")
    link = page.locator("#list .title-link").nth(14)
    name = link.inner_text()
    link.click()
    expect(page.locator("h1")).to_have_text(name)
    assert _stayed(page)
    assert name in page.title()
    expect(page.locator(".sidebar [aria-current]")).to_have_attribute("href", "/accounts")
    assert page.evaluate("() => document.activeElement.id") == "main"
    page.locator(".sidebar a[href='/contacts']").click()
    expect(page.locator(".sidebar [aria-current]")).to_have_attribute("href", "/contacts")
    page.go_back()
    expect(page.locator("h1")).to_have_text(name)
    page.go_back()
    expect(page.locator("#list .title-link").nth(14)).to_have_text(name)
    assert rows.evaluate("element => element.scrollTop") == 300
    page.go_forward()
    expect(page.locator("h1")).to_have_text(name)
    assert _stayed(page)


def test_what_is_typed_and_not_saved_is_asked_about(page: Page) -> None:
    page.goto("/accounts/new")
    page.locator("#new-record [name=name]").fill("Half a name")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.locator(".sidebar a[href='/contacts']").click(no_wait_after=True)
    expect(page.locator("#new-record [name=name]")).to_have_value("Half a name")
    assert asked == ["beforeunload"]


def test_whatever_is_no_page_of_ours_is_followed_as_ever(page: Page) -> None:
    page.goto("/settings/objects/lead/layout")  # has a script of its own
    page.locator(".sidebar a[href='/contacts']").click()
    expect(page.locator("#list tbody tr").first).to_be_visible()
    _mark(page)

    def in_between(route: Route) -> None:
        route.fulfill(content_type="text/html", body="<!doctype html><title>Sign in</title><p>Somewhere else")

    page.route("**/accounts", in_between)
    page.locator(".sidebar a[href='/accounts']").click()
    expect(page.locator("body")).to_have_text("Somewhere else")
    assert not _stayed(page)


@pytest.mark.usefixtures("worker")
def test_a_turned_page_hears_what_others_do(page: Page, site: Site) -> None:
    page.goto("/contacts")
    _mark(page)
    page.locator(".sidebar a[href='/accounts']").click()
    expect(page.locator("html[data-live=on]")).to_have_count(1)
    row = page.locator("#list tr[data-row]").nth(2)
    record = row.get_attribute("data-row") or ""
    as_colleague(site, _renamed(record, "Renamed while one looks"))
    shown = page.locator(f"#list tr[data-row='{record}'] .title-link")
    expect(shown).to_have_text("Renamed while one looks", timeout=SOON)
    shown.click()
    as_colleague(site, _renamed(record, "Renamed once more"))
    expect(page.locator("h1")).to_have_text("Renamed once more", timeout=SOON)
    assert _stayed(page)
