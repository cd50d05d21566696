"""What the product lines of a deal cost."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from relata.foundation.money import Money
from relata.modules.sales import errors


def price_for(quantity: Decimal, steps: Iterable[tuple[Decimal, Money]], list_price: Money | None) -> Money | None:
    """The price of one unit when so many are bought. steps: the quantity from which each price holds, in any order.

    The highest step that the quantity reaches decides; below all steps it is the list price.
    """
    reached = [step for step in steps if step[0] <= quantity]
    return max(reached, key=lambda step: step[0])[1] if reached else list_price


def line_total(unit_price: Money | None, quantity: Decimal, discount: Decimal) -> Money:
    """Quantity times price less discount, rounded half-even to the currency's minor unit. discount: 0-100."""
    if unit_price is None:
        raise errors.LineNeedsPrice
    return (unit_price * quantity * (100 - discount) / 100).rounded()


def sum_of_lines(totals: Iterable[Money]) -> Money:
    """What the lines add up to; Invalid for none, or for several currencies."""
    found = list(totals)
    if not found:
        raise errors.OpportunityHasNoLines
    total = found[0]
    for one in found[1:]:
        total += one
    return total
