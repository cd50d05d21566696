"""This module's part of the demo company."""

from __future__ import annotations

from decimal import Decimal

from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money
from relata.modules._example.contracts import GADGET


async def demo(work: Workspace) -> None:
    """Three gadgets, once."""
    if await work.first(GADGET):
        return
    for name, price in (("Foam thermometer", 29), ("Grinder for trials", 240), ("Water test kit", 75)):
        await work.create(GADGET, {"name": name, "price": Money(Decimal(price), "EUR")})
