"""Decisions about prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from relata.foundation.money import Money
from relata.modules.catalog import errors, rules

LIST = Money(Decimal(100), "EUR")
NINETY = Money(Decimal(90), "EUR")
EIGHTY = Money(Decimal(80), "EUR")
STEPS = ((Decimal(50), EIGHTY), (Decimal(10), NINETY))


@pytest.mark.parametrize(
    ("quantity", "price"),
    [("9.99", LIST), ("10", NINETY), ("49", NINETY), ("50", EIGHTY), ("5000", EIGHTY)],
)
def test_the_highest_step_that_is_reached_decides(quantity: str, price: Money) -> None:
    assert rules.price_for(Decimal(quantity), STEPS, LIST) == price


def test_without_steps_it_is_the_list_price() -> None:
    assert rules.price_for(Decimal(1), (), LIST) == LIST


def test_a_price_is_in_the_currency_of_its_book() -> None:
    with pytest.raises(errors.WrongCurrency, match="CHF"):
        rules.check_currency(LIST, "CHF")


def test_a_price_book_does_not_end_before_it_begins() -> None:
    with pytest.raises(errors.ValidityEndsBeforeStart):
        rules.check_validity(date(2026, 2, 1), date(2026, 1, 31))


def test_a_price_book_may_hold_for_one_day() -> None:
    rules.check_validity(date(2026, 2, 1), date(2026, 2, 1))
