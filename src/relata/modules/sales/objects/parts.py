"""What belongs to one deal: the people who take part in it, and the products."""

from __future__ import annotations

from relata.engine.metadata.fields import (
    Boolean,
    Choice,
    DecimalField,
    Integer,
    Link,
    LongText,
    MoneyField,
    Option,
    Percent,
    Text,
)
from relata.engine.metadata.object import Object
from relata.modules.catalog.contracts import PRODUCT
from relata.modules.parties.contracts import CONTACT
from relata.modules.sales import contracts
from relata.modules.sales.objects.options import ATTITUDES, BUYING_ROLES

OPPORTUNITY_CONTACT = Object(
    contracts.OPPORTUNITY_CONTACT,
    label="Buying role",
    plural="opportunity_contacts",
    plural_label="Buying roles",
    help="What a person has to say in one deal.",
    icon="users",
    colour="teal",
    nav=False,
    title_field="role",
    access_parent="opportunity",
    retells=(("opportunity", "contact"),),
    unique_together=(("opportunity", "contact"),),
    fields=(
        Choice(
            "role",
            required=True,
            default="influencer",
            help="What the person does in the decision.",
            options=BUYING_ROLES,
        ),
        Link(
            "opportunity",
            contracts.OPPORTUNITY,
            required=True,
            reverse="buying_roles",
            on_delete="cascade",
            help="The deal.",
        ),
        Link("contact", CONTACT, required=True, reverse="buying_roles", on_delete="cascade", help="The person."),
        Choice(
            "attitude",
            help="How the person stands to us.",
            options=ATTITUDES,
        ),
        Boolean("is_primary", label="Main", default=False, help="Whom to talk to first."),
        LongText("note", help="What matters to this person."),
    ),
)

OPPORTUNITY_LINE = Object(
    contracts.OPPORTUNITY_LINE,
    label="Product line",
    help="How many of one product the customer would take, and at what price.",
    icon="list-ordered",
    colour="orange",
    nav=False,
    access_parent="opportunity",
    fields=(
        Text("name", max_length=160, help="What it is called on the offer; the product's name if left empty."),
        Link(
            "opportunity", contracts.OPPORTUNITY, required=True, reverse="lines", on_delete="cascade", help="The deal."
        ),
        Link("product", PRODUCT, reverse="opportunity_lines", on_delete="restrict", help="What they would take."),
        DecimalField("quantity", minimum=0, default=1, help="How many units."),
        MoneyField("unit_price", minimum=0, help="Price of one unit; from price book or list if left empty."),
        Percent("discount", default=0, help="Percent off the price, 0-100."),
        Choice(
            "recurrence",
            help="Whether it is paid once or again and again; as the product is billed if left empty.",
            options=(
                Option("once", colour="grey"),
                Option("monthly", colour="blue"),
                Option("quarterly", colour="cyan"),
                Option("yearly", colour="violet"),
            ),
        ),
        Integer(
            "periods",
            minimum=1,
            maximum=1200,
            default=1,
            visible='recurrence in ("monthly", "quarterly", "yearly")',
            help="For how many months, quarters or years they would take it.",
        ),
        MoneyField(
            "total",
            read_only=True,
            help="Quantity times price less discount, for all periods, rounded to the currency's cent.",
        ),
        MoneyField("yearly", label="In a year", read_only=True, help="What it brings in twelve months, if recurring."),
        Integer("position", minimum=0, default=0, help="Its place among the lines; the smallest comes first."),
    ),
)
