"""Groups of accounts or contacts: lists kept by hand, and segments that an expression decides."""

from __future__ import annotations

from relata.engine.metadata.fields import (
    AnyLink,
    AutoNumber,
    Boolean,
    Choice,
    Link,
    LongText,
    Option,
    RollUp,
    Text,
)
from relata.engine.metadata.object import Object
from relata.modules.parties import contracts

STATIC_LIST = Object(
    contracts.STATIC_LIST,
    label="List",
    plural="lists",
    plural_label="Lists",
    help="Accounts or contacts that somebody put together by hand, such as the guests of a fair.",
    example="Guests of the spring fair.",
    icon="list-checks",
    colour="indigo",
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What the list is called."),
        Choice(
            "holds",
            required=True,
            default="contact",
            help="What may be on it.",
            options=(Option("contact", "Contacts", "teal"), Option("account", "Accounts", "blue")),
        ),
        LongText("description", help="What the list is for."),
        Boolean("is_archived", label="Archived", default=False, help="No longer used; kept for what refers to it."),
        RollUp("member_count", over="members", label="Members", help="How many are on the list."),
    ),
)

LIST_MEMBER = Object(
    contracts.LIST_MEMBER,
    label="List member",
    help="One account or contact on a list.",
    icon="list-plus",
    colour="indigo",
    nav=False,
    title_field="number",
    access_parent="static_list",
    unique_together=(("static_list", "member"),),
    fields=(
        AutoNumber("number", prefix="M-", help="The membership's number, given by the system."),
        Link(
            "static_list",
            contracts.STATIC_LIST,
            required=True,
            reverse="members",
            on_delete="cascade",
            label="List",
            help="The list.",
        ),
        AnyLink(
            "member",
            required=True,
            to_any=(contracts.CONTACT, contracts.ACCOUNT),
            reverse="list_memberships",
            reverse_label="On lists",
            help="Who is on the list.",
        ),
        Text("note", max_length=255, help="Why it was added."),
    ),
)

SEGMENT = Object(
    contracts.SEGMENT,
    label="Segment",
    help="A group that an expression decides, so that it is never out of date.",
    example="Customers in Austria that nobody has called for ninety days.",
    icon="filter",
    colour="violet",
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What the segment is called."),
        Text(
            "holds",
            required=True,
            default="contact",
            max_length=40,
            help="The name of the object whose records it holds, such as contact or account.",
        ),
        LongText(
            "expression",
            required=True,
            max_length=5000,
            help='The condition that members meet, such as account.industry = "health" and not do_not_email.',
        ),
        LongText("description", help="What the segment is for."),
    ),
)
