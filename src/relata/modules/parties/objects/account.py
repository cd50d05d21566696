"""Companies and other organisations that we deal with."""

from __future__ import annotations

from relata.engine.metadata.fields import (
    Address,
    AutoNumber,
    Boolean,
    Choice,
    Emails,
    Integer,
    Link,
    LongText,
    MoneyField,
    Option,
    Phones,
    RollUp,
    Tags,
    Text,
    WebAddresses,
)
from relata.engine.metadata.object import Object
from relata.modules.parties import contracts

TYPES = (
    Option("prospect", colour="blue"),
    Option("customer", colour="green"),
    Option("former_customer", colour="grey"),
    Option("partner", colour="violet"),
    Option("supplier", colour="amber"),
    Option("competitor", colour="red"),
    Option("other"),
)

#: Broad enough to be told apart at a glance; an administrator refines them.
INDUSTRIES = (
    Option("agriculture", colour="lime"),
    Option("construction", colour="orange"),
    Option("consulting", colour="indigo"),
    Option("education", colour="cyan"),
    Option("energy", colour="amber"),
    Option("finance", "Finance and insurance", "green"),
    Option("government", "Government", "grey"),
    Option("health", "Health care", "red"),
    Option("hospitality", "Hospitality and food", "pink"),
    Option("logistics", "Transport and logistics", "teal"),
    Option("manufacturing", colour="violet"),
    Option("media", colour="pink"),
    Option("non_profit", "Non-profit", "lime"),
    Option("real_estate", colour="orange"),
    Option("retail", colour="amber"),
    Option("software", "Software and IT", "blue"),
    Option("telecommunications", colour="cyan"),
    Option("other"),
)

ACCOUNT = Object(
    contracts.ACCOUNT,
    label="Account",
    help="A company or organisation that buys from us, might, did, or works with us.",
    example="Brandt Logistics in Leipzig, a customer since 2021, with two offices and eighty people.",
    icon="building-2",
    colour="blue",
    match=(("name",), ("website",), ("tax_number",)),
    fields=(
        Text("name", required=True, max_length=160, searchable=True, help="What everybody calls the company."),
        AutoNumber("number", prefix="A-", help="The account's number, given by the system.", searchable=True),
        Choice("type", options=TYPES, default="prospect", indexed=True, help="What the company is to us."),
        Choice("industry", options=INDUSTRIES, indexed=True, help="The branch that it works in."),
        Link(
            "parent",
            contracts.ACCOUNT,
            reverse="subsidiaries",
            label="Parent account",
            help="The company that this one belongs to.",
        ),
        WebAddresses("website", searchable=True, help="Its web sites; the first is the main one."),
        Emails(
            "email",
            label="E-mail",
            indexed=True,
            searchable=True,
            unless="do_not_contact",
            help="Addresses of the company itself, not of its people.",
        ),
        Phones("phone", indexed=True, searchable=True, help="Numbers of the company itself, such as the switchboard."),
        WebAddresses("social", label="Social profiles", help="LinkedIn, Instagram and other public profiles."),
        Address("billing_address", help="Where invoices go."),
        Address("shipping_address", help="Where goods go, if not to the billing address."),
        Text("legal_name", max_length=200, searchable=True, help="The name in the commercial register."),
        Text("tax_number", max_length=40, help="VAT or tax identification number, as written on invoices."),
        Integer("employees", minimum=0, indexed=True, help="How many people work there."),
        MoneyField("annual_revenue", minimum=0, help="Revenue of the last full year, as far as we know."),
        Integer(
            "founded",
            plain=True,
            minimum=1000,
            maximum=2200,
            label="Founded in",
            help="The year in which it was founded.",
        ),
        Boolean("do_not_contact", default=False, help="Nobody may approach this company on our own initiative."),
        Tags("tags", indexed=True, help="Words of your own, to find accounts by."),
        LongText("description", searchable=True, help="What one should know about the company."),
        Text("reference", unique=True, max_length=80, help="Its number in another system; imports match by it."),
        RollUp("contact_count", over="contacts", label="Contacts", help="How many contacts the account has."),
        RollUp(
            "subsidiary_count", over="subsidiaries", label="Subsidiaries", help="How many accounts lie directly below."
        ),
        RollUp(
            "subsidiary_employees",
            over="subsidiaries",
            function="sum",
            field="employees",
            label="Employees of subsidiaries",
            help="Employees of the accounts directly below, added up.",
        ),
    ),
)
