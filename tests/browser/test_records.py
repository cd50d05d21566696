"""Lists and records in a browser."""

from __future__ import annotations

from unicodedata import combining, normalize

from playwright.sync_api import Locator, Page, expect
from tests.browser.served import Site

from relata.app.assembly import MAIN, House
from relata.engine.workspace.administration import Administration


def titles(page: Page) -> list[str]:
    """What the list shows, from the top."""
    return page.locator("#list .title-link").all_inner_texts()


def as_sorted(name: str) -> str:
    """Small and great letters, and letters with and without accents, stand together."""
    return "".join(letter for letter in normalize("NFKD", name.casefold()) if not combining(letter))


def fact(page: Page, name: str) -> Locator:
    return page.locator(f"#fact-{name}")


def test_a_list_is_sorted_filtered_and_paged(page: Page) -> None:
    page.goto("/accounts?order=name")
    first = titles(page)
    assert first == sorted(first, key=as_sorted)
    page.locator("#list thead .title-cell a").click()
    expect(page.locator("#list .title-link").first).not_to_have_text(first[0])
    assert titles(page) == sorted(titles(page), key=as_sorted, reverse=True)
    page.goto('/accounts?where=type = "partner"&order=name')
    assert 0 < len(titles(page)) < len(first)
    page.goto("/contacts?order=name")
    before = titles(page)
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="Previous")).to_be_visible()
    assert not set(titles(page)) & set(before)
    page.get_by_role("link", name="Previous").click()
    expect(page.locator("#list .title-link").first).to_have_text(before[0])


def test_a_record_is_made_edited_deleted_and_restored(page: Page) -> None:
    page.goto("/accounts")
    page.get_by_role("link", name="New").first.click()
    page.locator("#field-name").fill("Zwieback & Sons")
    page.locator("main form").get_by_role("button", name="Create").click()
    expect(page.locator(".record-title")).to_have_text("Zwieback & Sons")
    address = page.url

    fact(page, "name").hover()
    fact(page, "name").get_by_role("button", name="Edit").click()
    page.locator("#fact-name input[type=text], #fact-name input:not([type])").first.fill("Zwieback & Daughters")
    page.keyboard.press("Enter")
    expect(fact(page, "name").locator(".fact-saved")).to_be_attached()
    expect(fact(page, "name")).to_contain_text("Zwieback & Daughters")

    page.goto(address)
    page.locator("[popovertarget=record-menu]").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.wait_for_url("**/accounts*")
    page.goto("/accounts?deleted=true")
    page.get_by_role("link", name="Zwieback & Daughters").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("button", name="Restore")).to_have_count(0)
    page.goto('/accounts?where=name = "Zwieback %26 Daughters"')
    assert titles(page) == ["Zwieback & Daughters"]


def test_the_palette_finds_a_record_by_the_middle_of_a_word(page: Page) -> None:
    page.goto("/accounts?order=name")
    name = titles(page)[3]
    page.keyboard.press("Control+k")
    page.locator("#palette input").fill(name[1:6])
    option = page.locator('#palette a[role="option"][href^="/accounts/"]').filter(has_text=name).first
    expect(option).to_be_visible()
    option.click()
    expect(page.locator(".record-title")).to_have_text(name)


def test_an_object_made_at_run_time_has_screens_at_once(page: Page, site: Site) -> None:
    site.change(make_vessels)
    while not page.request.get("/vessels").ok:  # every process notices within a second
        page.wait_for_timeout(100)
    page.goto("/vessels")
    page.get_by_role("link", name="New").first.click()
    page.locator("#field-name").fill("MS Kaffee")
    page.locator("main form").get_by_role("button", name="Create").click()
    expect(page.locator(".record-title")).to_have_text("MS Kaffee")
    page.goto("/vessels")
    assert titles(page) == ["MS Kaffee"]


async def make_vessels(house: House) -> None:
    """What an administrator does in the settings."""
    office = Administration(house.door, MAIN, None)
    await office.add_object({"name": "vessel", "plural": "vessels", "label": "Vessel"})


def test_a_phone_shows_everything_without_scrolling_sideways(phone: Page) -> None:
    for path in ("/", "/accounts", "/opportunities", "/tasks"):
        phone.goto(path)
        expect(phone.locator("main")).to_be_visible()
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, path
    phone.goto("/accounts")
    phone.locator("#list .title-link").first.click()
    expect(phone.locator(".record-title")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
