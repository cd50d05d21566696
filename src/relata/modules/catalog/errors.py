"""What can go wrong with products and prices, in sentences."""

from __future__ import annotations

from relata.foundation.errors import Invalid


class ValidityEndsBeforeStart(Invalid):
    """A price book is valid until a day before it begins."""

    code = "ends_before_start"

    def __init__(self) -> None:
        super().__init__(
            "The price book ends before it begins.", field="valid_until", hint="Choose a later day, or clear it."
        )


class WrongCurrency(Invalid):
    """A price in a book of another currency."""

    code = "currency_mismatch"

    def __init__(self, expected: str) -> None:
        super().__init__(
            f"Prices in this book are in {expected}.", field="unit_price", hint=f"Enter the price in {expected}."
        )
