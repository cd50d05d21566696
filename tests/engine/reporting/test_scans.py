"""Cards that ask the same groups of the same records share a statement, and say what they would say alone."""

from __future__ import annotations

import pytest
from tests.engine.reporting.deals import furnish

from relata.engine.query.tabulating import tabulate
from relata.engine.reporting import asking
from relata.engine.reporting import scans as scanning
from relata.engine.reporting.dashboards.answers import answer, gathered
from relata.engine.reporting.dashboards.body import Card
from relata.engine.reporting.dashboards.filters import Chosen
from relata.engine.reporting.definition import Definition, Grouping, Measure
from relata.testing.house import House

BY_SOURCE, BY_OWNER = (Grouping(path="source"),), (Grouping(path="owner"),)
SUM, AVERAGE = Measure(function="sum", path="amount"), Measure(function="average", path="amount")
LARGE = Measure(where="amount > 500")
ASKED = (
    Definition(object="opportunity", rows=BY_SOURCE),
    Definition(object="opportunity", rows=BY_SOURCE, measures=(SUM, AVERAGE)),
    Definition(object="opportunity", rows=BY_SOURCE, measures=(LARGE, SUM)),
    Definition(object="opportunity", rows=BY_OWNER, measures=(SUM,)),
    Definition(object="opportunity", rows=BY_SOURCE, measures=(SUM,), where="amount > 100"),
    Definition(object="opportunity", rows=(Grouping(path="source", top=1),), measures=(SUM,)),
    Definition(object="opportunity", rows=BY_SOURCE, measures=(Measure(function="median", path="amount"),)),
    Definition(object="opportunity", rows=BY_SOURCE, measures=(Measure(function="sum", path="nothing"),)),
)
CARDS = tuple(Card(id=f"c{at}", definition=one) for at, one in enumerate(ASKED))


async def test_shared_answers_are_those_of_each_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await furnish(house, 60)
    statements = []
    real = tabulate

    async def counted(*given: object) -> object:
        statements.append(given)
        return await real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(asking, "tabulate", counted)
    monkeypatch.setattr(scanning, "tabulate", counted)
    async with house.as_person(person) as work:
        alone = [await answer(work, card, Chosen()) for card in CARDS[:-1]]
        many = len(statements)
        scans = await gathered(work, CARDS, Chosen())
        together = [await answer(work, card, Chosen(), scans) for card in CARDS[:-1]]
        assert [one.result.cells for one in together] == [one.result.cells for one in alone]
        assert [one.result.rows for one in together] == [one.result.rows for one in alone]
        assert scans.read == 1 and len(statements) - many == many - 3  # the first four, in one


async def test_what_has_no_rate_is_told_of_a_card_that_shares(house: House) -> None:
    async with house.system() as work:
        for name, currency in (("One", "EUR"), ("Two", "CHF")):
            await work.create("opportunity", {"name": name, "amount": {"amount": 10, "currency": currency}})
        cards = tuple(
            Card(id=str(at), definition=Definition(object="opportunity", rows=rows, measures=(SUM,)))
            for at, rows in enumerate((BY_SOURCE, BY_OWNER))
        )
        scans = await gathered(work, cards, Chosen())
        found = [(await answer(work, card, Chosen(), scans)).result for card in cards]
    assert scans.read == 1
    assert [[note.kind for note in one.notes] for one in found] == [["unconverted"], ["unconverted"]]
