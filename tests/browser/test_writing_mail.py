"""A mail is written from a contact's page, kept while one types, sent off and called back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.browser.served import Site

from relata.app.assembly import MAIN, House
from relata.app.demo import MANAGER


async def _with_mailbox(house: House) -> None:
    async with house.door.open(MAIN, None) as work:
        person = await work.first("user", email=MANAGER)
        assert person is not None
    async with house.door.open(MAIN, person.id) as work:
        values = {"name": "Own", "address": "own@kaffeewerk.example.com", "smtp_host": "mail.example.com"}
        await work.create("mailbox", values)
        words = {"name": "Hello", "object": "contact", "subject": "For {{ record.name.first }}", "body": "Good day"}
        await work.create("email_template", words)


def test_a_mail_is_written_sent_and_called_back(page: Page, site: Site) -> None:
    site.change(_with_mailbox)
    page.goto("/contacts")
    page.locator("a.title-link").first.click()
    page.wait_for_url(re.compile(r"/contacts/[0-9a-f-]{36}"))
    page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="E-mail", exact=True).click()
    dialog = page.get_by_role("dialog", name="New e-mail")
    dialog.get_by_label("Template").select_option(label="Hello")
    expect(dialog.get_by_label("Subject")).to_have_value(re.compile("For .+"))
    dialog.get_by_role("combobox", name="To", exact=True).fill("somebody@kaffeewerk.example.com")
    page.keyboard.press("Tab")
    expect(dialog.get_by_text("somebody@kaffeewerk.example.com")).to_be_visible()
    dialog.get_by_label("Subject").fill("An offer")
    expect(dialog.get_by_text("Saved as a draft")).to_be_visible()
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    page.wait_for_url(re.compile(r"/write/[0-9a-f-]{36}"))
    expect(page.get_by_label("Subject")).to_have_value("An offer")
