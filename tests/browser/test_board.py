"""The pipeline: cards are moved by keyboard and by hand, and stay where they were put."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect


@pytest.fixture
def board(page: Page) -> Page:
    page.goto("/opportunities/board")
    page.wait_for_load_state("networkidle")
    return page


def column_of(page: Page, card: str) -> Locator:
    """The column that a card is in."""
    return page.locator(".board-column", has=page.locator(f'[data-card="{card}"]'))


def some_card(page: Page) -> tuple[str, str, str]:
    """A card of the first column that has one, this column and the next."""
    columns = page.locator(".board-column")
    at = next(n for n in range(columns.count()) if columns.nth(n).locator("[data-card]").count())
    card = columns.nth(at).locator("[data-card]").first.get_attribute("data-card")
    names = [columns.nth(n).get_attribute("data-column") for n in (at, at + 1)]
    assert card
    assert names[0]
    assert names[1]
    return card, names[0], names[1]


def test_a_card_moves_with_the_keyboard(board: Page) -> None:
    card, _, following = some_card(board)
    board.locator(f'[data-card="{card}"]').focus()
    with board.expect_response("**/board/move") as moved:
        board.keyboard.press("Alt+ArrowRight")
    assert moved.value.ok
    board.reload()
    expect(column_of(board, card)).to_have_attribute("data-column", following)


def test_a_card_is_dragged_to_another_column(board: Page) -> None:
    card, _, following = some_card(board)
    source = board.locator(f'[data-card="{card}"]')
    target = board.locator(f'[data-column="{following}"] .board-cards')
    start, end = source.bounding_box(), target.bounding_box()
    assert start
    assert end
    with board.expect_response("**/board/move") as moved:
        board.mouse.move(start["x"] + 30, start["y"] + 12)
        board.mouse.down()
        for step in range(1, 9):
            part = step / 8
            x = start["x"] + 30 + (end["x"] + 60 - start["x"] - 30) * part
            y = start["y"] + 12 + (end["y"] + 40 - start["y"] - 12) * part
            board.mouse.move(x, y)
        board.mouse.up()
    assert moved.value.ok
    board.reload()
    expect(column_of(board, card)).to_have_attribute("data-column", following)
