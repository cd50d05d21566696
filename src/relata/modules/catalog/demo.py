"""What Larkfield sells: machines, beans, service; and a price book for Switzerland."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money
from relata.modules.catalog import contracts

#: Name, code, family, price, cost, unit, billing.
PRODUCTS = (
    ("Larkfield Uno", "LF-100", "Machines", 2490, 1320, "piece", "once"),
    ("Larkfield Duo", "LF-200", "Machines", 4950, 2610, "piece", "once"),
    ("Larkfield Grande", "LF-400", "Machines", 8900, 4700, "piece", "once"),
    ("Uno rental", "LR-100", "Rental", 79, 31, "month", "monthly"),
    ("Duo rental", "LR-200", "Rental", 149, 62, "month", "monthly"),
    ("House blend, 1 kg", "BN-010", "Beans", 19, 9, "kilogram", "once"),
    ("Organic blend, 1 kg", "BN-020", "Beans", 24, 13, "kilogram", "once"),
    ("Decaf, 1 kg", "BN-030", "Beans", 22, 12, "kilogram", "once"),
    ("Service plan Basic", "SV-100", "Service", 390, 160, "year", "yearly"),
    ("Service plan Plus", "SV-200", "Service", 690, 270, "year", "yearly"),
    ("Installation", "SV-010", "Service", 240, 130, "piece", "once"),
    ("Barista training, half a day", "SV-020", "Service", 480, 210, "piece", "once"),
    ("Water filter set", "AC-010", "Accessories", 89, 34, "set", "once"),
    ("Milk cooler", "AC-020", "Accessories", 360, 190, "piece", "once"),
    ("Cup warmer", "AC-030", "Accessories", 210, 105, "piece", "once"),
    ("Payment module", "AC-040", "Accessories", 520, 290, "piece", "once"),
)
SWISS_FACTOR = Decimal("1.12")
#: From this many on, the Swiss pay a tenth less.
SWISS_STEP = 10


async def demo(work: Workspace) -> None:
    """Sixteen products; in the Swiss price book machines cost less from ten on."""
    if await work.first(contracts.PRODUCT, code=PRODUCTS[0][1]):
        return
    values = {"name": "Switzerland", "currency": "CHF", "description": "Includes customs and freight."}
    book = await work.create(contracts.PRICE_BOOK, values)
    for name, code, family, price, cost, unit, billing in PRODUCTS:
        described: dict[str, Any] = {
            "name": name,
            "code": code,
            "family": family,
            "unit_price": Money(Decimal(price), "EUR"),
            "unit_cost": Money(Decimal(cost), "EUR"),
            "unit": unit,
            "billing": billing,
            "tax_category": "reduced" if family == "Beans" else "standard",
        }
        product = await work.create(contracts.PRODUCT, described)
        swiss = Money(Decimal(price) * SWISS_FACTOR, "CHF").rounded()
        await _price(work, book, product, swiss, 1)
        if family == "Machines":
            await _price(work, book, product, (swiss * Decimal("0.9")).rounded(), SWISS_STEP)


async def _price(work: Workspace, book: Record, product: Record, price: Money, quantity: int) -> None:
    values = {"price_book": book.id, "product": product.id, "unit_price": price, "minimum_quantity": quantity}
    await work.create(contracts.PRICE_BOOK_ENTRY, values)
