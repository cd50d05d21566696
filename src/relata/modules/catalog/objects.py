"""Products, and books of prices for some customers, countries or times."""

from __future__ import annotations

from relata.engine.metadata.fields import (
    Boolean,
    Choice,
    Date,
    DecimalField,
    File,
    Formula,
    Link,
    LongText,
    MoneyField,
    Option,
    RollUp,
    Tags,
    Text,
)
from relata.engine.metadata.object import Object
from relata.modules.catalog import contracts

UNITS = (
    Option("piece"),
    Option("set"),
    Option("hour"),
    Option("day"),
    Option("month"),
    Option("year"),
    Option("kilogram"),
    Option("litre"),
    Option("metre"),
    Option("licence"),
)

PRODUCT = Object(
    contracts.PRODUCT,
    label="Product",
    help="A good or a service that we sell.",
    example='Espresso machine "Grande", 8,900 euros, sold once; its service, 45 euros a month.',
    icon="package",
    colour="orange",
    reference=True,
    match=(("name",),),
    fields=(
        Text("name", required=True, max_length=160, searchable=True, help="What it is called on an offer."),
        Text("code", unique=True, max_length=60, searchable=True, help="Article number; unique, imports match by it."),
        Text("family", max_length=80, indexed=True, searchable=True, help="Products that belong together share it."),
        MoneyField("unit_price", minimum=0, help="List price of one unit, before discounts and tax."),
        MoneyField("unit_cost", minimum=0, help="What one unit costs us."),
        Formula("margin", expression="unit_price - unit_cost", help="List price less cost, of one unit."),
        Choice("unit", options=UNITS, default="piece", help="What the price is for."),
        Choice(
            "billing",
            default="once",
            help="Whether it is paid once or again and again.",
            options=(
                Option("once", colour="grey"),
                Option("monthly", colour="blue"),
                Option("quarterly", colour="cyan"),
                Option("yearly", colour="violet"),
            ),
        ),
        Choice(
            "tax_category",
            default="standard",
            help="Which rate of tax applies; the rates themselves depend on the country.",
            options=(
                Option("standard", "Standard rate"),
                Option("reduced", "Reduced rate"),
                Option("zero", "Zero rate"),
                Option("exempt", "Exempt"),
            ),
        ),
        Boolean("is_active", label="For sale", default=True, indexed=True, help="Offered on new deals."),
        LongText("description", searchable=True, help="What the customer reads about it."),
        File("image", help="A picture of it."),
        Tags("tags", indexed=True, help="Words of your own, to find products by."),
    ),
)

PRICE_BOOK = Object(
    contracts.PRICE_BOOK,
    label="Price book",
    help="Prices that differ from the list: for a country, a kind of customer, a season.",
    example="Wholesale in Switzerland, in francs, from January on.",
    icon="book-open",
    colour="amber",
    reference=True,
    nav=False,
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What the book is called."),
        Text(
            "currency",
            required=True,
            max_length=3,
            pattern="[A-Z]{3}",
            pattern_hint="Write three capital letters, such as EUR.",
            default="EUR",
            help="The currency of all its prices.",
        ),
        Date("valid_from", help="The first day on which its prices hold."),
        Date("valid_until", help="The last day on which its prices hold."),
        Boolean("is_active", label="In use", default=True, help="May be chosen on new deals."),
        LongText("description", help="For whom the book is."),
        RollUp("entry_count", over="entries", label="Prices", help="How many prices the book has."),
    ),
)

PRICE_BOOK_ENTRY = Object(
    contracts.PRICE_BOOK_ENTRY,
    label="Price",
    plural="price_book_entries",
    plural_label="Prices",
    help="What a product costs in one price book, from a quantity on.",
    icon="tag",
    colour="amber",
    reference=True,
    nav=False,
    unique_together=(("price_book", "product", "minimum_quantity"),),
    fields=(
        Text("name", read_only=True, max_length=160, help="The product's name; follows the product when it is chosen."),
        Link(
            "price_book", contracts.PRICE_BOOK, required=True, reverse="entries", on_delete="cascade", help="The book."
        ),
        Link("product", contracts.PRODUCT, required=True, reverse="prices", on_delete="cascade", help="The product."),
        MoneyField("unit_price", required=True, minimum=0, help="Price of one unit, in the book's currency."),
        DecimalField("minimum_quantity", minimum=0, default=1, help="The quantity from which this price holds."),
    ),
)

OBJECTS = (PRODUCT, PRICE_BOOK, PRICE_BOOK_ENTRY)
