"""The layout editor: by hand and by keyboard, with a preview; what is saved is what the page shows."""

from __future__ import annotations

from playwright.sync_api import Page, expect

PLACE = "/settings/objects/lead/layout"


def test_a_layout_is_put_together_by_hand_and_by_keyboard(page: Page) -> None:
    page.goto(PLACE)
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Add section").click()
    title = page.locator("[data-section] .layout-title").last
    expect(title).to_be_focused()
    title.fill("At a glance")
    target = page.locator("[data-section]").last.locator("ul")
    source = page.locator('[data-stock="field"] [data-name="created_at"]')
    start, end = source.bounding_box(), target.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 60, start["y"] + 10)
    page.mouse.down()
    for step in range(1, 13):
        x = start["x"] + 60 + (end["x"] + 80 - start["x"] - 60) * step / 12
        page.mouse.move(x, start["y"] + 10 + (end["y"] + 12 - start["y"] - 10) * step / 12)
    page.mouse.up()
    expect(target.locator('[data-name="created_at"]')).to_be_visible()
    page.locator('[data-stock="field"] [data-name="changed_at"]').get_by_role("button", name="Add").focus()
    page.keyboard.press("Enter")
    expect(target.locator('[data-name="changed_at"]')).to_be_visible()
    target.locator('[data-name="changed_at"] [data-move="up"]').focus()
    page.keyboard.press("Enter")
    expect(target.locator(".layout-item").first).to_have_attribute("data-name", "changed_at")
    expect(target.locator('[data-name="changed_at"] [data-move="up"]')).to_be_focused()
    expect(page.locator("#layout-preview")).to_contain_text("At a glance")
    page.get_by_role("button", name="Save layout").click()
    page.wait_for_url("**done=saved")
    saved = page.locator("[data-section]").last
    expect(saved.locator(".layout-title")).to_have_value("At a glance")
    expect(saved.locator(".layout-item")).to_have_count(2)
    page.get_by_role("button", name="Reset layout").click()
    page.wait_for_url("**done=reset")
    expect(page.locator('[data-stock="field"] [data-name="created_at"]')).to_be_visible()
