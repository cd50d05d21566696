"""The machine's Chromium for the tests of screens; a pytest plugin.

One for the session: Playwright's synchronous interface can be started only once in a thread.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps
from typing import Any

import pytest
from playwright.sync_api import Browser, Keyboard, Locator, Page, sync_playwright
from playwright.sync_api import Error as NotNow

OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: What may turn to another page (behaviours/turning.ts), on what.
_ACTS: tuple[tuple[type, str], ...] = (
    (Locator, "click"),
    (Locator, "press"),
    (Page, "click"),
    (Page, "go_back"),
    (Page, "go_forward"),
)
_TURNED = "() => !document.documentElement?.hasAttribute('data-turning')"


def chromium_path() -> str | None:
    """The machine's own Chromium; None leaves it to Playwright. The one without a window takes a third of the time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return os.environ.get("RELATA_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser; without one the test is skipped, and says so."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        for kind, name in _ACTS:
            patch.setattr(kind, name, _until_turned(getattr(kind, name)))
        keys = Page.keyboard
        patch.setattr(Page, "keyboard", property(lambda page: _Keys(page, keys.__get__(page))))
        try:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=OPTIONS)
        except NotNow:
            pytest.skip("There is no Chromium on this machine.")
        yield browser
        browser.close()


def _until_turned(act: Callable[..., Any]) -> Callable[..., Any]:
    """The act of a person, who is not faster than the scripts of a page that has just come. It waits for the page that
    it turned to, as Playwright does for one that it loads."""

    @wraps(act)
    def then_wait(self: Any, *given: Any, **named: Any) -> Any:
        page = self if isinstance(self, Page) else self.page
        _wait_for_scripts(page)
        found = act(self, *given, **named)
        _wait(page)
        return found

    return then_wait


def _wait_for_scripts(page: Page) -> None:
    with suppress(NotNow):
        page.wait_for_load_state("load")


def _wait(page: Page) -> None:
    if page.is_closed():
        return
    with suppress(NotNow):  # it closed, or is on its way elsewhere
        page.wait_for_function(_TURNED)


class _Keys:
    """A page's keyboard whose keys may turn the page."""

    def __init__(self, page: Page, keys: Keyboard) -> None:
        self._page = page
        self._keys = keys

    def press(self, key: str, **named: Any) -> None:
        _wait_for_scripts(self._page)
        self._keys.press(key, **named)
        _wait(self._page)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._keys, name)
