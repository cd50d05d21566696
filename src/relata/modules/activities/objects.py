"""Tasks, calls, meetings and notes. Each may be about any record, also one of an object made at run time."""

from __future__ import annotations

from relata.engine.metadata.fields import (
    AnyLink,
    Boolean,
    Choice,
    Date,
    DateTime,
    Duration,
    Formula,
    Link,
    Links,
    LongText,
    Option,
    RichText,
    Tags,
    Text,
    WebAddresses,
)
from relata.engine.metadata.object import Happening, Lifecycle, Object
from relata.modules.activities import contracts
from relata.modules.parties.contracts import CONTACT

TASK = Object(
    contracts.TASK,
    label="Task",
    help="Something that somebody has to do; its owner is who does it.",
    icon="square-check",
    colour="green",
    indexes=(("owner", "due_on"),),
    title_field="subject",
    happening=Happening(due="due_on", open='status in ("open", "in_progress")'),
    lifecycle=Lifecycle(
        "status",
        "open",
        {
            "open": ("in_progress", "done", "cancelled"),
            "in_progress": ("open", "done", "cancelled"),
            "done": ("open",),
            "cancelled": ("open",),
        },
        starts=("in_progress", "done", "cancelled"),
    ),
    fields=(
        Text("subject", required=True, max_length=200, searchable=True, help="What is to be done, in a few words."),
        Choice(
            "status",
            default="open",
            indexed=True,
            help="Whether it is done.",
            options=(
                Option("open", colour="blue"),
                Option("in_progress", colour="amber"),
                Option("done", colour="green"),
                Option("cancelled", colour="grey"),
            ),
        ),
        Choice(
            "priority",
            default="normal",
            help="What comes first.",
            options=(
                Option("low", colour="grey"),
                Option("normal", colour="blue"),
                Option("high", colour="orange"),
                Option("urgent", colour="red"),
            ),
        ),
        Choice(
            "kind",
            default="to_do",
            help="What sort of work it is.",
            options=(
                Option("to_do", "To do", "grey"),
                Option("call", colour="green"),
                Option("email", "E-mail", "blue"),
                Option("follow_up", "Follow up", "violet"),
                Option("prepare", colour="amber"),
            ),
        ),
        AnyLink("about", help="The record that the task is about: an account, a contact, a deal or anything else."),
        Date("due_on", label="Due", indexed=True, help="The day by which it should be done."),
        DateTime("remind_at", label="Remind me", indexed=True, reminds=True, help="When to remind the owner."),
        DateTime("completed_at", label="Completed", read_only=True, help="When it was done; follows the status."),
        Formula(
            "is_overdue",
            label="Overdue",
            expression='status in ("open", "in_progress") and due_on < today()',
            help="Whether it should have been done by now.",
        ),
        LongText("description", searchable=True, help="What one needs to know to do it."),
        Tags("tags", indexed=True, help="Words of your own, to find tasks by."),
    ),
)

CALL = Object(
    contracts.CALL,
    label="Call",
    help="A telephone or video call that took place, or that nobody answered.",
    icon="phone",
    colour="teal",
    title_field="subject",
    happening=Happening("at"),
    fields=(
        Text("subject", required=True, max_length=200, searchable=True, help="What it was about, in a few words."),
        Choice(
            "direction",
            default="outbound",
            help="Who called whom.",
            options=(Option("outbound", "We called", "blue"), Option("inbound", "They called", "green")),
        ),
        Choice(
            "outcome",
            default="connected",
            indexed=True,
            help="How it ended.",
            options=(
                Option("connected", colour="green"),
                Option("left_message", colour="amber"),
                Option("no_answer", colour="grey"),
                Option("busy", colour="grey"),
                Option("call_back", "To be called back", "violet"),
                Option("wrong_number", colour="red"),
            ),
        ),
        DateTime("at", label="When", required=True, indexed=True, help="When the call began."),
        Duration("duration", help="How long it took."),
        AnyLink("about", help="The record that the call was about: an account, a contact, a deal or anything else."),
        Link("contact", CONTACT, reverse="calls_with", reverse_label="Calls with", help="The person on the other end."),
        Text("phone", max_length=60, help="The number that was called, or that called."),
        LongText("summary", searchable=True, help="What was said and agreed."),
    ),
)

MEETING = Object(
    contracts.MEETING,
    label="Meeting",
    help="A conversation with a time and a place, with people from both sides.",
    icon="calendar",
    colour="violet",
    indexes=(("owner", "starts_at"),),
    title_field="subject",
    happening=Happening("starts_at", due="starts_at", open='status = "planned"'),
    lifecycle=Lifecycle(
        "status",
        "planned",
        {"planned": ("held", "cancelled"), "held": ("planned",), "cancelled": ("planned",)},
        starts=("held", "cancelled"),
    ),
    fields=(
        Text("subject", required=True, max_length=200, searchable=True, help="What it is about, in a few words."),
        Choice(
            "status",
            default="planned",
            indexed=True,
            help="Whether it took place.",
            options=(
                Option("planned", colour="blue"),
                Option("held", colour="green"),
                Option("cancelled", colour="grey"),
            ),
        ),
        DateTime("starts_at", required=True, indexed=True, label="Starts", help="When it begins."),
        DateTime("ends_at", label="Ends", help="When it is over; one hour after the start if left empty."),
        Boolean("is_all_day", label="All day", default=False, help="Whether it takes the whole day."),
        Text("location", max_length=255, searchable=True, help="Where it takes place."),
        WebAddresses("join_link", help="Where to join it from afar."),
        AnyLink("about", help="The record that the meeting is about: an account, a contact, a deal or anything else."),
        Links("contacts", CONTACT, reverse="attended_meetings", help="Who takes part on the customer's side."),
        Links("colleagues", "user", reverse="attended_meetings", help="Who takes part on our side, besides the owner."),
        DateTime("remind_at", label="Remind me", indexed=True, reminds=True, help="When to remind the owner."),
        LongText("agenda", help="What is to be talked about."),
        LongText("outcome", searchable=True, help="What was agreed."),
    ),
)

NOTE = Object(
    contracts.NOTE,
    label="Note",
    help="Something worth remembering about a record.",
    icon="sticky-note",
    colour="amber",
    title_field="subject",
    happening=Happening(),
    fields=(
        Text("subject", max_length=200, searchable=True, help="A title; the first line of the text if left empty."),
        RichText("body", label="Text", required=True, searchable=True, help="The note itself; Markdown is understood."),
        AnyLink("about", help="The record that the note is about: an account, a contact, a deal or anything else."),
        Boolean("is_pinned", label="Pinned", default=False, help="Shown above the other notes."),
        Tags("tags", indexed=True, help="Words of your own, to find notes by."),
    ),
)

OBJECTS = (TASK, CALL, MEETING, NOTE)
