"""What deals are worth in the company's currency, at dated rates."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money
from relata.modules.sales import contracts
from relata.modules.sales.actions.values import revalue
from relata.modules.sales.contracts import OPPORTUNITY
from relata.modules.sales.tests.test_deals import deal
from relata.testing.house import House

HUNDRED = Money(Decimal(100), "USD")


async def rate(work: Workspace, day: date, value: str) -> None:
    """What a dollar is worth from that day on."""
    values = {"currency": "USD", "base": "EUR", "valid_from": day, "rate": Decimal(value)}
    await work.create("exchange_rate", values)


async def test_a_decided_deal_keeps_the_rate_of_its_day(house: House) -> None:
    async with house.system() as work:
        today = work.clock.today
        decided = today - timedelta(days=50)
        await rate(work, today - timedelta(days=90), "0.80")
        await rate(work, today - timedelta(days=10), "0.90")
        made = await deal(work, amount=HUNDRED)
        first = made["company_amount"]
        await work.run(contracts.WinOpportunity(made.id, closed_on=decided))
        still_open = await deal(work, amount=HUNDRED)
        await rate(work, today, "0.95")
        await revalue(work)
        won, other = await work.get(OPPORTUNITY, made.id), await work.get(OPPORTUNITY, still_open.id)
    assert first == Money(Decimal("90.00"), "EUR")
    assert won["company_amount"] == Money(Decimal("80.00"), "EUR")
    assert other["company_amount"] == Money(Decimal("95.00"), "EUR")


async def test_without_a_rate_nothing_is_guessed(house: House) -> None:
    async with house.system() as work:
        own = Money(Decimal(7), "EUR")
        assert (await deal(work, amount=own))["company_amount"] == own
        assert (await deal(work, amount=Money(Decimal(7), "NOK")))["company_amount"] is None


async def test_sums_of_an_account_are_in_one_currency_and_what_has_no_rate_is_counted(house: House) -> None:
    async with house.system() as work:
        account = await work.create("account", {"name": "Amber Labs"})
        await work.create(
            "exchange_rate", {"currency": "USD", "base": "EUR", "valid_from": "2020-01-01", "rate": "0.5"}
        )
        for amount, currency in ((100, "EUR"), (100, "USD"), (100, "CHF")):
            values = {"name": currency, "account": account.id, "amount": Money(Decimal(amount), currency)}
            await work.create(OPPORTUNITY, values)
        shown = await work.show("account", account.id)
    assert (Decimal(shown["open_amount"]), shown["unrated_opportunities"]) == (Decimal(150), 1)
