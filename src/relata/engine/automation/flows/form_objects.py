"""Forms that flows send to people, as the ordinary records that they are."""

from __future__ import annotations

from relata.engine.metadata.fields import AnyLink, Choice, DateTime, Json, LongText, Option, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.home_card import HomeCard, HomePart
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.object import Lifecycle, Object

FORM = "flow_form"

FORM_OBJECT = Object(
    FORM,
    label="Form",
    plural_label="Forms to fill in",
    help="Something that a flow asks a person.",
    icon="clipboard-list",
    nav=False,
    everyone=Grant(read="own"),
    personal=True,
    lifecycle=Lifecycle("state", "waiting", {"waiting": ("answered", "expired", "withdrawn")}),
    indexes=(("owner", "state"),),
    fields=(
        Text("name", required=True, max_length=200, read_only=True, help="What it is about."),
        LongText("text", read_only=True, help="What the person should know."),
        AnyLink("about", read_only=True, reverse="flow_forms", help="The record that it is about."),
        Choice(
            "state",
            read_only=True,
            help="Whether it still waits.",
            options=(
                Option("waiting", colour="blue"),
                Option("answered", colour="green"),
                Option("expired", colour="orange"),
                Option("withdrawn", colour="grey"),
            ),
        ),
        DateTime("due_at", label="Due", read_only=True, help="Until when it waits."),
        DateTime("answered_at", label="Answered", read_only=True, help="When it was filled in."),
        Json("questions", read_only=True, hidden=True, help="What is asked."),
        Json("answers", read_only=True, hidden=True, sensitivity="personal", help="What was answered."),
    ),
)

LAYOUT = Layout(
    FORM,
    columns=("state", "about", "due_at", "answered_at"),
    order="-created_at",
    highlights=("state", "about", "due_at"),
    sections=(Section("Form", ("name", "text", "about", "state", "due_at", "answered_at")),),
    no_related=True,
)
CARD = HomeCard(
    name="flow_forms",
    object=FORM,
    label="Forms to fill in",
    icon="clipboard-list",
    parts=(
        HomePart("Overdue", 'state = "waiting" and due_at <= now()', "bad"),
        HomePart("Waiting", 'state = "waiting" and (due_at is null or due_at > now())'),
    ),
    mine='owner = me() and state = "waiting"',
    columns=("about", "due_at"),
    order="due_at",
    empty="Nothing waits to be filled in.",
    if_any=True,
)
