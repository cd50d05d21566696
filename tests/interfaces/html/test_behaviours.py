"""What the small scripts do, in a real browser, under the content policy."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.interfaces.html.conftest import PatternServer


def test_palette_opens_by_keys_and_follows_the_chosen_line(page: Page) -> None:
    page.goto("/patterns/list")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]")).to_have_count(6)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Fleet telematics")
    page.keyboard.press("Enter")
    page.wait_for_url("**/patterns/record")


def test_slash_goes_to_the_search(page: Page) -> None:
    page.goto("/patterns/list")
    page.keyboard.press("/")
    expect(page.get_by_label("Search this list")).to_be_focused()


def test_g_and_a_letter_go_to_a_place(page: Page) -> None:
    page.goto("/patterns/list")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/patterns/board")


def test_letters_typed_into_a_field_are_not_shortcuts(page: Page) -> None:
    page.goto("/patterns/list")
    page.get_by_label("Search this list").fill("")
    page.keyboard.type("gp?")
    expect(page.get_by_label("Search this list")).to_have_value("gp?")


def test_question_mark_lists_the_keys(page: Page) -> None:
    page.goto("/patterns/list")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Pipeline")


def test_j_walks_space_peeks_and_escape_returns_focus_to_the_row(page: Page) -> None:
    page.goto("/patterns/list")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr[data-row=d2]")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("side-panel")).to_be_visible()
    expect(page.locator("#panel-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("side-panel")).to_be_hidden()
    expect(page.locator("tr[data-row=d2]")).to_be_focused()


def test_shift_chooses_a_range_and_shows_the_bar(page: Page) -> None:
    page.goto("/patterns/")
    boxes = page.locator("#pattern-table tbody input")
    boxes.nth(0).click(force=True)
    boxes.nth(3).click(force=True, modifiers=["Shift"])
    expect(page.locator("#pattern-table tr[aria-selected=true]")).to_have_count(4)
    expect(page.locator("[data-bulk-count]")).to_have_text("4 chosen")


def test_menu_opens_under_its_button_and_arrows_walk(page: Page) -> None:
    page.goto("/patterns/list")
    button = page.get_by_label("More for this list").first
    button.click()
    expect(page.get_by_role("menuitem", name="Import")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Export")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_combobox_replaces_the_chosen_record(page: Page) -> None:
    page.goto("/patterns/form")
    page.get_by_role("combobox", name="Account").focus()
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=account]")).to_have_value("a2")


def test_combobox_of_several_adds_and_backspace_removes(page: Page) -> None:
    page.goto("/patterns/form")
    page.get_by_role("combobox", name="Roles").focus()
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("input[name=roles]")).to_have_count(3)
    page.get_by_role("combobox", name="Roles").press("Backspace")
    expect(page.locator("input[name=roles]")).to_have_count(2)


def test_another_phone_gets_a_row_with_focus(page: Page) -> None:
    page.goto("/patterns/form")
    phones = page.locator("multi-value[data-name=phones]")
    phones.get_by_role("button", name="Add another").click()
    expect(phones.locator("input[name=phones]")).to_have_count(3)
    expect(phones.locator("input[name=phones]").last).to_be_focused()


def test_value_is_saved_when_one_leaves_it_and_can_be_undone(page: Page, server: PatternServer) -> None:
    page.goto("/patterns/record")
    page.get_by_role("button", name="Edit Employees").click()
    page.get_by_label("Employees", exact=True).fill("1300")
    page.locator(".record-title").click()
    expect(page.locator("#fact-employees .fact-saved")).to_be_attached()
    expect(page.locator(".toast")).to_contain_text("Employees changed")
    assert server.posted[0][0] == "/patterns/saved"
    with page.expect_response("**/patterns/saved"):
        page.locator(".toast-undo").click()
    expect(page.locator(".toast:visible", has_text="Employees changed")).to_have_count(1)  # the one of the undoing
    assert [path for path, _, _ in server.posted] == ["/patterns/saved"] * 2


def test_unchanged_value_is_not_saved(page: Page, server: PatternServer) -> None:
    page.goto("/patterns/record")
    page.get_by_role("button", name="Edit Employees").click()
    expect(page.get_by_label("Employees", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#fact-employees inline-edit")).to_have_count(0)
    assert server.posted == []


def test_alt_and_arrow_move_a_card_and_post_it_with_the_token(page: Page, server: PatternServer) -> None:
    page.goto("/patterns/board")
    page.locator("[data-card=d5]").focus()
    with page.expect_response("**/move"):
        page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("[data-column=discover] [data-card=d5]")).to_be_focused()
    path, body, token = server.posted[0]
    assert parse_qs(body) == {"card": ["d5"], "place": ["d5"], "column": ["discover"], "before": ["d4"]}
    assert (path, token) == ("/patterns/move", "example")


def test_card_is_dragged_to_another_column(page: Page) -> None:
    page.goto("/patterns/board")
    page.wait_for_load_state("networkidle")
    with page.expect_response("**/move"):
        page.locator("[data-card=d5]").drag_to(page.locator("[data-column=propose] [data-cards]"))
    expect(page.locator("[data-column=propose] [data-card=d5]")).to_be_visible()


def test_refused_move_goes_back_and_says_so(page: Page, server: PatternServer) -> None:
    server.moves_fail = True
    page.goto("/patterns/board")
    page.locator("[data-card=d5]").focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("[data-column=new] [data-card=d5]")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("back where it was")


def test_card_moves_through_its_menu(page: Page) -> None:
    page.goto("/patterns/board")
    page.get_by_role("button", name="Move: Pilot with the Lyon plant").click(force=True)
    page.get_by_role("menuitem", name="Move to Won").click()
    expect(page.locator("[data-column=won] [data-card=d5]")).to_be_visible()


def test_theme_is_kept_in_a_cookie(page: Page) -> None:
    page.goto("/patterns/list")
    page.locator("button.person").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert {"relata_theme": "dark"}.items() <= {c["name"]: c["value"] for c in page.context.cookies()}.items()


def test_password_can_be_shown(page: Page) -> None:
    page.goto("/patterns/sign-in")
    page.get_by_role("button", name="Show password").click()
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")


def test_dialog_opens_and_gives_focus_back(page: Page) -> None:
    page.goto("/patterns/")
    opener = page.get_by_role("button", name="Open a dialog")
    opener.click()
    expect(page.get_by_role("dialog", name="Close as lost")).to_be_visible()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_refusal_is_told_and_does_not_replace_the_button(page: Page) -> None:
    page.goto("/patterns/record")
    page.get_by_role("button", name="More", exact=True).first.click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.locator(".toast")).to_contain_text("Two deals are still open")
    expect(page.locator("#record-menu [data-meaning=bad]")).to_have_text("Delete")


def test_form_that_came_back_begins_at_its_first_error(page: Page) -> None:
    page.goto("/patterns/form")
    expect(page.locator("#field-emails")).to_be_focused()
