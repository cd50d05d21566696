"""The people we talk to."""

from __future__ import annotations

from relata.engine.metadata.fields import (
    Address,
    Boolean,
    Choice,
    Date,
    Emails,
    File,
    Link,
    LongText,
    Option,
    PersonName,
    Phones,
    RollUp,
    Tags,
    Text,
    WebAddresses,
)
from relata.engine.metadata.object import Object
from relata.modules.parties import contracts

LIFECYCLE_STAGES = (
    Option("subscriber", colour="grey"),
    Option("lead", colour="cyan"),
    Option("prospect", colour="blue"),
    Option("customer", colour="green"),
    Option("advocate", colour="violet"),
    Option("former", "Former customer", "amber"),
)
CHANNELS = (
    Option("email", "E-mail", "blue"),
    Option("phone", colour="green"),
    Option("sms", "Text message", "teal"),
    Option("post", colour="amber"),
)

CONTACT = Object(
    contracts.CONTACT,
    label="Contact",
    help="A person we talk to, at an account or on their own.",
    example="Mira Novak, who runs the office of Brandt Logistics and signs the orders.",
    icon="contact-round",
    colour="teal",
    access_parent="account",
    retells=(("account", "id"),),
    match=(("email",), ("name", "phone"), ("name", "account")),
    rules=(contracts.THROWAWAY,),
    fields=(
        PersonName("name", required=True, searchable=True, sensitivity="personal", help="The person's name."),
        Text("job_title", max_length=160, searchable=True, help="What the person does there, as on the card."),
        Text("department", max_length=120, help="The part of the company where the person works."),
        Link("account", contracts.ACCOUNT, reverse="contacts", help="The company where the person mainly works."),
        Emails(
            "email",
            label="E-mail",
            indexed=True,
            searchable=True,
            sensitivity="personal",
            unless="do_not_email or account.do_not_contact",
            stop="do_not_email",
            unwatched="do_not_track",
            help="The first is the main one.",
        ),
        Phones("phone", indexed=True, searchable=True, sensitivity="personal", help="The first is the main one."),
        WebAddresses("social", label="Social profiles", sensitivity="personal", help="LinkedIn and other profiles."),
        Address("mailing_address", sensitivity="personal", help="Where letters reach the person."),
        Date("birthday", sensitivity="personal", help="The day on which the person was born."),
        Text("language", max_length=10, help="The language to write in; an IETF tag such as en or de."),
        Link(
            "reports_to",
            contracts.CONTACT,
            reverse="direct_reports",
            help="The contact who is this person's superior.",
        ),
        Link("household", contracts.HOUSEHOLD, reverse="members", help="The household that the person lives in."),
        Choice("lifecycle_stage", options=LIFECYCLE_STAGES, indexed=True, help="How far the person has come with us."),
        Choice("preferred_channel", options=CHANNELS, help="How the person likes to be reached."),
        Boolean("do_not_email", label="No e-mail", default=False, help="The person does not want e-mail from us."),
        Boolean(
            "do_not_track",
            label="Not watched",
            default=False,
            help="Nobody notes whether the person opens our e-mail or follows its links.",
        ),
        Boolean("do_not_call", label="No calls", default=False, help="The person does not want to be called."),
        Boolean("do_not_text", label="No text messages", default=False, help="The person does not want messages."),
        Boolean("do_not_post", label="No letters", default=False, help="The person does not want letters."),
        File("photo", sensitivity="personal", help="A picture of the person."),
        Tags("tags", indexed=True, help="Words of your own, to find contacts by."),
        LongText("description", searchable=True, sensitivity="personal", help="What one should know about the person."),
        Text("reference", unique=True, max_length=80, help="Its number in another system; imports match by it."),
        RollUp("report_count", over="direct_reports", label="Reports", help="How many contacts report to the person."),
    ),
)
