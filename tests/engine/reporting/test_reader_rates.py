"""Amounts in the currency in which the reader thinks: totals and single ones, at the rates of their days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from relata.engine.identity.preferences import Preferences
from relata.engine.reporting.rates import Rate, Rates, converted
from relata.engine.reporting.reader_rates import into
from relata.engine.ui.board import BoardState, column_figures
from relata.engine.ui.feet import feet
from relata.engine.ui.listing import ListState
from relata.engine.ui.record_page import record_page
from relata.engine.ui.views import ViewColumn
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money
from relata.modules.sales.tests.test_deals import deal, stage
from relata.testing.house import House

DAY = date(2026, 5, 4)
rates_of_currencies = st.decimals("0.001", "1000", places=6)
cents = st.integers(1, 10**9).map(lambda number: Decimal(number) / 100)


def told(**rates: Decimal) -> Rates:
    known = {code: Rate(currency=code, rate=rate, day=DAY) for code, rate in rates.items()}
    return Rates(base="EUR", known=known)


@given(rates_of_currencies, rates_of_currencies, cents)
def test_the_way_over_the_reader_s_currency_costs_no_cent(usd: Decimal, gbp: Decimal, amount: Decimal) -> None:
    """An amount in the reader's currency is worth the same in the company's whichever way it is worked out."""
    company, reader = told(USD=usd, GBP=gbp), into(told(USD=usd, GBP=gbp), "GBP")
    there = reader.worth(Money(amount, "USD"))
    assert there is not None
    back, straight = company.worth(there), converted([Money(amount, "USD")], company).amounts[0]
    assert back is not None
    assert abs(back.amount - straight.amount) <= Decimal("0.01")


def reading_in(work: Workspace, currency: str) -> Workspace:
    """The same for somebody who chose a currency."""
    actor = replace(work.actor, preferences=Preferences(currency=currency))
    return Workspace(replace(work.unit, actor=actor), trusted=True)


async def rate(work: Workspace, currency: str, value: str, days: int) -> None:
    values: dict[str, Any] = {"currency": currency, "base": "EUR", "rate": value}
    await work.create("exchange_rate", values | {"valid_from": work.clock.today - timedelta(days=days)})


async def test_totals_are_told_in_the_reader_s_currency(house: House) -> None:
    async with house.system() as work:
        await rate(work, "USD", "0.8", 3)
        await rate(work, "GBP", "1.25", 3)
        for name, amount, currency in (("A", 10, "EUR"), ("B", 10, "USD"), ("C", 4, "GBP"), ("D", 7, "CHF")):
            revenue = {"amount": amount, "currency": currency}
            await work.create("account", {"name": name, "type": "customer", "annual_revenue": revenue})
        one, column = work.registry.get("account"), [ViewColumn("annual_revenue", 0, "sum")]
        mine = reading_in(work, "USD")
        board = (await column_figures(mine, one, BoardState(by="type")))["customer"]
        foot = (await feet(mine, one, ListState(), column))[0]
        unknown = (await feet(reading_in(work, "JPY"), one, ListState(), column))[0]
    assert board.totals == foot.values == (Money(Decimal("28.75"), "USD"), Money(Decimal(7), "CHF"))  # 23 / 0.8
    assert unknown.values[0] == Money(Decimal("23.00"), "EUR")


async def test_an_amount_is_told_at_the_rates_of_the_day_of_its_decision(house: House) -> None:
    async with house.system() as work:
        await rate(work, "USD", "0.5", 40)
        await rate(work, "USD", "0.8", 3)
        made = await deal(work, amount="100 EUR")
        open_ = await record_page(reading_in(work, "USD"), made.object, made.id)
        await work.change(made, {"stage": (await stage(work, "Won")).id})
        await work.change((made.object.name, made.id), {"closed_on": work.clock.today - timedelta(days=20)})
        won = await record_page(reading_in(work, "USD"), made.object, made.id)
        plain = await record_page(work, made.object, made.id)
    assert [next(one.worth for one in page.highlights if one.name == "amount") for page in (open_, won, plain)] == [
        Money(Decimal("125.00"), "USD"), Money(Decimal("200.00"), "USD"), None,
    ]  # fmt: skip
