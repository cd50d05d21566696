"""The board of deals on a past day, and what moved since."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from relata.engine.storage.planner import quoted
from relata.engine.ui.board import BoardState, board
from relata.engine.ui.past_board import PastBoard, past_board
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money
from relata.modules.sales.contracts import OPPORTUNITY
from relata.modules.sales.tests.test_deals import deal, stage
from relata.testing.house import House


def eur(amount: int) -> Money:
    return Money(Decimal(amount), "EUR")


async def backdate(work: Workspace, record: UUID, days: int) -> None:
    """As if everything so far had happened so many days ago."""
    schema = quoted(work.context.schema)
    ago = work.clock.now - timedelta(days=days)
    await work.settle()
    await work.unit.connection.execute(f"update {schema}._change set at = %s where record = %s", (ago, record))
    await work.unit.connection.execute(
        f"update {schema}.opportunity set created_at = %s, changed_at = %s where id = %s", (ago, ago, record)
    )


def told(found: PastBoard) -> dict[str, tuple[int, list[Any], list[str]]]:
    """Count, sum and titles by column, without empty ones."""
    return {
        one.label: (
            one.figures.count,
            [total.amount for total in one.figures.totals if isinstance(total, Money)],
            sorted(card.title for card in one.cards),
        )
        for one in found.view.columns
        if one.figures is not None and one.figures.count
    }


async def test_a_past_day_shows_stages_amounts_and_filters_as_they_were(house: House) -> None:
    async with house.system() as work:
        moved = await deal(work, "Proposal", name="Mill", amount=eur(100), source="event")
        same = await deal(work, "Proposal", name="Beans", amount=eur(50))
        for one in (moved, same):
            await backdate(work, one.id, 10)
        won = {"stage": (await stage(work, "Won")).id, "amount": eur(90), "source": "partner"}
        await work.change(await work.get(OPPORTUNITY, moved.id), won)
        await work.change(await work.get(OPPORTUNITY, moved.id), {"amount": eur(80)})
        await deal(work, "Proposal", name="New", amount=eur(7))
        deals, day = work.registry.get(OPPORTUNITY), work.clock.today - timedelta(days=3)
        then = await past_board(work, deals, BoardState(), day)
        filtered = await past_board(work, deals, BoardState(where='source = "event"'), day)
        before = await past_board(work, deals, BoardState(), work.clock.today - timedelta(days=30))
        far = await past_board(work, deals, BoardState(where='pipeline.name = "Sales"'), day)
        today = await past_board(work, deals, BoardState(), work.clock.today)
        now = await board(work, deals, BoardState())
    assert told(then) == {"Proposal": (2, [150], ["Beans", "Mill"])}
    assert [(move.title, move.before, move.now) for move in then.moves] == [("Mill", "Proposal", "Won")]
    assert (then.moved, then.made, then.is_rough, far.is_rough) == (1, 1, False, True)
    assert told(filtered)["Proposal"][:2] == (1, [100])
    assert told(before) == {}
    live = {one.label: one.figures.count for one in now.columns if one.figures and one.figures.count}
    assert {label: found[0] for label, found in told(today).items()} == live
    assert told(far)["Proposal"][0] == 2


async def test_who_sees_less_sees_less_of_the_past(house: House) -> None:
    async with house.system() as work:
        theirs = await deal(work, "Proposal", name="Secret", amount=eur(100))
        await backdate(work, theirs.id, 10)
        await work.change(await work.get(OPPORTUNITY, theirs.id), {"amount": eur(5)})
    sam = await house.person("Sam", "sales_rep")
    async with house.as_person(sam) as work:
        found = await past_board(
            work, work.registry.get(OPPORTUNITY), BoardState(), work.clock.today - timedelta(days=3)
        )
    assert (told(found), found.moves, found.made) == ({}, (), 0)


async def test_weights_are_those_of_the_day(house: House) -> None:
    async with house.system() as work:
        moved = await deal(work, "Proposal", name="Mill", amount=eur(100))
        await backdate(work, moved.id, 10)
        await work.change(await work.get(OPPORTUNITY, moved.id), {"stage": (await stage(work, "Negotiation")).id})
        day = work.clock.today - timedelta(days=3)
        then = await past_board(work, work.registry.get(OPPORTUNITY), BoardState(), day)
    found = [one.figures.weighted for one in then.view.columns if one.figures and one.figures.count]
    assert [[part.amount for part in parts if isinstance(part, Money)] for parts in found] == [[50]]
