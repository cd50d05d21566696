"""Boards in rows."""

from __future__ import annotations

import pytest

from relata.engine.ui.board import BoardState
from relata.engine.ui.board_moves import move_row
from relata.engine.ui.swimlanes import row_field, swimlanes
from relata.foundation.errors import Invalid
from relata.modules.sales.contracts import OPPORTUNITY
from relata.modules.sales.tests.test_deals import deal
from relata.testing.house import House


async def test_a_board_has_a_row_for_each_person_and_cards_change_rows(house: House) -> None:
    sam = await house.person("Sam")
    async with house.system() as work:
        one = work.registry.get(OPPORTUNITY)
        mine = await deal(work, "Proposal", name="Mill", owner=sam)
        await deal(work, "Won", name="Beans")
        found = await swimlanes(work, one, BoardState(), "owner")
        await move_row(work, one, row_field(work, one, "owner", "stage"), mine.id, "-")
        after = await swimlanes(work, one, BoardState(), "owner")
        by_source = await swimlanes(work, one, BoardState(where='name = "Mill"'), "status")
        with pytest.raises(Invalid):
            await swimlanes(work, one, BoardState(), "stage")
    told = [
        (row.label, row.count, [(column.label, len(column.cards)) for column in row.view.columns if column.cards])
        for row in found.rows
    ]
    assert told == [("Sam", 1, [("Proposal", 1)]), ("No owner", 1, [("Won", 1)])]
    assert [(row.label, row.count) for row in after.rows] == [("No owner", 2)]
    assert [(row.label, row.count) for row in by_source.rows] == [("Open", 1)]
