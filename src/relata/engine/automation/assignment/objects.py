"""Queues, and what is kept of each assignment: why a record went where it is, and when an answer is due."""

from __future__ import annotations

from relata.engine.automation.assignment.actions import ACTIONS
from relata.engine.automation.assignment.guards import GUARDS
from relata.engine.automation.assignment.packed import PACKED
from relata.engine.automation.assignment.placing import place
from relata.engine.metadata.fields import (
    AnyLink,
    Boolean,
    Choice,
    DateTime,
    Json,
    Link,
    Links,
    Option,
    Tags,
    Text,
    User,
)
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Extension, Module
from relata.engine.metadata.object import Object

QUEUE = Object(
    "queue",
    label="Queue",
    help="Where records wait until one of its members takes them.",
    icon="inbox",
    reference=True,
    nav=False,
    fields=(
        Text("name", required=True, max_length=120, unique=True, searchable=True, help="What it is called."),
        Links("members", "user", reverse="queues", help="Who may take records from it."),
        Link(
            "working_calendar", "working_calendar", reverse="queues",
            help="When it is looked after; empty for the team's calendar, or the workspace's.",
        ),
    ),
)  # fmt: skip

ASSIGNMENT = Object(
    "assignment",
    by_hand=False,
    label="Assignment",
    help="Where a record went by the rules, and why.",
    icon="route",
    title_field="title",
    access_parent="about",
    nav=False,
    everyone=Grant(read="own"),
    fields=(
        Text("title", max_length=200, read_only=True, help="Where it went, in words."),
        AnyLink("about", required=True, read_only=True, reverse="assignments", help="The record."),
        Choice(
            "state",
            read_only=True,
            indexed=True,
            help="Whether it still waits for somebody.",
            options=(
                Option("waiting", "Waits in a queue", "orange"),
                Option("assigned", colour="green"),
                Option("taken", "Taken from the queue", "blue"),
                Option("over", "Another one followed"),
            ),
        ),
        Text("rule", read_only=True, max_length=60, help="The name of the rule that decided."),
        User("person", read_only=True, reverse="assigned_by_rules", help="Who got it."),
        Link("queue", "queue", read_only=True, reverse="waiting", on_delete="clear", help="In which queue it lay."),
        Link("to_team", "team", read_only=True, reverse="assigned_by_rules", help="Which team got it."),
        DateTime("taken_at", label="Taken", read_only=True, help="When somebody took it."),
        User("taken_by", read_only=True, reverse="taken_from_queues", help="Who took it."),
        Json("why", read_only=True, hidden=True, help="What each rule said, and what was found of each person."),
    ),
    indexes=(("queue", "state"),),
)

CLOCK = Object(
    "response_clock",
    by_hand=False,
    label="Response time",
    plural_label="Response times",
    help="Until when the new owner of a record must have answered, in working time.",
    icon="timer",
    title_field="title",
    access_parent="about",
    nav=False,
    everyone=Grant(read="own"),
    fields=(
        Text("title", max_length=200, read_only=True, help="Whose answer is waited for."),
        AnyLink("about", required=True, read_only=True, reverse="response_clocks", help="The record."),
        Text("rule", read_only=True, max_length=60, help="The rule that asks for an answer."),
        User("person", read_only=True, reverse="answers_due", help="Who is to answer; nobody while in a queue."),
        DateTime("started", read_only=True, help="Since when it runs."),
        DateTime("due", read_only=True, indexed=True, help="Until when an answer is in time."),
        DateTime("met_at", label="Answered", read_only=True, help="When the first answer came."),
        Boolean("missed", default=False, read_only=True, help="Whether no answer came in time."),
        DateTime("ended_at", label="Ended", read_only=True, help="When it stopped without an answer."),
        User("escalated_to", read_only=True, reverse="escalations", help="Who was told, or got it, when it was late."),
    ),
)

MODULE = Module(
    "assignment",
    "Assignment",
    "Who gets a record: rules, queues, and an answer in time.",
    essential=True,
    depends=("people", "working_time"),
    objects=(QUEUE, ASSIGNMENT, CLOCK),
    extensions=(
        Extension("user", (Tags("skills", help="What this person knows, for assignment rules: languages, products."),)),
    ),
    actions=ACTIONS,
    guards=GUARDS,
    placing=place,
    packed=(PACKED,),
    layouts=(
        Layout(
            "queue",
            columns=("members", "team", "working_calendar"),
            order="name",
            highlights=("team", "working_calendar"),
            sections=(Section("Queue", ("name", "members", "team", "working_calendar")),),
            related=("waiting",),
        ),
        Layout(
            "assignment",
            columns=("about", "state", "person", "queue", "created_at"),
            order="-created_at",
            highlights=("about", "state", "person", "queue"),
            sections=(
                Section(
                    "Assignment",
                    ("title", "about", "state", "rule", "person", "queue", "to_team", "taken_at", "taken_by"),
                ),
            ),
        ),
        Layout(
            "response_clock",
            columns=("about", "person", "due", "met_at", "missed"),
            order="due",
            highlights=("about", "person", "due", "met_at"),
            sections=(
                Section(
                    "Response time",
                    ("title", "about", "rule", "person", "started", "due", "met_at", "missed", "ended_at",
                     "escalated_to"),
                ),
            ),
        ),
    ),
)  # fmt: skip
