"""Reads beyond the generic ones: what a product costs in a price book."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from relata.foundation.money import Money
from relata.modules.catalog import contracts, rules


async def unit_price(work: Any, product: Any, price_book: Any | None, quantity: Decimal) -> Money | None:
    """The price of one unit in that book, else the list price. price_book: its id; None is the list."""
    if price_book is None:
        return rules.price_for(quantity, (), product["unit_price"])
    entries = await work.find(contracts.PRICE_BOOK_ENTRY, price_book=price_book, product=product.id)
    steps = [(entry["minimum_quantity"] or Decimal(0), entry["unit_price"]) for entry in entries]
    return rules.price_for(quantity, steps, product["unit_price"])
