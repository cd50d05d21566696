"""Two people at work: what one changes, the other sees within a second, and what the other is editing stays."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import WIDE, window
from tests.browser.served import Site, start

from relata.app.assembly import MAIN, House
from relata.app.demo import MANAGER, SELLER, let_in
from relata.engine.workspace.health import health
from relata.engine.workspace.workspace import Workspace
from relata.testing.demo import PASSWORD, caught_up

#: A machine under load is no reason for a red test; the figure that is promised is measured beside.
SOON = 20_000


@pytest.fixture(scope="module")
def workers() -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """The workers of sites that these tests have seen; they end with them."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    yield running
    for process in running.values():
        process.terminate()
        process.wait(15)


@pytest.fixture
def worker(site: Site, workers: dict[str, subprocess.Popen[bytes]]) -> None:
    """What numbers the log and tells the web processes; what other tests left in the log is told before."""
    if site.url in workers:
        return
    site.change(caught_up)
    workers[site.url] = start("worker", site.settings)
    site.change(_told)


async def _told(house: House) -> None:
    """Returns once the worker is at work: it has numbered a change that is made here."""

    async def change(work: Workspace) -> None:
        await work.as_system().create("account", {"name": "Zzz for the worker"})

    async def untold(work: Workspace) -> int:
        return (await health(work.as_system())).undelivered

    await house.door.run(MAIN, None, change, via="test")
    while await house.door.run(MAIN, None, untold, via="test"):  # noqa: ASYNC110 - the other end is a process
        await asyncio.sleep(0.1)


def as_colleague(site: Site, act: Callable[[Workspace], Awaitable[Any]]) -> Any:
    """`act` as somebody who is not before the window."""

    async def run(house: House) -> Any:
        async with house.door.open(MAIN, None) as work:
            found = await work.first("user", email=SELLER)
            assert found is not None
        return await house.door.run(MAIN, found.id, act, via="form")

    return site.change(run)


@contextmanager
def seller(page: Page, site: Site) -> Iterator[Page]:
    """A window of somebody else."""

    async def admit(house: House) -> None:
        await let_in(house, SELLER, PASSWORD)

    site.change(admit)
    browser = page.context.browser
    assert browser is not None
    with window(browser, site, WIDE) as other:
        other.goto("/sign-in")
        other.get_by_label("E-mail").fill(SELLER)
        other.get_by_label("Password", exact=True).fill(PASSWORD)
        other.get_by_role("button", name="Sign in").click()
        other.wait_for_url(re.compile(r"/(\?start)?$"))
        yield other


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
    page.locator(".timeline-kinds").get_by_role("link", name="Changes", exact=True).click()
    page.locator("#fact-name .fact-edit").click(force=True)
    field = page.locator("#fact-name input[name=name]")
    field.fill("Half of a new na")

    async def change(work: Workspace) -> None:
        await work.as_system().change(("account", key), {"name": "Their name", "employees": 4321})

    as_colleague(site, change)
    expect(page.locator("#fact-employees .fact-value")).to_contain_text("4,321", timeout=SOON)
    expect(field).to_have_value("Half of a new na")
    expect(field).to_be_focused()
    expect(page.locator(".timeline-entry").first).to_contain_text("4,321")  # what it was narrowed to, as it is now
    expect(page.locator(".timeline-kinds [aria-current]")).to_have_text("Changes")
    expect(page.locator(".panel-cards > *").first).to_be_attached()  # what was asked for after the page stays there
    expect(page.locator("#fact-name .live-conflict")).to_contain_text("Changed by")
    page.locator("#fact-name .live-conflict button").click()
    expect(page.locator("#fact-name .live-conflict")).to_contain_text("Their name")


@pytest.mark.usefixtures("worker")
def test_the_stream_of_events_as_it_goes_over_the_line(page: Page, site: Site, signed_in: dict[str, Any]) -> None:
    browser = page.evaluate("navigator.userAgent")  # another one would end the session, as it should
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in signed_in["cookies"])
    connection = HTTPConnection(site.address.removeprefix("http://"), timeout=SOON / 1000)
    connection.request("GET", "/live", headers={"cookie": cookies, "user-agent": browser})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("content-type")) == (200, "text/event-stream; charset=utf-8")
    assert answer.getheader("x-accel-buffering") == "no"
    assert answer.readline() == b"retry: 2000\n"

    async def found(work: Workspace) -> str:
        return str((await work.create("account", {"name": "Heard of by name only"})).id)

    key = as_colleague(site, found)
    lines: list[bytes] = []
    while not lines or key.encode() not in lines[-1]:
        lines.append(answer.readline())
    assert lines[-2] == b"event: changed\n"
    assert lines[-1].startswith(b'data: {"feed":')
    assert b"Heard of" not in lines[-1]
    connection.close()


def test_a_stranger_hears_nothing(site: Site) -> None:
    connection = HTTPConnection(site.address.removeprefix("http://"), timeout=SOON / 1000)
    connection.request("GET", "/live")
    assert connection.getresponse().status in (303, 401)
    connection.close()


@pytest.mark.usefixtures("worker")
def test_people_on_one_record_see_each_other(page: Page, site: Site) -> None:
    async def somebody(work: Workspace) -> str:
        found = await work.find("account", limit=1, order="name")
        return f"/accounts/{found[0].id}"

    address = as_colleague(site, somebody)
    listening(page, address)
    with seller(page, site) as other:
        other.goto(address)
        expect(page.locator(".presence")).to_contain_text("is here, too", timeout=SOON)
        expect(other.locator(".presence")).to_contain_text("is here, too", timeout=SOON)
        other.locator(".sidebar a[href='/contacts']").click()
        expect(page.locator(".presence")).to_have_text("", timeout=SOON)
        other.go_back()
        expect(page.locator(".presence")).to_contain_text("is here, too", timeout=SOON)
        other.goto("/contacts")
        expect(page.locator(".presence")).to_have_text("", timeout=SOON)


@pytest.mark.usefixtures("worker")
def test_the_bell_counts_and_the_centre_shows_and_marks(page: Page, site: Site) -> None:
    listening(page, "/")

    async def mention(work: Workspace) -> None:
        me = await work.first("user", email=MANAGER)
        about = await work.first("account", order="name")
        assert me is not None
        assert about is not None
        await work.create(
            "comment",
            {"body": "What do you think?", "about": {"object": "account", "id": str(about.id)}, "mentions": [me.id]},
        )

    as_colleague(site, mention)
    bell = page.locator(".bell [data-unread]")
    expect(bell).to_be_visible(timeout=SOON)
    page.keyboard.press("g")
    page.keyboard.press("n")
    line = page.locator("#panel .notification", has_text="mentioned you on").first
    expect(line).to_be_visible()
    page.goto("/notifications?show=mention")
    line = page.locator(".notification", has_text="mentioned you on").first
    line.get_by_role("button", name="Mark as read").click()
    expect(line.get_by_role("button", name="Mark as unread")).to_be_visible()
    page.goto("/notifications")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    expect(bell).to_be_hidden(timeout=SOON)
