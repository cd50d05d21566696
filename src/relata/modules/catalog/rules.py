"""Decisions about prices: pure functions of values."""

from __future__ import annotations

from datetime import date

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
