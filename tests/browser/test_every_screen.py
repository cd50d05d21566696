"""Every screen that has an address of its own opens, and breaks no rule of the browser: see `conftest.window`."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

#: Addresses that are no screens: what programs read, and the way out.
_NO_SCREENS = ("/api/", "/static", "/healthz", "/readyz", "/metrics", "/logo", "/events", "/oauth", "/.well-known")
NO_OBJECTS = ("/settings", "/notifications", "/approvals", "/import", "/my-day", "/duplicates")
KINDS = ("", "/board", "/calendar", "/gallery", "/new", "/bin")


def _linked(page: Page) -> list[str]:
    links: list[str] = page.eval_on_selector_all("a[href^='/']", "all => all.map(one => one.getAttribute('href'))")
    return [one for one in links if not one.startswith(_NO_SCREENS) and "export" not in one]


def _open(page: Page, address: str) -> None:
    answer = page.goto(address, wait_until="load")
    assert answer is not None, address
    assert answer.status < 500, f"{address} answered {answer.status}"


@pytest.mark.timeout(400)
def test_every_screen_opens(page: Page) -> None:
    _open(page, "/settings")
    places = dict.fromkeys(one for one in _linked(page) if one.startswith("/settings/"))
    _open(page, "/")
    objects = dict.fromkeys(one for one in page.eval_on_selector_all(
        ".sidebar a[href^='/']", "all => all.map(one => one.getAttribute('href'))"
    ) if one.count("/") == 1 and len(one) > 1 and "?" not in one and one not in NO_OBJECTS)  # fmt: skip
    assert len(places) > 15
    assert len(objects) > 6

    for address in (*places, "/notifications", "/"):
        _open(page, address)
    for one in objects:
        _open(page, one)
        kinds = [link for link in dict.fromkeys(_linked(page)) if link.split("?")[0].removeprefix(one) in KINDS]
        records = [link for link in _linked(page) if link.startswith(f"{one}/0")][:1]
        for address in (*kinds, f"{one}/new", *records):
            _open(page, address)
