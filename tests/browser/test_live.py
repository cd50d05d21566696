"""Two people at work: what one changes, the other sees within a second, and what the other is editing stays."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from tests.browser.served import Site, libpq_address

from relata.app.assembly import MAIN, House
from relata.app.demo import MANAGER
from relata.engine.workspace.workspace import Workspace

#: A machine under load is no reason for a red test; the figure that is promised is measured beside.
SOON = 8_000


@pytest.fixture(scope="module")
def worker(site: Site) -> Iterator[None]:
    """What numbers the log and tells the web processes."""
    told = {
        "RELATA_HOME": str(site.settings.home),
        "RELATA_DATABASE_URL": libpq_address(site.url),
        "RELATA_SECRET_KEY": site.settings.secret_key,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    process = subprocess.Popen([sys.executable, "-m", "relata.app", "worker"], env={**os.environ, **told})
    yield
    process.terminate()
    process.wait(15)


def as_colleague(site: Site, act: Callable[[Workspace], Awaitable[Any]]) -> Any:
    """`act` as somebody who is not before the window."""

    async def run(house: House) -> Any:
        async with house.door.open(MAIN, None) as work:
            people = await work.find("user", status="active", order="name")
            colleague = next(person.id for person in people if person["email"] and person["email"] != MANAGER)
        return await house.door.run(MAIN, colleague, act, via="form")

    return site.change(run)


def listening(page: Page, address: str) -> Page:
    """The page, hearing what happens."""
    page.goto(address)
    expect(page.locator("html[data-live=on]")).to_be_attached()
    return page


@pytest.mark.usefixtures("worker")
def test_a_list_shows_what_a_colleague_changed_and_counts_what_is_new(page: Page, site: Site) -> None:
    listening(page, "/accounts")
    row = page.locator("main tr[data-row]").first
    key = row.get_attribute("data-row")
    assert key
    page.wait_for_load_state("networkidle")

    async def rename(work: Workspace) -> None:
        await work.as_system().change(("account", UUID(key)), {"name": "Renamed meanwhile"})

    as_colleague(site, rename)
    expect(row.locator(".title-link")).to_have_text("Renamed meanwhile", timeout=SOON)

    async def found(work: Workspace) -> None:
        await work.create("account", {"name": "Aaa founded meanwhile"})

    as_colleague(site, found)
    pill = page.locator("#live-pill")
    expect(pill).to_have_text("1 new", timeout=SOON)
    expect(page.get_by_role("link", name="Aaa founded meanwhile")).to_have_count(0)
    pill.click()
    expect(pill).to_have_count(0)


@pytest.mark.usefixtures("worker")
def test_a_board_moves_the_card_that_a_colleague_moved(page: Page, site: Site) -> None:
    listening(page, "/opportunities/board")
    columns = page.locator(".board-column")
    at = next(n for n in range(columns.count() - 1) if columns.nth(n).locator("[data-card]").count())
    card = columns.nth(at).locator("[data-card]").first.get_attribute("data-card")
    following = columns.nth(at + 1).get_attribute("data-column")
    assert card
    assert following
    count = int(columns.nth(at).locator("[data-count]").inner_text())

    async def move(work: Workspace) -> None:
        await work.as_system().change(("opportunity", UUID(card)), {"stage": following})

    as_colleague(site, move)
    expect(page.locator(f'[data-column="{following}"] [data-card="{card}"]')).to_be_visible(timeout=SOON)
    expect(columns.nth(at).locator("[data-count]")).to_have_text(str(count - 1), timeout=SOON)


@pytest.mark.usefixtures("worker")
def test_a_record_shows_it_and_leaves_the_field_alone_that_is_being_edited(page: Page, site: Site) -> None:
    page.goto("/accounts")
    page.locator("main .title-link").nth(1).click()
    page.wait_for_url(re.compile(r"/accounts/[0-9a-f-]{36}$"))
    listening(page, page.url)
    key = UUID(page.url.rsplit("/", 1)[1])
    page.wait_for_load_state("networkidle")
    page.locator("#fact-name .fact-edit").click(force=True)
    field = page.locator("#fact-name input[name=name]")
    field.fill("Half of a new na")

    async def change(work: Workspace) -> None:
        await work.as_system().change(("account", key), {"name": "Their name", "employees": 4321})

    as_colleague(site, change)
    expect(page.locator("#fact-employees .fact-value")).to_contain_text("4,321", timeout=SOON)
    expect(field).to_have_value("Half of a new na")
    expect(field).to_be_focused()
    expect(page.locator("#fact-name .live-conflict")).to_contain_text("Changed by")
    page.locator("#fact-name .live-conflict button").click()
    expect(page.locator("#fact-name .live-conflict")).to_contain_text("Their name")
