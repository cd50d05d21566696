"""What we and they said would be done."""

from __future__ import annotations

from relata.engine.metadata.fields import AnyLink, Choice, Date, Link, LongText, Option, Text, User
from relata.engine.metadata.object import Happening, Lifecycle, Object
from relata.modules.activities.contracts import NOTE, TASK
from relata.modules.parties.contracts import ACCOUNT, CONTACT
from relata.modules.sales import contracts

PROMISE = Object(
    contracts.PROMISE,
    label="Promise",
    help="Something that one side said it would do, by whom and until when.",
    icon="handshake",
    colour="violet",
    nav=False,
    title_field="subject",
    access_parent="about",
    happening=Happening(due="due_on", open='status = "open"', state="status"),
    lifecycle=Lifecycle("status", "open", {"open": ("kept", "broken"), "kept": ("open",), "broken": ("open", "kept")}),
    fields=(
        Text("subject", required=True, max_length=200, searchable=True, help="What will be done, in a few words."),
        Choice(
            "made_by",
            label="Promised by",
            required=True,
            default="us",
            indexed=True,
            help="Which side said so.",
            options=(Option("us", "Us", "blue"), Option("them", "Them", "teal")),
        ),
        Choice(
            "status",
            required=True,
            default="open",
            indexed=True,
            help="What became of it.",
            options=(Option("open", colour="blue"), Option("kept", colour="green"), Option("broken", colour="red")),
        ),
        Date("due_on", label="Until", indexed=True, help="The day until which it was promised."),
        AnyLink(
            "about",
            required=True,
            to_any=(contracts.OPPORTUNITY, ACCOUNT, CONTACT, contracts.LEAD),
            reverse="promises",
            help="The deal, company or person that it is about.",
        ),
        User("person", reverse="promises", label="Who of us", help="Who of us will do it, or looks after theirs."),
        Link(
            "contact", CONTACT, reverse="promises_made", label="Who of them", help="Who of them said so, or heard it."
        ),
        Date("kept_on", read_only=True, visible='status = "kept"', label="Kept", help="The day on which it was done."),
        LongText("note", max_length=2000, help="What else was said, or why it was broken."),
        AnyLink("source", to_any=(NOTE, TASK), read_only=True, reverse="promises_noted", help="Where it was noted."),
    ),
)
