"""The list of deals on a past day, with its totals, and what changed in it since."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from relata.engine.ui.listing import ListState
from relata.engine.ui.past_list import PastList, past_list
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
    assert (whole.figures.count, whole.figures.totals) == (3, (Money(Decimal(220), "EUR"),))
    told = {one.title: {each.label: (each.before, each.now) for each in one.values} for one in whole.changes}
    assert (told["Mill"]["Amount"], set(told)) == ((eur(100), eur(30)), {"Mill", "Cups"})
    assert (whole.changed, whole.went, whole.came) == (2, 0, 1)
    assert [row.title for row in part.listing.rows] == ["Beans", "Mill"]
    assert (part.went, part.came, [one.went for one in part.changes]) == (1, 0, [True])
