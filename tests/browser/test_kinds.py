"""The filter's builder, the calendar, the gallery and the map, as a person uses them."""

from __future__ import annotations

from urllib.parse import unquote

from playwright.sync_api import Page, expect


def test_a_filter_is_built_over_a_link_and_read_as_text(page: Page) -> None:
    page.goto("/opportunities/board")
    page.get_by_role("button", name="Filter", exact=True).click()
    form = page.locator("#filter-form")
    form.get_by_placeholder("Field").fill("account industry")
    page.get_by_role("option", name="Account › Industry", exact=True).click()
    form.get_by_text("Consulting", exact=True).click()
    expect(form.locator(".filter-count")).to_contain_text("record")
    form.get_by_role("button", name="As text").click()
    expect(page.locator("#filter-text")).to_have_value('account.industry = "consulting"')
    page.locator("#filter-text").fill('account.industry = "consulting" and amount > 10')
    form.get_by_role("button", name="Show records").click()
    page.wait_for_url("**/opportunities/board?*where=*")
    assert 'account.industry = "consulting" and amount > 10' in unquote(page.url)
    expect(page.locator(".filter-chip")).to_have_count(2)


def test_a_column_is_folded_and_unfolded(page: Page) -> None:
    page.goto("/leads/board")
    column = page.locator('[data-column="unqualified"]')
    column.locator(".board-menu").click()
    page.get_by_role("menuitem", name="Fold this column").click()
    expect(column).to_have_attribute("data-folded", "")
    column.get_by_role("button", name="Unfold").click()
    expect(column).not_to_have_attribute("data-folded", "")


def test_a_card_is_added_in_its_column(page: Page) -> None:
    page.goto("/leads/board")
    column = page.locator('[data-column="new"]')
    column.locator("[data-add-card]").click()
    page.keyboard.type("Mia Quickly")
    page.keyboard.press("Enter")
    expect(column.locator(".card-title").first).to_have_text("Mia Quickly")


def test_an_entry_moves_to_the_next_day_by_keyboard(page: Page) -> None:
    page.goto("/meetings/calendar")
    page.wait_for_function("() => customElements.get('calendar-view')")
    entry = page.locator("[data-entry] a").first
    identity = page.locator("[data-entry]").first.get_attribute("data-entry")
    before = page.locator(".calendar-day", has=page.locator(f'[data-entry="{identity}"]')).get_attribute("data-day")
    entry.focus()
    with page.expect_response("**/calendar/move*") as moved:
        page.keyboard.press("Alt+ArrowRight")
    assert moved.value.ok
    after = page.locator(".calendar-day", has=page.locator(f'[data-entry="{identity}"]'))
    expect(after).not_to_have_attribute("data-day", before or "")


def test_a_click_into_the_hours_makes_something_then(page: Page) -> None:
    page.goto("/meetings/calendar?span=day")
    page.wait_for_load_state("networkidle")
    page.locator(".calendar-column").click(position={"x": 200, "y": 480})
    page.wait_for_url("**/meetings/new?*starts_at=*")


def test_a_gallery_card_opens_its_record(page: Page) -> None:
    page.goto("/contacts/gallery")
    page.locator(".gallery-card .card-title").first.click()
    page.wait_for_url("**/contacts/*-*")


def test_a_country_on_the_map_leads_to_its_records(page: Page) -> None:
    page.goto("/accounts/map")
    expect(page.locator(".map-cluster").first).to_be_visible()
    page.locator(".map-list a").first.click()
    page.wait_for_url("**/accounts?*billing_address.country*")


def test_the_filter_fits_a_phone(phone: Page) -> None:
    phone.goto("/opportunities/board")
    phone.get_by_role("button", name="Filter", exact=True).click()
    expect(phone.locator("#dialog #filter-form")).to_be_visible()
    box = phone.locator("#dialog").bounding_box()
    assert box
    assert (box["x"], box["width"]) == (0, 390)
