"""Pairs are gone through by keyboard: merged, taken back, told apart, skipped."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from tests.browser.served import Site

from relata.app.assembly import MAIN, House
from relata.engine.matching.following import match_records
from relata.engine.workspace.workspace import Workspace


async def _two_pairs(house: House) -> None:
    await house.door.run(MAIN, None, _make, via="test")


async def _make(work: Workspace) -> None:
    rows = [
        {"name": {"first": first, "last": last}, "email": f"{last.lower()}@twice.example", "phone": number}
        for first, last, number in (
            ("Robert", "Zwilling", "+49 30 7711001"), ("Bob", "Zwilling", "+49 30 7711001"),
            ("Ilse", "Doppel", "+49 30 7711002"), ("Ilse", "Dopel", "+49 30 7711002"),
        )
    ]  # fmt: skip
    made = [one.id for one in await work.create_many("contact", rows) if one.id]
    await match_records(work, work.registry.get("contact"), made)


def test_pairs_are_decided_by_keyboard(page: Page, site: Site) -> None:
    site.change(_two_pairs)
    page.goto("/contacts/new")
    page.wait_for_load_state("networkidle")
    page.locator("[name='name.given']").fill("Rob")
    page.locator("[name='name.family']").fill("Zwiling")
    page.locator("form.form input[name=email]").first.fill("zwilling@twice.example")
    page.locator("[name=job_title]").focus()
    expect(page.locator(".alike")).to_contain_text("Zwilling")

    page.goto("/duplicates/contacts")
    expect(page.locator(".dup-reasons")).to_contain_text("the same")
    shown, said = page.locator(".merge-table thead a.value-link").first, page.locator(".dup-said")
    first = shown.inner_text()
    page.keyboard.press("m")
    expect(said).to_contain_text("Merged.")
    expect(shown).not_to_have_text(first)
    page.keyboard.press("u")
    expect(shown).to_have_text(first)
    page.keyboard.press("n")
    expect(said).to_contain_text("Told apart")
    page.keyboard.press("s")
    expect(page.locator(".empty-title")).to_be_visible()
