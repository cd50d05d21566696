"""What product lines cost and add up to."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.foundation.errors import Invalid
from relata.foundation.money import Money
from relata.modules.sales import errors, rules

LIST = Money(Decimal(100), "EUR")
NINETY = Money(Decimal(90), "EUR")
EIGHTY = Money(Decimal(80), "EUR")
STEPS = ((Decimal(50), EIGHTY), (Decimal(10), NINETY))
AMOUNTS = st.decimals(0, 10**6, places=2)


@pytest.mark.parametrize(
    ("quantity", "price"),
    [("9.99", LIST), ("10", NINETY), ("49", NINETY), ("50", EIGHTY), ("5000", EIGHTY)],
)
def test_the_highest_step_that_is_reached_decides(quantity: str, price: Money) -> None:
    assert rules.price_for(Decimal(quantity), STEPS, LIST) == price


def test_without_steps_it_is_the_list_price() -> None:
    assert rules.price_for(Decimal(1), (), LIST) == LIST


def test_a_total_is_rounded_half_to_even_at_the_cent() -> None:
    price = Money(Decimal("0.05"), "EUR")
    assert rules.line_total(price, Decimal(1), Decimal(50)) == Money(Decimal("0.02"), "EUR")


def test_a_total_in_yen_has_no_decimals() -> None:
    price = Money(Decimal(999), "JPY")
    assert rules.line_total(price, Decimal(3), Decimal("12.5")) == Money(Decimal(2622), "JPY")


def test_a_line_without_a_price_is_refused() -> None:
    with pytest.raises(errors.LineNeedsPrice):
        rules.line_total(None, Decimal(1), Decimal(0))


@given(AMOUNTS, st.decimals(0, 1000, places=2), st.decimals(0, 100, places=2))
def test_a_discount_never_makes_a_line_dearer(price: Decimal, quantity: Decimal, discount: Decimal) -> None:
    full = rules.line_total(Money(price, "EUR"), quantity, Decimal(0))
    assert rules.line_total(Money(price, "EUR"), quantity, discount) <= full


@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_lines_add_up_to_the_cent(amounts: list[Decimal]) -> None:
    assert rules.sum_of_lines(Money(amount, "EUR") for amount in amounts).amount == sum(amounts)


def test_lines_of_two_currencies_do_not_add_up() -> None:
    with pytest.raises(Invalid, match="can't be combined"):
        rules.sum_of_lines([LIST, Money(Decimal(1), "USD")])


def test_no_lines_add_up_to_nothing() -> None:
    with pytest.raises(errors.OpportunityHasNoLines):
        rules.sum_of_lines([])
