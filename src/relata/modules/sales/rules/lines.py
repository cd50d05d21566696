"""What the product lines of a deal cost."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from relata.foundation.money import Money
from relata.modules.sales import errors

#: How often a year a line of this recurrence is paid.
PERIODS_A_YEAR = {"monthly": 12, "quarterly": 4, "yearly": 1}


def price_for(quantity: Decimal, steps: Iterable[tuple[Decimal, Money]], list_price: Money | None) -> Money | None:
    """The price of one unit when so many are bought. steps: the quantity from which each price holds, in any order.

    The highest step that the quantity reaches decides; below all steps it is the list price.
    """
    reached = [step for step in steps if step[0] <= quantity]
    return max(reached, key=lambda step: step[0])[1] if reached else list_price


def line_total(unit_price: Money | None, quantity: Decimal, discount: Decimal, periods: int = 1) -> Money:
    """Quantity times price less discount, for so many months, quarters or years; rounded half-even to the currency's
    minor unit. discount: 0-100."""
    if unit_price is None:
        raise errors.LineNeedsPrice
    return (unit_price * quantity * (100 - discount) * periods / 100).rounded()


def yearly_value(recurrence: str | None, unit_price: Money, quantity: Decimal, discount: Decimal) -> Money | None:
    """What a recurring line brings in twelve months, rounded like its total; None for one that is paid once."""
    times = PERIODS_A_YEAR.get(recurrence or "once")
    return None if times is None else line_total(unit_price, quantity, discount, times)


def check_currency(line: Money, others: Money | None) -> None:
    """Raise LineInOtherCurrency unless the line's price is in the currency of the deal's other lines. others: what
    these add up to, None for the first line."""
    if others is not None and line.currency != others.currency:
        raise errors.LineInOtherCurrency(others.currency)


def sum_of_lines(totals: Iterable[Money]) -> Money:
    """What the lines add up to; Invalid for none, or for several currencies."""
    found = list(totals)
    if not found:
        raise errors.OpportunityHasNoLines
    total = found[0]
    for one in found[1:]:
        total += one
    return total
