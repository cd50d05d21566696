"""Gadgets."""

from __future__ import annotations

from relata.engine.metadata.fields import Choice, Date, Formula, Link, LongText, MoneyField, Option, Text
from relata.engine.metadata.object import Lifecycle, Object
from relata.modules._example import contracts
from relata.modules.parties.contracts import ACCOUNT

GADGET_OBJECT = Object(
    contracts.GADGET,
    label="Gadget",
    help="A thing that we lend to customers.",
    icon="puzzle",
    colour="teal",
    lifecycle=Lifecycle("status", "on_shelf", {"on_shelf": ("lent",), "lent": ("on_shelf",)}, starts=("lent",)),
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What it is called."),
        Choice(
            "status",
            default="on_shelf",
            indexed=True,
            help="Where it is.",
            options=(Option("on_shelf", colour="green"), Option("lent", colour="amber")),
        ),
        MoneyField("price", minimum=0, help="What a new one costs."),
        Link("account", ACCOUNT, reverse="gadgets", help="The account that it was bought for."),
        Text("lent_to", max_length=120, visible='status = "lent"', help="Who has it."),
        Date("due_on", visible='status = "lent"', help="The day by which it should be back."),
        Formula(
            "is_overdue",
            label="Overdue",
            expression='status = "lent" and due_on < today()',
            help="Whether it should be back by now.",
        ),
        LongText("description", searchable=True, help="What one should know about it."),
    ),
)

OBJECTS = (GADGET_OBJECT,)
