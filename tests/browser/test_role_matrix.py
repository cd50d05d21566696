"""The matrix of a role: a level is chosen, kept, and taken back with the message's own button."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_a_level_is_chosen_and_taken_back(page: Page) -> None:
    page.goto("/settings/roles/member")
    page.wait_for_load_state("networkidle")
    delete = page.get_by_label("Accounts: Delete")
    before = delete.input_value()
    delete.focus()
    with page.expect_response("**/levels?**") as saved:
        delete.select_option("none")
    assert saved.value.ok
    cell = page.locator(".level", has=page.get_by_label("Accounts: Delete"))
    expect(cell).to_have_attribute("data-level", "none")
    expect(page.get_by_label("Accounts: Delete")).to_be_focused()
    with page.expect_response("**/levels?**") as undone:
        page.locator(".toast-undo").click()
    assert undone.value.ok
    expect(page.get_by_label("Accounts: Delete")).to_have_value(before)
    page.reload()
    expect(page.get_by_label("Accounts: Delete")).to_have_value(before)
