"""What a deal is worth, and how often its day was put off."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.foundation.errors import Invalid
from relata.foundation.money import Money
from relata.modules.sales import contracts, errors, rules
from relata.modules.sales.contracts import OPPORTUNITY, OPPORTUNITY_LINE
from relata.modules.sales.tests.test_deals import deal
from relata.testing.house import House

DAY = date(2026, 3, 1)
days = st.lists(st.integers(-60, 60), max_size=30)


def euros(amount: object) -> Money:
    """An amount in EUR."""
    return Money(Decimal(str(amount)), "EUR")


@given(days)
def test_pushes_count_only_what_was_put_off(steps: list[int]) -> None:
    known, at = rules.Pushes(), DAY
    for step in steps:
        later = at + timedelta(days=step)
        known, at = rules.pushed(known, at, later, was_open=True, is_open=True), later
    late = [step for step in steps if step > 0]
    assert (known.count, known.days) == (len(late), sum(late))


@pytest.mark.parametrize("given_amount", ["-0.01", "1000000000000"])
def test_an_amount_is_neither_negative_nor_huge(given_amount: str) -> None:
    with pytest.raises(errors.AmountOutOfRange):
        rules.check_amount(euros(given_amount))


async def test_a_refused_amount_is_told_at_its_field(house: House) -> None:
    async with house.system() as work:
        for amount in (-1, 10**13):
            with pytest.raises(Invalid) as refused:
                await deal(work, amount={"amount": amount, "currency": "EUR"})
            assert refused.value.field == "amount"


async def test_moving_the_day_later_is_counted_while_the_deal_is_open(house: House) -> None:
    async with house.system() as work:
        made = await deal(work, close_date=DAY)
        made = await work.change(made, {"close_date": DAY + timedelta(days=10)})
        made = await work.change(made, {"close_date": DAY + timedelta(days=5)})
        made = await work.change(made, {"close_date": DAY + timedelta(days=20)})
        await work.run(contracts.WinOpportunity(made.id))
        won = await work.change((OPPORTUNITY, made.id), {"close_date": DAY + timedelta(days=90)})
    assert (won["push_count"], won["pushed_days"]) == (2, 25)


async def test_the_amount_is_typed_until_there_are_lines(house: House) -> None:
    async with house.system() as work:
        made = await deal(work, amount=euros(900))
        lines = [
            await work.create(OPPORTUNITY_LINE, {"opportunity": made.id, "name": name, "unit_price": euros(price)})
            for name, price in (("Machine", "99.90"), ("Installation", "0.10"))
        ]
        await work.conclude()
        summed = await work.get(OPPORTUNITY, made.id)
        with pytest.raises(errors.AmountFollowsLines):
            await work.change(summed, {"amount": euros(1)})
        for line in lines:
            await work.delete(line)
        await work.conclude()
        typed = await work.change((OPPORTUNITY, made.id), {"amount": euros(1)})
    assert (summed["amount"], summed["amount_from_lines"]) == (euros(100), True)
    assert (typed["amount"], typed["amount_from_lines"]) == (euros(1), False)


async def test_lines_in_bulk_add_up_once(house: House) -> None:
    async with house.system() as work:
        made = await deal(work)
        rows = [{"opportunity": made.id, "name": f"Line {n}", "unit_price": euros(n)} for n in range(1, 11)]
        await work.create_many(OPPORTUNITY_LINE, rows)
        await work.conclude()
        summed = await work.get(OPPORTUNITY, made.id)
    assert (summed["amount"], summed.version) == (euros(55), made.version + 1)


async def test_lines_of_one_deal_are_in_one_currency(house: House) -> None:
    async with house.system() as work:
        made = await deal(work)
        await work.create(OPPORTUNITY_LINE, {"opportunity": made.id, "name": "Machine", "unit_price": euros(5)})
        other = {"opportunity": made.id, "name": "Beans", "unit_price": Money(Decimal(5), "USD")}
        with pytest.raises(errors.LineInOtherCurrency):
            await work.create(OPPORTUNITY_LINE, other)


async def test_a_recurring_line_is_paid_for_all_its_periods(house: House) -> None:
    async with house.system() as work:
        made = await deal(work)
        values = {"name": "Rental", "unit_price": euros(79), "quantity": 2, "recurrence": "monthly", "periods": 24}
        line = await work.create(OPPORTUNITY_LINE, {"opportunity": made.id, **values})
        await work.create(OPPORTUNITY_LINE, {"opportunity": made.id, "name": "Setup", "unit_price": euros(240)})
        await work.conclude()
        shown = await work.show(OPPORTUNITY, made.id)
    assert (line["total"], line["yearly"]) == (euros(3792), euros(1896))
    assert Decimal(shown["recurring_total"]) == Decimal(3792)
    assert Decimal(shown["amount"]["amount"]) == Decimal(4032)


async def test_a_deal_and_its_lines_go_and_come_back_together(house: House) -> None:
    async with house.system() as work:
        made = await deal(work)
        await work.create(OPPORTUNITY_LINE, {"opportunity": made.id, "name": "Machine", "unit_price": euros(5)})
        await work.conclude()
        await work.delete((OPPORTUNITY, made.id))
        await work.conclude()
        await work.restore((OPPORTUNITY, made.id))
        await work.conclude()
        back = await work.get(OPPORTUNITY, made.id)
    assert (back["amount"], back["amount_from_lines"]) == (euros(5), True)
