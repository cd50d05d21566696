"""Lists as a grid in a browser: cells by keyboard, a block from a spreadsheet, everything that matches, and back."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect
from tests.browser.served import Site

from relata.app.assembly import MAIN, House

EVENT = """new ClipboardEvent(KIND, {clipboardData: data, bubbles: true, cancelable: true})"""
PASTE = """text => { const data = new DataTransfer(); data.setData("text/plain", text);
  document.activeElement.dispatchEvent(EVENT); }""".replace("EVENT", EVENT.replace("KIND", '"paste"'))
COPY = """() => { const data = new DataTransfer();
  document.activeElement.dispatchEvent(EVENT); return data.getData("text/plain"); }"""
COPY = COPY.replace("EVENT", EVENT.replace("KIND", '"copy"'))


def cell(page: Page, row: int, name: str) -> Locator:
    return page.locator(f'#list tbody tr:nth-child({row}) [data-c="{name}"]')


async def make_accounts(house: House) -> None:
    async with house.door.open(MAIN, None) as work:
        rows = [{"name": f"Grid {at:03}", "industry": "retail", "employees": at} for at in range(60)]
        await work.create_many("account", rows)


def test_cells_blocks_and_everything_that_matches(page: Page, site: Site) -> None:
    site.change(make_accounts)
    page.goto('/accounts?where=name starts "Grid"&order=name')

    # A cell by keyboard: walk, type, Enter saves and goes on; Escape gives back.
    cell(page, 1, "industry").click()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(cell(page, 1, "name")).to_be_focused()
    page.keyboard.press("F2")
    page.keyboard.press("End")
    page.keyboard.type(" X")
    page.keyboard.press("Enter")
    expect(cell(page, 2, "name")).to_be_focused()
    expect(cell(page, 1, "name").locator(".title-link")).to_have_text("Grid 000 X")
    page.keyboard.press("F2")
    page.keyboard.type("gone")
    page.keyboard.press("Escape")
    expect(cell(page, 2, "name").locator(".title-link")).to_have_text("Grid 001")
    expect(cell(page, 2, "name")).to_be_focused()

    # A block: copied as it would go into a spreadsheet, pasted cell by cell; what is refused keeps what was pasted.
    cell(page, 1, "type").click()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#list [data-marked]")).to_have_count(4)
    cell(page, 3, "industry").wait_for()
    assert page.evaluate(COPY) == "Prospect\tRetail\nProspect\tRetail"
    cell(page, 3, "type").click()
    page.evaluate(PASTE, "Customer\tEnergy\nPartner\tnonsense")
    expect(cell(page, 3, "industry")).to_have_text("Energy")
    expect(cell(page, 4, "type").locator(".tag")).to_have_text("Partner")
    expect(cell(page, 4, "industry")).to_have_attribute("aria-invalid", "true")
    expect(cell(page, 4, "industry")).to_have_text("nonsense")
    page.locator(".toast-undo").click()
    expect(cell(page, 3, "industry")).to_have_text("Retail")
    expect(cell(page, 4, "type").locator(".tag")).to_have_text("Prospect")

    # Everything that matches: the page first, then the filter; tried, changed, undone.
    page.locator("[data-select-all]").check()
    page.get_by_role("button", name="Choose all that match").click()
    expect(page.locator("[data-bulk-count]")).to_contain_text("60")
    page.get_by_role("button", name="Change", exact=True).click()
    page.locator("[data-bulk-pick]").select_option("industry")
    page.locator("#dialog [name=industry]").select_option("media")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".bulk-counts")).to_contain_text("60 would change")
    page.get_by_role("button", name="Change 60 accounts").click()
    expect(page.locator("#list [data-c=industry] .tag", has_text="Media")).to_have_count(50)
    expect(page.locator("#dialog")).not_to_be_visible()
    page.locator(".toast-undo").last.click()
    expect(page.locator("#list [data-c=industry] .tag", has_text="Media")).to_have_count(0)
    expect(page.locator("#list [data-c=industry] .tag", has_text="Retail")).to_have_count(50)
