"""A bulk change as an ordinary object: who began it sees it, comes back to it and takes it back."""

from __future__ import annotations

from relata.engine.metadata.fields import Boolean, Choice, DateTime, Integer, Json, Link, LongText, Option, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Module
from relata.engine.metadata.object import Object

BULK_CHANGE = "bulk_change"

OBJECT = Object(
    BULK_CHANGE,
    by_hand=False,
    label="Bulk change",
    help="One change of many records: what was asked for, how far it is, and what was refused.",
    icon="list-checks",
    nav=False,
    everyone=Grant(read="own"),
    fields=(
        Text("name", required=True, max_length=200, read_only=True, help="What was done to which records."),
        Choice(
            "kind",
            required=True,
            read_only=True,
            help="What is done to each record.",
            options=(
                Option("change", "Change values", "blue"),
                Option("paste", "Paste", "blue"),
                Option("delete", colour="red"),
                Option("restore", colour="green"),
                Option("action", "Run an action", "violet"),
                Option("add", "Add to a list", "teal"),
                Option("fix", "Tidy up", "teal"),
                Option("undo", colour="orange"),
            ),
        ),
        Text("records_of", max_length=80, read_only=True, label="Records of", help="The name of the object."),
        Choice(
            "status",
            required=True,
            read_only=True,
            help="Whether it is still running.",
            options=(
                Option("running", colour="blue"),
                Option("paused", colour="orange"),
                Option("done", colour="green"),
                Option("cancelled"),
                Option("failed", colour="red"),
            ),
        ),
        Integer("total", read_only=True, help="How many records there were when it began."),
        Integer("changed", read_only=True, help="How many have been changed."),
        Integer("unchanged", read_only=True, help="How many were so already."),
        Integer("refused", read_only=True, help="How many were refused; the report says why."),
        LongText("error", read_only=True, help="Why it ended early."),
        DateTime("finished_at", label="Finished", read_only=True, ends=True, help="When it ended."),
        Link("undoes", BULK_CHANGE, reverse="undone_by", read_only=True, help="The bulk change that this one undoes."),
        Boolean(
            "is_undoable", read_only=True, hidden=True, label="Can be undone", help="Whether it can be taken back."
        ),
        Json("plan", read_only=True, hidden=True, sensitivity="secret", help="What is to be done; kept from everyone."),
        Text("position", read_only=True, hidden=True, help="How far it is: a page marker, never a value."),
    ),
)

MODULE = Module(
    "bulk",
    "Bulk changes",
    "Changing, deleting and restoring many records at once, and taking it back.",
    essential=True,
    objects=(OBJECT,),
    layouts=(
        Layout(
            BULK_CHANGE,
            columns=("kind", "status", "total", "changed", "refused", "created_at"),
            order="-created_at",
            highlights=("status", "total", "changed", "unchanged", "refused"),
            sections=(Section("Bulk change", ("name", "kind", "records_of", "undoes", "error", "finished_at")),),
            related=("undone_by",),
        ),
    ),
)
