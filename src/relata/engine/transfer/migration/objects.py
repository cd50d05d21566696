"""A move from another system and what has to be decided in it, as ordinary objects."""

from __future__ import annotations

from relata.engine.metadata.fields import AnyLink, Choice, DateTime, Integer, Json, Link, LongText, Option, Text
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Module
from relata.engine.metadata.object import Object

MIGRATION, CONFLICT = "migration", "migration_conflict"

RUN = Object(
    MIGRATION,
    label="Move",
    plural_label="Moves",
    help="One export of another system that was brought here: what it held, and what became of it.",
    icon="truck",
    nav=False,
    fields=(
        Text("name", required=True, max_length=255, read_only=True, help="The name of the export."),
        Text("system", max_length=40, read_only=True, help="The system that it comes from."),
        Choice(
            "status",
            required=True,
            read_only=True,
            help="How far it is.",
            options=(
                Option("reading", "Being read", "blue"),
                Option("ready", "Ready to begin", "teal"),
                Option("running", colour="blue"),
                Option("paused", colour="orange"),
                Option("done", colour="green"),
                Option("failed", colour="red"),
            ),
        ),
        Integer("total", read_only=True, label="Rows", help="How many rows the export has."),
        Integer("settled", read_only=True, help="How many rows are settled."),
        Integer("created", read_only=True, label="New", help="How many records were made."),
        Integer("updated", read_only=True, label="Changed", help="How many records were changed."),
        Integer("unchanged", read_only=True, label="Same", help="How many rows said nothing new."),
        Integer("refused", read_only=True, label="Not brought", help="How many rows were refused."),
        Integer("conflicts", read_only=True, help="How many values were changed on both sides."),
        Text("doing", max_length=120, read_only=True, help="Which table is being brought."),
        LongText("error", read_only=True, help="Why it ended early."),
        DateTime("finished_at", label="Finished", read_only=True, ends=True, help="When it ended."),
        Json("options", read_only=True, hidden=True, sensitivity="secret", help="What was said of the whole export."),
        Json("plan", read_only=True, hidden=True, sensitivity="secret", help="What becomes what; for who moves in."),
        Json("report", read_only=True, hidden=True, sensitivity="secret", help="What came of it; for who moves in."),
    ),
)

CONFLICTS = Object(
    CONFLICT,
    label="Conflict of a move",
    plural_label="Conflicts of moves",
    help="A value that was changed here and in the other system since the last move: one of them has to be chosen.",
    icon="git-compare",
    nav=False,
    access_parent="record",
    fields=(
        Text("name", required=True, max_length=120, read_only=True, help="What the value is called."),
        Choice(
            "decision",
            required=True,
            default="open",
            read_only=True,
            indexed=True,
            help="Which of the two holds.",
            options=(
                Option("open", "To be decided", "amber"),
                Option("ours", "As it is here", "green"),
                Option("theirs", "As in the other system", "blue"),
            ),
        ),
        AnyLink("record", required=True, read_only=True, help="The record."),
        Text("field", max_length=80, read_only=True, help="The name of the field."),
        Text("key", max_length=160, read_only=True, hidden=True, indexed=True, help="Record and field."),
        Link(
            MIGRATION,
            MIGRATION,
            reverse="conflict_list",
            on_delete="cascade",
            read_only=True,
            label="Move",
            help="The move in which it showed.",
        ),
        LongText(
            "theirs", read_only=True, hidden=True, sensitivity="secret", help="What the other system says; sealed."
        ),
    ),
)

MODULE = Module(
    "moving",
    "Moving in",
    "Bringing everything from another system, again and again until the old one is switched off.",
    essential=True,
    objects=(RUN, CONFLICTS),
    layouts=(
        Layout(
            MIGRATION,
            columns=("system", "status", "total", "created", "updated", "refused", "conflicts", "created_at"),
            order="-created_at",
            highlights=("system", "status", "total", "created", "refused"),
            sections=(Section("Move", ("name", "system", "status", "error", "finished_at")),),
        ),
        Layout(
            CONFLICT,
            columns=("record", "field", "decision", "created_at"),
            order="-created_at",
            sections=(Section("Conflict", ("name", "record", "field", "decision", "migration")),),
        ),
    ),
)
