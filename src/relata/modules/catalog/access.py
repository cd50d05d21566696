"""Products and prices are read by everyone who works here; who sells may not change them, who leads may."""

from __future__ import annotations

from relata.engine.metadata.module import Grant, Role
from relata.modules.catalog import contracts

_CATALOG = (contracts.PRODUCT, contracts.PRICE_BOOK, contracts.PRICE_BOOK_ENTRY)
_COSTS_HIDDEN = {"unit_cost": "none", "margin": "none"}

ROLES = (
    Role(
        "sales_rep",
        grants=dict.fromkeys(_CATALOG, Grant(read="all"))
        | {contracts.PRODUCT: Grant(read="all", fields=_COSTS_HIDDEN)},
    ),
    Role("sales_manager", grants=dict.fromkeys(_CATALOG, Grant(read="all", create="all", change="all"))),
)
