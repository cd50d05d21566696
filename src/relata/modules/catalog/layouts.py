"""How products and prices look on screens."""

from __future__ import annotations

from relata.engine.metadata.layout import Layout, Section
from relata.modules.catalog import contracts

LAYOUTS = (
    Layout(
        contracts.PRODUCT,
        columns=("code", "family", "unit_price", "unit", "is_active"),
        order="name",
        highlights=("code", "family", "unit_price", "is_active"),
        sections=(
            Section("Product", ("name", "code", "family", "is_active", "description", "image", "tags")),
            Section("Price", ("unit_price", "unit", "billing", "tax_category", "unit_cost", "margin")),
        ),
        quick=("name", "code", "family", "unit_price", "unit"),
    ),
    Layout(
        contracts.PRICE_BOOK,
        columns=("currency", "valid_from", "valid_until", "is_active", "entry_count"),
        order="name",
        highlights=("currency", "valid_from", "valid_until", "is_active"),
        sections=(
            Section(
                "Price book",
                ("name", "currency", "valid_from", "valid_until", "is_active", "entry_count", "description"),
            ),
        ),
        related=("entries",),
        quick=("name", "currency", "valid_from", "valid_until"),
    ),
    Layout(
        contracts.PRICE_BOOK_ENTRY,
        columns=("price_book", "product", "unit_price", "minimum_quantity", "product.unit_price"),
        order="name",
        highlights=("price_book", "product", "unit_price"),
        sections=(Section("Price", ("name", "price_book", "product", "unit_price", "minimum_quantity")),),
        quick=("price_book", "product", "unit_price", "minimum_quantity"),
    ),
)
