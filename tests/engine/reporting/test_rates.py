"""Sums over several currencies: at the rates of the day, and never silently."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from relata.engine.reporting.rates import rates_of
from relata.engine.ui.board import BoardState, column_figures
from relata.engine.ui.feet import feet
from relata.engine.ui.listing import ListState
from relata.engine.ui.views import ViewColumn
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.money import Money
from relata.testing.house import House


async def some(work: Workspace) -> None:
    today = work.clock.today
    for currency, rate, days in (("USD", "0.9", 40), ("USD", "0.8", 3), ("USD", "0.1", -2), ("GBP", "1.25", 3)):
        values = {"currency": currency, "base": "EUR", "valid_from": today - timedelta(days=days), "rate": rate}
        await work.create("exchange_rate", values)
    for name, amount, currency in (("A", 10, "EUR"), ("B", 10, "USD"), ("C", 4, "GBP"), ("D", 7, "CHF")):
        await work.create(
            "account", {"name": name, "type": "customer", "annual_revenue": {"amount": amount, "currency": currency}}
        )


async def test_a_total_is_converted_at_the_latest_rate_that_holds_and_what_has_none_stands_apart(house: House) -> None:
    async with house.system() as work:
        await some(work)
        one = work.registry.get("account")
        told = (await column_figures(work, one, BoardState(by="type")))["customer"]
        foot = (await feet(work, one, ListState(), [ViewColumn("annual_revenue", 0, "sum")]))[0]
        known = (await rates_of(work)).known
    expected = (Money(Decimal("23.00"), "EUR"), Money(Decimal(7), "CHF"))  # 10 + 10 x 0.8 + 4 x 1.25
    assert told.totals == foot.values == expected
    assert {one.currency: one.rate for one in told.used} == {"USD": Decimal("0.8"), "GBP": Decimal("1.25")}
    assert {one.currency for one in told.of} == {"EUR", "USD", "GBP", "CHF"}
    assert known["USD"].day == known["GBP"].day


@pytest.mark.parametrize(
    ("function", "expected"),
    [  # 10, 20 x 0.8 and 10 x 0.8, 4 x 1.25; francs have no rate
        ("average", "9.75"),
        ("min", "5.00"),
        ("max", "16.00"),
    ],
)
async def test_an_average_weighs_each_record_and_the_outermost_are_compared_after_converting(
    house: House, function: str, expected: str
) -> None:
    async with house.system() as work:
        await some(work)
        dear = {"name": "E", "annual_revenue": {"amount": 20, "currency": "USD"}}
        await work.create("account", dear)
        foot = (
            await feet(work, work.registry.get("account"), ListState(), [ViewColumn("annual_revenue", 0, function)])
        )[0]
    assert foot.values == (Money(Decimal(expected), "EUR"), Money(Decimal(7), "CHF"))
    assert {one.currency for one in foot.used} == {"USD", "GBP"}


async def test_without_rates_currencies_stand_side_by_side(house: House) -> None:
    async with house.system() as work:
        for currency in ("EUR", "USD"):
            await work.create("account", {"name": currency, "annual_revenue": {"amount": 1, "currency": currency}})
        told = await feet(work, work.registry.get("account"), ListState(), [ViewColumn("annual_revenue", 0, "sum")])
    assert (told[0].values, told[0].used) == ((Money(Decimal(1), "EUR"), Money(Decimal(1), "USD")), ())


@pytest.mark.parametrize("wrong", [{"rate": "0"}, {"rate": "-1"}, {"currency": "usd"}, {}])
async def test_a_rate_is_positive_and_one_a_day(house: House, wrong: dict[str, str]) -> None:
    values = {"currency": "USD", "base": "EUR", "valid_from": "2026-11-01", "rate": "0.9"}
    async with house.system() as work:
        await work.create("exchange_rate", values)
    with pytest.raises((Conflict, Invalid)):
        async with house.system() as work:
            await work.create("exchange_rate", {**values, **wrong})
