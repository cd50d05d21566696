"""A passkey and an authenticator app, set up and used in a real browser with a virtual authenticator."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import WIDE, window
from tests.browser.served import Site

from relata.app.assembly import House
from relata.app.demo import let_in
from relata.engine.identity import accounts
from relata.testing.demo import PASSWORD


@pytest.fixture
def person(site: Site) -> str:
    """Somebody who works in the demo company, without factors."""

    async def made(house: House) -> str:
        async with house.door.open("main", None) as work:
            found = await work.find("user", None, order="name")
            email = next(one["email"] for one in found if one["email"] and one["status"] == "active")
        async with house.database.read() as connection:
            known = await accounts.by_email(connection, email)
            if known:
                for table in ("totp", "passkey", "recovery_code"):
                    await connection.execute(f"delete from relata.{table} where account = %s", (known.id,))
        if known is None:
            await let_in(house, email, PASSWORD)
        return str(email)

    return site.change(made)


@pytest.fixture
def named(site: Site) -> Site:
    """The same site by its name: browsers give no passkeys to a bare address."""
    return Site(site.address.replace("127.0.0.1", "localhost"), site.settings, site.url)


@pytest.fixture
def screen(chromium: Browser, named: Site) -> Iterator[Page]:
    """A window with an authenticator that unlocks by itself."""
    with window(chromium, named, WIDE) as page:
        tool = page.context.new_cdp_session(page)
        tool.send("WebAuthn.enable")
        tool.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        yield page


def sign_in(page: Page, email: str) -> None:
    """By password."""
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_alone_and_as_the_second_step(screen: Page, person: str) -> None:
    sign_in(screen, person)
    screen.wait_for_url("**/")
    screen.goto("/settings/second-factors")
    screen.get_by_role("button", name="Add a passkey").click()
    screen.get_by_label("Name").fill("My laptop")
    screen.get_by_role("button", name="Make the passkey").click()
    expect(screen.get_by_text("Keep these ten codes now")).to_be_visible()
    screen.get_by_role("link", name="I have kept them").click()
    expect(screen.get_by_text("My laptop")).to_be_visible()

    screen.context.clear_cookies()
    screen.goto("/sign-in?next=/accounts")
    screen.get_by_role("button", name="Sign in with a passkey").click()
    expect(screen.get_by_role("heading", name="Accounts", level=1)).to_be_visible()

    screen.context.clear_cookies()
    sign_in(screen, person)
    screen.get_by_role("button", name="Use a passkey").click()
    screen.wait_for_url("**/")
    expect(screen.get_by_role("navigation").first).to_be_visible()


def test_an_authenticator_app(screen: Page, person: str) -> None:
    sign_in(screen, person)
    screen.wait_for_url("**/")
    screen.goto("/settings/second-factors")
    screen.get_by_role("button", name="Set up an app").click()
    expect(screen.get_by_role("img", name="QR code for the app")).to_be_visible()
    secret = re.sub(r"\s", "", screen.locator(".settings-key").inner_text())
    screen.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).at(int(time.time()) - 30))
    screen.get_by_role("button", name="Turn on").click()
    expect(screen.get_by_text("Keep these ten codes now")).to_be_visible()

    screen.context.clear_cookies()
    sign_in(screen, person)
    screen.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    screen.get_by_role("button", name="Sign in").first.click()
    screen.wait_for_url("**/")
    expect(screen.get_by_role("navigation").first).to_be_visible()
