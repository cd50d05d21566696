"""Decisions about prices: pure functions of values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from relata.foundation.money import Money
from relata.modules.catalog import errors


def check_validity(valid_from: date | None, valid_until: date | None) -> None:
    """Raise ValidityEndsBeforeStart where both days are known and the wrong way round."""
    if valid_from and valid_until and valid_until < valid_from:
        raise errors.ValidityEndsBeforeStart


def check_currency(price: Money, currency: str) -> None:
    """Raise WrongCurrency unless the price is in the book's currency (ISO 4217)."""
    if price.currency != currency:
        raise errors.WrongCurrency(currency)


def price_for(quantity: Decimal, steps: Iterable[tuple[Decimal, Money]], list_price: Money | None) -> Money | None:
    """The price of one unit when so many are bought. steps: the quantity from which each price holds, in any order.

    The highest step that the quantity reaches decides; below all steps it is the list price.
    """
    reached = [step for step in steps if step[0] <= quantity]
    return max(reached, key=lambda step: step[0])[1] if reached else list_price
