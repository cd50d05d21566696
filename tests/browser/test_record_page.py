"""A record's page as a person uses it: its timeline, its values, its files, its panel."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from tests.browser.served import Site

from relata.app.assembly import MAIN, House
from relata.engine.workspace.workspace import Workspace

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


@pytest.fixture
def account(site: Site) -> str:
    """The address of an account of this test's own."""
    made: list[UUID] = []

    async def make(house: House) -> None:
        async def create(work: Workspace) -> UUID:
            mira = (await work.find("user", limit=1, order="created_at"))[0]
            record = await work.create("account", {"name": "Rusk Works", "legal_name": "Old name", "owner": mira.id})
            await work.create("contact", {"name": {"first": "Ida", "last": "Rusk"}, "account": record.id})
            return record.id

        made.append(await house.door.run(MAIN, None, create, via="test"))

    site.change(make)
    return f"/accounts/{made[0]}"


def test_a_comment_with_formatting_and_a_mention_stands_in_the_timeline(page: Page, account: str) -> None:
    page.goto(account)
    page.locator("#composer-text").click()
    editor = page.locator("#composer .editor")
    expect(editor).to_be_focused()
    page.keyboard.press("Control+b")
    page.keyboard.type("Good news")
    page.keyboard.press("Control+b")
    page.keyboard.type(" for @")
    option = page.locator(".mention-list [role=option]").first
    expect(option).to_be_visible()
    named = option.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#composer input[name=mentions]")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    entry = page.locator(".timeline-entry").first
    expect(entry.locator("strong", has_text="Good news")).to_be_visible()
    expect(entry).to_contain_text(f"@{named}")
    expect(page.locator("#composer-text")).to_have_value("")


def test_a_call_is_logged_and_the_timeline_narrows_to_calls(page: Page, account: str) -> None:
    page.goto(account)
    page.locator(".composer-kind", has_text="Call").click()
    page.locator("#composer #field-subject").fill("Asked for rusks")
    page.locator("[data-composer-send]").click()
    expect(page.locator(".timeline-title", has_text="Asked for rusks")).to_be_visible()
    page.locator(".filter-pill", has_text="Calls").click()
    expect(page.locator(".filter-pill[aria-current]")).to_have_text("Calls")
    expect(page.locator(".timeline-entry")).to_have_count(1)


def test_a_contested_value_is_decided_where_it_stands(page: Page, account: str, site: Site) -> None:
    page.goto(account)
    fact = page.locator("#fact-legal_name")
    fact.hover()
    fact.get_by_role("button", name="Edit Legal name").click()
    page.locator("#field-legal_name").fill("Mine")
    site.change(lambda house: renamed(house, account))
    page.keyboard.press("Enter")
    expect(fact.locator(".clash")).to_contain_text("Theirs")
    expect(page.locator("#field-legal_name")).to_have_value("Mine")
    fact.get_by_role("button", name="Keep mine").click()
    expect(fact.locator(".fact-saved")).to_be_attached()
    expect(fact).to_contain_text("Mine")

    fact.get_by_role("button", name="History of Legal name").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("Other name")
    dialog.get_by_role("button", name=re.compile("^Restore .*Other name.*Legal name")).click()
    expect(page.locator("#fact-legal_name")).to_contain_text("Other name")


async def renamed(house: House, account: str) -> None:
    """What a colleague does meanwhile."""

    async def change(work: Workspace) -> None:
        await work.change(("account", UUID(account.rpartition("/")[2])), {"legal_name": "Other name"})

    await house.door.run(MAIN, None, change, via="test")


def test_a_picture_is_added_and_shown(page: Page, account: str) -> None:
    page.goto(f"{account}?tab=files")
    page.locator(".file-form input[type=file]").set_input_files(
        {"name": "plan.png", "mimeType": "image/png", "buffer": PIXEL}
    )
    expect(page.locator(".file-card", has_text="plan.png")).to_be_visible()
    page.locator(".file-card a.value-link").click()
    expect(page.locator("#dialog .picture-view")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()


def test_the_panel_stacks_and_goes_back_by_keyboard(page: Page, account: str) -> None:
    page.goto(f"{account}?tab=related")
    page.locator("a.title-link", has_text="Ida Rusk").focus()
    page.keyboard.press("Space")
    panel = page.locator("#panel")
    expect(panel.locator(".panel-title")).to_have_text("Ida Rusk")
    panel.locator(".panel-content a.value-link", has_text="Rusk Works").first.focus()
    page.keyboard.press("Space")
    expect(panel.locator(".panel-title")).to_have_text("Rusk Works")
    panel.get_by_role("button", name="Back").click()
    expect(panel.locator(".panel-title")).to_have_text("Ida Rusk")
    expect(panel.get_by_role("button", name="Back")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator("a.title-link", has_text="Ida Rusk")).to_be_focused()


def test_a_child_is_made_with_a_title_and_enter(page: Page, account: str) -> None:
    page.goto(f"{account}?tab=related")
    page.get_by_label("New account").fill("Rusk Works North")
    page.keyboard.press("Enter")
    expect(page.locator("#related-subsidiaries a.title-link")).to_have_text("Rusk Works North")


def test_a_phone_shows_the_parts_of_a_record(phone: Page, account: str) -> None:
    for tab in ("", "?tab=related", "?tab=details", "?tab=history", "?tab=files"):
        phone.goto(account + tab)
        expect(phone.locator(".record-title")).to_have_text("Rusk Works")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, tab
    phone.goto(f"{account}?tab=details")
    expect(phone.locator("#fact-legal_name")).to_be_visible()
