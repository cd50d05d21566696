"""A furnished company, a browser that is signed in there, and the rules that every page keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect
from tests.browser.served import Site, Sites

from relata.app.demo import MANAGER
from relata.interfaces.html.assets import Assets
from relata.testing.demo import PASSWORD
from relata.testing.house import Furnished

#: A page that comes late on a machine at the end of its strength is no fault; how fast pages are is measured elsewhere.
TIMEOUT, NAVIGATION = 20_000, 90_000
WIDE, PHONE = (1280, 860), (390, 844)


@pytest.fixture(scope="session")
def sites(postgres_url: str, furnished: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """Where the demo company is served."""
    if not Assets().built:
        pytest.skip("The front end has not been built.")
    sites = Sites(postgres_url, furnished, tmp_path_factory.mktemp("served"))
    yield sites
    sites.close()


@pytest.fixture
def site(sites: Sites, request: pytest.FixtureRequest) -> Site:
    """The demo company, served; untouched where a test runs once more."""
    again = getattr(request.node, "execution_count", 1) > 1
    return sites.anew() if again else sites.now()


@contextmanager
def window(
    browser: Browser, site: Site, size: tuple[int, int], signed_in: dict[str, object] | None = None
) -> Iterator[Page]:
    """A window that fails the test on a script error, a breach of the content policy, or a request to another host."""
    context: BrowserContext = browser.new_context(
        base_url=site.address, reduced_motion="reduce", viewport={"width": size[0], "height": size[1]},
        storage_state=signed_in,  # type: ignore[arg-type]
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(TIMEOUT)
    page.set_default_navigation_timeout(NAVIGATION)
    expect.set_options(timeout=TIMEOUT)
    wrong: list[str] = []

    def check_host(request: Request) -> None:
        if not request.url.startswith((site.address, "data:", "blob:")):
            wrong.append(f"asked {request.url}")

    def check_console(entry: ConsoleMessage) -> None:
        told = f"{entry.text} {entry.location}"
        is_over = "401" in entry.text and "/live?" in told  # whose session ends hears nothing more
        if entry.type == "error" and not is_over:
            wrong.append(told)

    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", check_console)
    page.on("request", check_host)
    yield page
    context.close()
    assert wrong == []


@pytest.fixture
def signed_in(sites: Sites, site: Site, chromium: Browser) -> dict[str, object]:
    """The cookies of somebody who signed in on the page."""
    if site.url not in sites.signed_in:
        with window(chromium, site, WIDE) as page:
            page.goto("/sign-in")
            page.get_by_label("E-mail").fill(MANAGER)
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(re.compile(r"/(\?start)?$"))
            sites.signed_in[site.url] = page.context.storage_state()  # type: ignore[assignment]
    return sites.signed_in[site.url]


@pytest.fixture
def page(chromium: Browser, site: Site, signed_in: dict[str, object]) -> Iterator[Page]:
    """A window of the manager."""
    with window(chromium, site, WIDE, signed_in) as page:
        yield page


@pytest.fixture
def phone(chromium: Browser, site: Site, signed_in: dict[str, object]) -> Iterator[Page]:
    """The same on a phone."""
    with window(chromium, site, PHONE, signed_in) as page:
        yield page
