"""Decisions about prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from relata.foundation.money import Money
from relata.modules.catalog import errors, rules

LIST = Money(Decimal(100), "EUR")


def test_a_price_is_in_the_currency_of_its_book() -> None:
    with pytest.raises(errors.WrongCurrency, match="CHF"):
        rules.check_currency(LIST, "CHF")


def test_a_price_book_does_not_end_before_it_begins() -> None:
    with pytest.raises(errors.ValidityEndsBeforeStart):
        rules.check_validity(date(2026, 2, 1), date(2026, 1, 31))


def test_a_price_book_may_hold_for_one_day() -> None:
    rules.check_validity(date(2026, 2, 1), date(2026, 2, 1))
