"""The list of deals on a past day, with its totals, and what changed in it since."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from relata.engine.ui.listing import ListState
from relata.engine.ui.past_list import PastList, past_list
from relata.engine.workspace import rewinding
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money
from relata.modules.sales.contracts import OPPORTUNITY
from relata.modules.sales.tests.test_deals import deal, stage
from relata.modules.sales.tests.test_past_board import backdate, eur
from relata.testing.house import House

COLUMNS = ("stage", "amount", "source")


async def then(work: Workspace, state: ListState) -> PastList:
    """Three days ago."""
    day = work.clock.today - timedelta(days=3)
    return await past_list(work, work.registry.get(OPPORTUNITY), state, COLUMNS, day)


async def test_rows_totals_and_filter_are_those_of_the_day_and_changes_are_told(house: House) -> None:
    async with house.system() as work:
        mill = await deal(work, "Proposal", name="Mill", amount=eur(100), source="event")
        beans = await deal(work, "Proposal", name="Beans", amount=eur(50), source="event")
        cups = await deal(work, "Proposal", name="Cups", amount=eur(70))
        for one in (mill, beans, cups):
            await backdate(work, one.id, 10)
        await work.change(mill, {"amount": eur(30), "source": "partner"})
        await work.change(cups, {"stage": (await stage(work, "Negotiation")).id})
        await deal(work, name="New", amount=eur(7))
        whole = await then(work, ListState(order="-amount"))
        part = await then(work, ListState(where='source = "event"', order="amount"))
    assert [row.title for row in whole.listing.rows] == ["Mill", "Cups", "Beans"]
    assert whole.listing.rows[0].cells[1].value == eur(100)
    assert whole.figures is not None
    assert (whole.figures.count, whole.figures.totals) == (3, (Money(Decimal(220), "EUR"),))
    told = {one.title: {each.label: (each.before, each.now) for each in one.values} for one in whole.changes}
    assert (told["Mill"]["Amount"], set(told)) == ((eur(100), eur(30)), {"Mill", "Cups"})
    assert (whole.changed, whole.went, whole.came) == (2, 0, 1)
    assert [row.title for row in part.listing.rows] == ["Beans", "Mill"]
    assert (part.went, part.came, [one.went for one in part.changes]) == (1, 0, [True])


async def test_pages_of_a_past_day_follow_each_other_in_its_order(house: House) -> None:
    """What changed since and what did not are read apart; together they are one list, also by a linked name."""
    async with house.system() as work:
        made = []
        for at, amount in enumerate((70, 10, None, 30, 50, None, 20)):
            held = {"amount": eur(amount)} if amount else {}
            made.append(await deal(work, "Proposal", name=f"Deal {at}", tags=["old"] if at == 4 else [], **held))
            await backdate(work, made[-1].id, 10)
        await work.change(made[1], {"amount": eur(99)})
        await work.change(made[4], {"amount": None, "tags": ["new"]})
        await work.change(made[6], {"stage": (await stage(work, "Won")).id})
        for order in ("-amount", "amount", "stage.position,-name", "name"):
            day = work.clock.today - timedelta(days=3)
            deals = work.registry.get(OPPORTUNITY)
            whole = (await then(work, ListState(order=order))).listing.rows
            seen, state = [], ListState(order=order, limit=2)
            while True:
                page = (await past_list(work, deals, state, COLUMNS, day)).listing
                seen += [row.title for row in page.rows]
                if not page.next:
                    break
                state = ListState(order=order, limit=2, after=page.next)
            assert seen == [row.title for row in whole]
            assert len(seen) == 7
            back = ListState(order=order, limit=2, after=page.previous)
            assert [row.title for row in (await past_list(work, deals, back, COLUMNS, day)).listing.rows] == seen[4:6]
            if order == "-amount":
                assert seen[:5] == ["Deal 0", "Deal 4", "Deal 3", "Deal 6", "Deal 1"]
            if order.startswith("stage"):
                assert seen == [f"Deal {at}" for at in reversed(range(7))]
        tagged = await then(work, ListState(where='tags contains "old"'))
    assert [row.title for row in tagged.listing.rows] == ["Deal 4"]


async def test_a_list_of_long_ago_shows_its_rows_when_too_much_changed_since(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewinding, "MOST", 1)
    async with house.system() as work:
        made = [await deal(work, "Proposal", name=name, amount=eur(5)) for name in ("Mill", "Beans")]
        for one in made:
            await backdate(work, one.id, 10)
            await work.change(one, {"amount": eur(9)})
        found = await then(work, ListState(order="name"))
    assert (found.is_far, found.changed, found.changes) == (True, 0, ())
    assert [(row.title, row.cells[1].value) for row in found.listing.rows] == [("Beans", eur(5)), ("Mill", eur(5))]
