"""What a deal may be worth."""

from __future__ import annotations

from decimal import Decimal

from relata.foundation.money import Money
from relata.modules.sales import errors

#: One above the largest amount of a deal, in any currency. More is a slip of the hand.
TOO_MUCH = Decimal(10) ** 12


def check_amount(amount: Money | None) -> None:
    """Raise AmountOutOfRange for a negative amount and for a thousand billion or more."""
    if amount is not None and not 0 <= amount.amount < TOO_MUCH:
        raise errors.AmountOutOfRange(negative=amount.amount < 0)


def check_typed_amount(*, follows_lines: bool) -> None:
    """Raise AmountFollowsLines: a deal with product lines is worth what they add up to."""
    if follows_lines:
        raise errors.AmountFollowsLines
