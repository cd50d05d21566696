"""How people and companies belong together: affiliations, relationships, addresses, households."""

from __future__ import annotations

from relata.engine.metadata.fields import Address, Boolean, Choice, Date, Formula, Link, LongText, Option, RollUp, Text
from relata.engine.metadata.object import Object
from relata.modules.parties import contracts

AFFILIATION = Object(
    contracts.AFFILIATION,
    label="Affiliation",
    help="A person's role at one of several companies, with the time for which it holds.",
    icon="briefcase",
    colour="cyan",
    nav=False,
    title_field="role",
    access_parent="contact",
    fields=(
        Text(
            "role",
            required=True,
            max_length=120,
            searchable=True,
            help="What the person is there, such as Board member.",
        ),
        Link(
            "contact", contracts.CONTACT, required=True, reverse="affiliations", on_delete="cascade", help="The person."
        ),
        Link(
            "account",
            contracts.ACCOUNT,
            required=True,
            reverse="affiliations",
            on_delete="cascade",
            help="The company.",
        ),
        Date("starts_on", label="From", help="The first day."),
        Date("ends_on", label="Until", help="The last day; empty while it lasts."),
        Formula(
            "is_current",
            label="Current",
            expression="(starts_on is null or starts_on <= today()) and (ends_on is null or ends_on >= today())",
            help="Whether the person has this role today.",
        ),
    ),
)

RELATIONSHIP = Object(
    contracts.RELATIONSHIP,
    label="Relationship",
    help="How one person stands to another: who reports to whom, who knows whom.",
    icon="heart-handshake",
    colour="pink",
    nav=False,
    title_field="kind",
    access_parent="person",
    unique_together=(("person", "other", "kind"),),
    fields=(
        Choice(
            "kind",
            required=True,
            default="knows",
            help="What the first person is to the second.",
            options=(
                Option("knows", "Knows", "grey"),
                Option("colleague", "Colleague of", "blue"),
                Option("manager", "Manager of", "indigo"),
                Option("assistant", "Assistant of", "cyan"),
                Option("referred", "Referred", "green"),
                Option("mentor", "Mentor of", "teal"),
                Option("partner", "Partner or spouse of", "pink"),
                Option("family", "Related to", "violet"),
                Option("other", "Other"),
            ),
        ),
        Link(
            "person",
            contracts.CONTACT,
            required=True,
            reverse="relationships",
            on_delete="cascade",
            help="From whom it starts.",
        ),
        Link(
            "other",
            contracts.CONTACT,
            required=True,
            reverse="related_people",
            on_delete="cascade",
            label="Other person",
            help="To whom it leads.",
        ),
        Choice(
            "direction",
            default="one_way",
            help="Whether it holds in one direction (manager of) or in both (colleague of).",
            options=(Option("one_way", "One way"), Option("mutual", "Both ways")),
        ),
        LongText("note", help="What one should know about it."),
    ),
)

ADDRESS = Object(
    contracts.ADDRESS,
    label="Address",
    plural="addresses",
    plural_label="Addresses",
    help="One more address of an account or a contact: a warehouse, a branch, a holiday home.",
    icon="map-pin",
    colour="amber",
    nav=False,
    access_parent="account",
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What you call it, such as Warehouse north."),
        Choice(
            "type",
            default="other",
            help="What the address is for.",
            options=(
                Option("billing", colour="green"),
                Option("shipping", colour="blue"),
                Option("visiting", colour="violet"),
                Option("headquarters", colour="indigo"),
                Option("branch", colour="cyan"),
                Option("home", colour="pink"),
                Option("other"),
            ),
        ),
        Address("address", required=True, help="Street, postcode, city, region and country."),
        Link("account", contracts.ACCOUNT, reverse="addresses", on_delete="cascade", help="The company it belongs to."),
        Link("contact", contracts.CONTACT, reverse="addresses", on_delete="cascade", help="The person it belongs to."),
        Boolean("is_primary", label="Main", default=False, help="Whether it is the first choice for its type."),
        LongText("note", help="Opening hours, which gate, whom to ask for."),
    ),
)

HOUSEHOLD = Object(
    contracts.HOUSEHOLD,
    label="Household",
    help="People who live together and are addressed together.",
    icon="house",
    colour="pink",
    nav=False,
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="How to address them, such as The Brandts."),
        Address("address", sensitivity="personal", help="Where they live."),
        LongText("description", help="What one should know about them."),
        RollUp("member_count", over="members", label="Members", help="How many contacts belong to it."),
    ),
)
