"""Who else offers what we offer."""

from __future__ import annotations

from relata.engine.metadata.fields import Boolean, Link, LongText, Text, WebAddresses
from relata.engine.metadata.object import Object
from relata.modules.parties.contracts import ACCOUNT
from relata.modules.sales import contracts

COMPETITOR = Object(
    contracts.COMPETITOR,
    label="Competitor",
    help="A company that offers what we offer: what speaks for it, what against it, and how we fare when we meet.",
    example="Northwind Coffee: cheaper to buy, no service at weekends.",
    icon="shield",
    colour="red",
    reference=True,
    match=(("name",),),
    fields=(
        Text("name", required=True, unique=True, max_length=120, searchable=True, help="What everybody calls it."),
        WebAddresses("website", help="Its web site."),
        Link("account", ACCOUNT, reverse="competes_as", help="The same company among the accounts, if it is there."),
        LongText("strengths", max_length=5000, searchable=True, help="What speaks for it."),
        LongText("weaknesses", max_length=5000, searchable=True, help="What speaks against it."),
        LongText("answer", max_length=5000, label="How we win", help="What to say and show when it is in a deal."),
        Boolean("is_active", label="Still around", default=True, help="Whether one still meets it."),
    ),
)
