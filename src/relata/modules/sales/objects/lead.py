"""Somebody who might become a customer, before anybody knows."""

from __future__ import annotations

from relata.engine.automation.scoring.objects import SCORED
from relata.engine.metadata.fields import (
    Address,
    Choice,
    DateTime,
    Emails,
    Integer,
    Link,
    LongText,
    MoneyField,
    Option,
    PersonName,
    Phones,
    Tags,
    Text,
    WebAddresses,
)
from relata.engine.metadata.object import Lifecycle, Object
from relata.modules.parties.contracts import ACCOUNT, CONTACT, THROWAWAY
from relata.modules.sales import contracts
from relata.modules.sales.objects.options import SOURCES
from relata.modules.sales.objects.origin import ORIGIN

_CONVERTED = 'status = "converted"'

LEAD = Object(
    contracts.LEAD,
    label="Lead",
    help="A person or company that showed interest, until it is clear whether a deal may come of it.",
    example="Ines Moreau of Atelier Rivoli, who asked for a price on the web site this morning.",
    icon="user-search",
    colour="amber",
    match=(("email",), ("phone",), ("name", "company")),
    rules=(THROWAWAY,),
    lifecycle=Lifecycle(
        "status",
        "new",
        {
            "new": ("working", "qualified", "unqualified", "converted"),
            "working": ("new", "qualified", "unqualified", "converted"),
            "qualified": ("working", "unqualified", "converted"),
            "unqualified": ("new", "working"),
        },
        starts=("working", "qualified", "unqualified"),
    ),
    fields=(
        PersonName("name", required=True, searchable=True, sensitivity="personal", help="The person's name."),
        Text("company", max_length=160, indexed=True, searchable=True, help="Where the person works."),
        Text("job_title", max_length=160, searchable=True, help="What the person does there."),
        Emails(
            "email",
            label="E-mail",
            indexed=True,
            searchable=True,
            sensitivity="personal",
            help="The first is the main one.",
        ),
        Phones("phone", indexed=True, searchable=True, sensitivity="personal", help="The first is the main one."),
        WebAddresses("website", help="The company's web site."),
        Address("address", sensitivity="personal", help="Where the company or the person is."),
        Choice(
            "status",
            default="new",
            indexed=True,
            help="How far we are with it.",
            options=(
                Option("new", colour="blue"),
                Option("working", colour="amber"),
                Option("qualified", colour="violet"),
                Option("converted", colour="green"),
                Option("unqualified", colour="grey"),
            ),
        ),
        Choice("source", options=SOURCES, indexed=True, help="How the lead came to us."),
        Choice(
            "rating",
            help="How promising it feels.",
            options=(Option("hot", colour="red"), Option("warm", colour="orange"), Option("cold", colour="blue")),
        ),
        Integer("score", indexed=True, help="How promising it is by the figures: what its score log adds up to."),
        *SCORED,
        MoneyField("estimated_value", minimum=0, help="What a deal might be worth."),
        Text("industry", max_length=80, help="The branch that the company works in, as told."),
        Integer("employees", minimum=0, help="How many people work at the company."),
        Text("need", max_length=255, searchable=True, help="What the person is looking for, in a sentence."),
        Choice(
            "unqualified_reason",
            visible='status = "unqualified"',
            help="Why nothing comes of it.",
            options=(
                Option("no_need", "No need"),
                Option("no_budget", "No budget"),
                Option("not_reachable"),
                Option("bad_data", "Wrong or missing details"),
                Option("competitor", "Buys elsewhere"),
                Option("duplicate"),
                Option("other"),
            ),
        ),
        Link(
            "converted_account",
            ACCOUNT,
            reverse="converted_leads",
            read_only=True,
            visible=_CONVERTED,
            help="The account that it became.",
        ),
        Link(
            "converted_contact",
            CONTACT,
            reverse="converted_leads",
            read_only=True,
            visible=_CONVERTED,
            help="The contact that it became.",
        ),
        Link(
            "converted_opportunity",
            contracts.OPPORTUNITY,
            reverse="converted_leads",
            read_only=True,
            visible=_CONVERTED,
            help="The opportunity that it became.",
        ),
        DateTime("converted_at", read_only=True, visible=_CONVERTED, help="When it was converted."),
        *ORIGIN,
        Tags("tags", indexed=True, help="Words of your own, to find leads by."),
        LongText("description", searchable=True, sensitivity="personal", help="What one should know about the lead."),
        Text("reference", unique=True, max_length=80, help="Its number in another system; imports match by it."),
    ),
)
