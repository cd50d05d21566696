"""Mailboxes in the settings: what is wrong is said at its field, and each person sees their own."""

from __future__ import annotations

from tests.interfaces.web.settings.conftest import Browser, SignIn

from relata.testing.house import House

PLACE = "/settings/mailboxes"
FORM = {
    "address": "ada@example.com",
    "password": "x",
    "imap_host": "127.0.0.1",
    "imap_port": "9",
    "imap_security": "none",
}


async def connected(browser: Browser, house: House, **values: str) -> str:
    assert browser.user is not None
    async with house.as_person(browser.user) as work:
        return str((await work.create("mailbox", {"name": "Ada's mail", "address": "ada@example.com", **values})).id)


async def test_a_server_that_does_not_answer_is_said_at_its_field(ada: Browser, open_house: House) -> None:
    page = await ada.post(PLACE, FORM)
    assert page.status_code == 422
    assert "The server does not answer." in page.text
    assert "127.0.0.1" in page.text
    async with open_house.system() as work:
        assert await work.count("mailbox") == 0


async def test_a_server_inside_is_refused(ada: Browser) -> None:
    page = await ada.post(PLACE, {**FORM, "imap_host": "10.0.0.1"})
    assert page.status_code == 422
    assert "not public" in page.text


async def test_a_mailbox_shows_how_it_is_and_nobody_elses_does(
    ada: Browser, sign_in: SignIn, open_house: House
) -> None:
    key = await connected(ada, open_house)
    page = await ada.get(f"{PLACE}/{key}")
    assert page.status_code == 200
    assert "Not yet read" in page.text
    other = await sign_in("member", name="Eve")
    assert (await other.get(f"{PLACE}/{key}")).status_code == 404
    assert "Ada&#39;s mail" not in (await other.get(PLACE)).text


async def test_rules_are_added_and_a_mailbox_is_switched_off(ada: Browser, open_house: House) -> None:
    key = await connected(ada, open_house)
    await ada.post(f"{PLACE}/{key}/rules", {"pattern": "@Spam.example", "does": "block"})
    await ada.post(f"{PLACE}/{key}/switch", {"on": ""})
    page = await ada.get(f"{PLACE}/{key}")
    assert "spam.example" in page.text
    assert "Switched off" in page.text
