"""The first minute with a new installation."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect
from tests.browser.conftest import WIDE, window
from tests.browser.served import empty_database, serving

from relata.app.assembly import House
from relata.interfaces.html.assets import Assets
from relata.testing.demo import PASSWORD


async def migrated(house: House) -> str:
    """The setup link's path."""
    await house.migrate()
    link = await house.setup_link()
    assert link is not None
    return link.removeprefix(house.settings.address)


def test_the_setup_link_makes_the_first_account_once(chromium: Browser, postgres_url: str, tmp_path: Path) -> None:
    assert Assets().built
    with serving(empty_database(postgres_url), tmp_path) as site:
        link = site.change(migrated)
        with window(chromium, site, WIDE) as page:
            page.goto(link)
            page.get_by_label("Company").fill("Kaffeehaus Nord")
            page.get_by_label("Your name").fill("Ada Brandt")
            page.get_by_label("E-mail").fill("ada@nord.example")
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Create account").click()
            page.wait_for_url("**/")
            expect(page.get_by_role("navigation").first).to_be_visible()
            page.context.clear_cookies()
            page.goto("/accounts")
            expect(page).to_have_url(f"{site.address}/sign-in?next=/accounts")
            page.get_by_label("E-mail").fill("ada@nord.example")
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            expect(page.get_by_role("heading", name="Accounts", level=1)).to_be_visible()
            assert page.request.get(link).status == 409
