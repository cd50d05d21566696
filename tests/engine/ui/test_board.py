"""Boards: columns and totals say what the same filter says elsewhere, for any field that divides."""

from __future__ import annotations

import random
from decimal import Decimal
from uuid import UUID

import pytest

from relata.engine.formula import parse
from relata.engine.metadata.fields import Choice
from relata.engine.query.request import Aggregate, Group, Measure
from relata.engine.ui import board_moves as moves
from relata.engine.ui.board import BoardState, board, column_cards, column_figures
from relata.engine.ui.board_objects import NOTHING
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid
from relata.testing.house import House


async def some_leads(work: Workspace, count: int, seed: int) -> None:
    """Leads of several statuses, with amounts of several currencies."""
    chance = random.Random(seed)
    source = work.registry.get("lead").all_fields["source"]
    assert isinstance(source, Choice)
    sources = [None, *(option.value for option in source.options[:2])]
    for at in range(count):
        money = {"amount": Decimal(chance.randint(1, 900)), "currency": chance.choice(("EUR", "USD", "SEK"))}
        lead = await work.create(
            "lead",
            {
                "name": f"Lead {at}",
                "company": f"C{at}",
                "source": chance.choice(sources),
                "estimated_value": chance.choice((money, None)),
            },
        )
        if chance.random() < 0.5:
            await work.change(lead, {"status": "working"})


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("by", ["status", "source", "owner"])
async def test_counts_and_totals_are_those_of_the_list(house: House, seed: int, by: str) -> None:
    async with house.system() as work:
        await some_leads(work, 30, seed)
        lead = work.registry.get("lead")
        state = BoardState(where='name != "Lead 3"', by=by)
        figures = await column_figures(work, lead, state)
        shown = {column.id: column for column in (await board(work, lead, state)).columns}
        where = parse('name != "Lead 3"')
        counts = await work.aggregate(Aggregate("lead", group_by=(Group(by),), where=where))
        for row in counts.rows:
            value = NOTHING if row[by] is None else str(row[by])
            assert figures[value].count == row["count"] == len(shown[value].cards)
            assert shown[value].figures == figures[value]
        groups = (Group(by), Group("estimated_value.currency"))
        sums = await work.aggregate(Aggregate("lead", (Measure("sum", "estimated_value"),), groups, where))
        expected = {
            (NOTHING if row[by] is None else str(row[by]), row["estimated_value.currency"], row["sum_estimated_value"])
            for row in sums.rows
            if row["sum_estimated_value"] is not None
        }
        found = {(value, one.currency, one.amount) for value, all_ in figures.items() for one in all_.totals}  # type: ignore[union-attr]
        assert found == expected


async def test_cards_stay_where_they_were_put_and_more_follow_without_a_gap(house: House) -> None:
    async with house.system() as work:
        for at in range(60):
            await work.create("lead", {"name": f"Lead {at}", "company": "C"})
        lead, state = work.registry.get("lead"), BoardState()
        first = next(one for one in (await board(work, lead, state)).columns if one.id == "new")
        assert first.more
        assert [card.title for card in first.cards[:2]] == ["Lead 59", "Lead 58"]
        last = first.cards[-1]
        wanted = [UUID(last.id), UUID(first.cards[4].id)]
        await moves.move_card(work, lead, "", wanted[1], "new", wanted)
        again = next(one for one in (await board(work, lead, state)).columns if one.id == "new")
        assert [card.id for card in again.cards[:2]] == [last.id, first.cards[4].id]
        rest, more = await column_cards(work, lead, state, "new", len(again.cards))
        assert not more
        everything = [card.id for card in (*again.cards, *rest)]
        assert len(everything) == len(set(everything)) == 60


async def test_a_move_that_the_life_cycle_forbids_is_refused(house: House) -> None:
    async with house.system() as work:
        made = await work.create("lead", {"name": "Ann Lee", "company": "C"})
    ada = await house.person("Ada")
    async with house.as_person(ada) as work:
        with pytest.raises((Invalid, Denied)):
            await moves.move_card(work, work.registry.get("lead"), "", made.id, "converted", [made.id])


async def test_folding_is_personal_and_limits_are_everyones(house: House) -> None:
    ada, ben = await house.person("Ada"), await house.person("Ben")
    async with house.as_person(ada) as work:
        lead = work.registry.get("lead")
        await work.create("lead", {"name": "Ann Lee", "company": "C"})
        await moves.fold_column(work, lead, "status", "new", is_folded=True)
        await moves.limit_column(work, lead, "status", "new", 3)
    for person, is_folded in ((ada, True), (ben, False)):
        async with house.as_person(person) as work:
            column = next(one for one in (await board(work, lead, BoardState())).columns if one.id == "new")
            assert (column.is_folded, column.limit) == (is_folded, 3)
            assert bool(column.cards) is not is_folded


async def test_a_reader_may_not_move_or_limit(house: House) -> None:
    async with house.system() as work:
        made = await work.create("lead", {"name": "Ann Lee", "company": "C"})
    reader = await house.person("Rea", "reader")
    async with house.as_person(reader) as work:
        lead = work.registry.get("lead")
        with pytest.raises(Denied):
            await moves.move_card(work, lead, "", made.id, "new", [made.id])
        with pytest.raises(Denied):
            await moves.limit_column(work, lead, "status", "new", 3)


async def test_a_link_with_many_targets_shows_the_fullest_columns(house: House) -> None:
    async with house.system() as work:
        accounts = [await work.create("account", {"name": f"A{at:03}"}) for at in range(40)]
        for at in (7, 7, 35):
            await work.create("contact", {"name": f"Per Son{at}", "account": accounts[at].id})
        found = await board(work, work.registry.get("contact"), BoardState(by="account"))
        assert [(one.label, len(one.cards)) for one in found.columns] == [("A007", 2), ("A035", 1)]


async def test_what_can_not_divide_is_refused(house: House) -> None:
    async with house.system() as work:
        with pytest.raises(Invalid):
            await board(work, work.registry.get("lead"), BoardState(by="name"))
