"""Products and prices through the door."""

from __future__ import annotations

from decimal import Decimal

import pytest

from relata.foundation.errors import Conflict, Invalid
from relata.foundation.money import Money
from relata.modules.catalog.contracts import PRICE_BOOK, PRICE_BOOK_ENTRY, PRODUCT, RetireProduct
from relata.testing.house import House


async def test_a_retired_product_is_no_longer_for_sale(house: House) -> None:
    async with house.system() as work:
        product = await work.create(PRODUCT, {"name": "Uno"})
        await work.run(RetireProduct(product.id))
        assert (await work.get(PRODUCT, product.id))["is_active"] is False


async def test_an_article_number_is_there_once(house: House) -> None:
    async with house.system() as work:
        await work.create(PRODUCT, {"name": "Uno", "code": "LF-1"})
    with pytest.raises(Conflict):
        async with house.system() as work:
            await work.create(PRODUCT, {"name": "Duo", "code": "LF-1"})


async def test_a_price_is_called_after_its_product_and_in_the_books_currency(house: House) -> None:
    async with house.system() as work:
        product = await work.create(PRODUCT, {"name": "Uno"})
        book = await work.create(PRICE_BOOK, {"name": "Switzerland", "currency": "CHF"})
        values = {"price_book": book.id, "product": product.id}
        price = await work.create(PRICE_BOOK_ENTRY, values | {"unit_price": Money(Decimal(9), "CHF")})
        with pytest.raises(Invalid, match="in CHF"):
            await work.create(
                PRICE_BOOK_ENTRY, values | {"unit_price": Money(Decimal(9), "EUR"), "minimum_quantity": 2}
            )
    assert price["name"] == "Uno"


async def test_a_representative_does_not_see_what_a_product_costs_us(house: House) -> None:
    sam = await house.person("Sam", "sales_rep")
    async with house.system() as work:
        values = {"name": "Uno", "unit_price": Money(Decimal(9), "EUR"), "unit_cost": Money(Decimal(5), "EUR")}
        product = await work.create(PRODUCT, values)
    async with house.as_person(sam) as work:
        shown = await work.show(PRODUCT, product.id)
    assert "unit_price" in shown
    assert shown.keys().isdisjoint({"unit_cost", "margin"})


async def test_a_price_without_a_book_is_refused_and_not_a_crash(house: House) -> None:
    async with house.system() as work:
        with pytest.raises(Invalid) as refused:
            await work.create(PRICE_BOOK_ENTRY, {})
    assert {problem.field for problem in refused.value.problems} >= {"price_book", "product", "unit_price"}
