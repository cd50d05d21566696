"""What other modules may import from the catalog: names of objects, commands."""

from __future__ import annotations

from uuid import UUID

import msgspec

MODULE_NAME = "catalog"

PRODUCT = "product"
PRICE_BOOK = "price_book"
PRICE_BOOK_ENTRY = "price_book_entry"


class RetireProduct(msgspec.Struct, frozen=True):
    """The product is no longer sold; what refers to it stays."""

    product: UUID


class ProductRetired(msgspec.Struct, frozen=True):
    """A product is no longer sold."""

    product: UUID
