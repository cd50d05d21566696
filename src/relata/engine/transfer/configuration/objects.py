"""A package that was applied, as an ordinary object: who did so, how much changed, and the way back."""

from __future__ import annotations

from relata.engine.metadata.fields import Choice, DateTime, Integer, Json, Option, Text
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Module
from relata.engine.metadata.object import Object

APPLIED = "configuration_change"

OBJECT = Object(
    APPLIED,
    by_hand=False,
    label="Change of the configuration",
    plural_label="Changes of the configuration",
    help="A package that was applied: what it changed, and whether it was rolled back.",
    icon="package",
    nav=False,
    fields=(
        Text("name", required=True, max_length=200, read_only=True, help="The package's name."),
        Choice(
            "status",
            required=True,
            read_only=True,
            help="Whether it stands.",
            options=(Option("applied", colour="green"), Option("rolled_back", "Rolled back", "orange")),
        ),
        Integer("added", read_only=True, help="How many things are new."),
        Integer("changed", read_only=True, help="How many things are otherwise."),
        Integer("removed", read_only=True, help="How many things are gone."),
        DateTime("rolled_back_at", label="Rolled back", read_only=True, help="When it was rolled back."),
        Json("differences", read_only=True, hidden=True, sensitivity="secret", help="The way back; told to nobody."),
    ),
)

MODULE = Module(
    "configuration",
    "Configuration packages",
    "The configuration as files, applied and rolled back as a whole.",
    essential=True,
    objects=(OBJECT,),
    layouts=(
        Layout(
            APPLIED,
            columns=("status", "added", "changed", "removed", "created_at"),
            order="-created_at",
            highlights=("status", "added", "changed", "removed"),
            sections=(Section("Package", ("name", "rolled_back_at")),),
        ),
    ),
)
