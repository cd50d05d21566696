"""The main screens for everybody: WCAG 2.2 AA by axe, room at 390 px and at 200 %, and from right to left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import NAVIGATION, PHONE, TIMEOUT, WIDE
from tests.browser.served import Site

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
ZOOMED = (720, 450)
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: What depends on colours; everything else is the same in both themes.
COLOURS = ["color-contrast", "link-in-text-block"]
FINDINGS = """async ([within, only]) => {
  const asked = { ...only, resultTypes: ["violations"], preload: false, iframes: false }
  const { violations } = await axe.run(within || document, asked)
  return violations.filter(one => ["serious", "critical"].includes(one.impact)).flatMap(one =>
    one.nodes.map(node => `${one.id}: ${node.target.join(" ")} ${node.any[0]?.message ?? one.help}`))
}"""
SCROLLS = """() => [document.documentElement, ...document.querySelectorAll(
    ".app, .main, .topbar, .page, .page-columns, .page-split > :last-child, .stack, .form, .dialog-content")]
  .filter(one => one.scrollWidth > one.clientWidth + 1 && one.clientWidth &&
    (one === document.documentElement || getComputedStyle(one).overflowX !== "visible"))
  .map(one => `${one.tagName}.${one.className} ${one.scrollWidth} > ${one.clientWidth}`)"""
Screen = Callable[[Page], None]


def at(address: str) -> Screen:
    """The screen with an address of its own."""

    def open_it(page: Page) -> None:
        page.goto(address, wait_until="load")
        expect(page).to_have_url(re.compile(re.escape(address) + "([?#].*)?$"))

    return open_it


def record(page: Page) -> None:
    at("/opportunities")(page)
    address = page.locator("a.title-link").first.get_attribute("href")
    assert address
    at(address)(page)


def palette(page: Page) -> None:
    at("/opportunities")(page)
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-results [role=option]").first).to_be_visible()


def dialog(button: str) -> Screen:
    """What the button over the list opens."""

    def open_it(page: Page) -> None:
        at("/opportunities")(page)
        page.get_by_role("button", name=button, exact=True).first.click()
        expect(page.locator("#dialog .dialog-content")).to_be_visible()

    return open_it


FIRST: dict[str, Screen] = {
    "list": at("/opportunities"), "board": at("/opportunities/board"), "calendar": at("/opportunities/calendar"),
    "gallery": at("/opportunities/gallery"), "record": record,
}  # fmt: skip
SCREENS: dict[str, Screen] = FIRST | {
    "new": at("/opportunities/new"), "palette": palette, "filter": dialog("Filter"), "columns": dialog("Columns"),
    "notifications": at("/notifications"), "home": at("/"), "settings": at("/settings"),
    "role": at("/settings/roles/member"), "layout": at("/settings/objects/lead/layout"), "rates": at("/settings/rates"),
}  # fmt: skip
#: The part that is new where the rest was looked at before: what lies over a list, and what a further tab shows.
WITHIN = {"palette": "#palette", "filter": "#dialog", "columns": "#dialog"}
TAB = "#main"


def tabs(page: Page) -> list[str]:
    """The addresses of a record's further tabs."""
    found: list[str] = page.eval_on_selector_all(
        ".tab:not([aria-current])[href^='/']", "all => all.map(one => one.getAttribute('href'))"
    )
    return found


def findings(page: Page, within: str = "") -> list[str]:
    """What axe holds to be serious or critical: everything in light, then the colours of the same page in dark. within:
    the part that is looked at."""
    page.emulate_media(color_scheme="light")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(FINDINGS, [within, {"runOnly": LEVELS}])
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    dark: list[str] = page.evaluate(FINDINGS, [within, {"runOnly": {"type": "rule", "values": COLOURS}}])
    return found + [f"dark: {one}" for one in dark]


def sideways(page: Page) -> list[str]:
    """What scrolls sideways and should not."""
    found: list[str] = page.evaluate(SCROLLS)
    return found


def from_right_to_left(page: Page) -> list[str]:
    """The same, once the page reads from right to left; and the side bar, if it isn't at the right."""
    page.evaluate("document.documentElement.dir = 'rtl'")
    side, main = page.locator(".sidebar").bounding_box(), page.locator(".main").bounding_box()
    assert side
    assert main
    found = sideways(page)
    if side["x"] < main["x"] + main["width"] - 1:
        found.append("The side bar is not at the right.")
    page.evaluate("document.documentElement.dir = 'ltr'")
    return [f"from right to left: {one}" for one in found]


def faults(page: Page, name: str, within: str = "") -> list[str]:
    """What is wrong with the screen that is open, in each size: it is opened once and resized, as a window is."""
    found = findings(page, within) + (from_right_to_left(page) if page.locator(".sidebar").count() else [])
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    small = [*sideways(page), *(findings(page, within) if name in FIRST else ())]
    page.set_viewport_size({"width": ZOOMED[0], "height": ZOOMED[1]})
    zoomed = [*sideways(page), *(findings(page) if name == "list" else ())]
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    return [*found, *(f"on a phone: {one}" for one in small), *(f"at 200 %: {one}" for one in zoomed)]


def looked_at(page: Page, screens: dict[str, Screen]) -> dict[str, list[str]]:
    """What is wrong, by screen, the record's tabs among them."""
    found: dict[str, list[str]] = {}
    for name, open_it in screens.items():
        open_it(page)
        further = tabs(page) if name == "record" else []
        found[name] = faults(page, name, WITHIN.get(name, ""))
        for address in further:
            at(address)(page)
            found[re.sub("/0[^/?]*", "", address)] = faults(page, name, TAB)
    return {name: wrong for name, wrong in found.items() if wrong}


@pytest.fixture
def page(chromium: Browser, site: Site, signed_in: dict[str, object]) -> Iterator[Page]:
    """A window in light colours."""
    context = chromium.new_context(
        base_url=site.address, reduced_motion="reduce", color_scheme="light",
        viewport={"width": WIDE[0], "height": WIDE[1]}, storage_state=signed_in,  # type: ignore[arg-type]
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(TIMEOUT)
    page.set_default_navigation_timeout(NAVIGATION)
    yield page
    context.close()


@pytest.mark.timeout(600)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page: Page) -> None:
    assert looked_at(page, SCREENS) == {}
    page.context.clear_cookies()
    assert looked_at(page, {"sign in": at("/sign-in")}) == {}
