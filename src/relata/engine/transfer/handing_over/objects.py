"""A handover as an ordinary object: who did it sees how far it is, and takes it back."""

from __future__ import annotations

from relata.engine.metadata.fields import Boolean, DateTime, Integer, Json, Text, User
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Module
from relata.engine.metadata.object import Object

HANDOVER = "handover"

OBJECT = Object(
    HANDOVER,
    by_hand=False,
    label="Handover",
    help="What somebody who leaves had, given to others in one go; its records go on as bulk changes.",
    icon="handshake",
    nav=False,
    everyone=Grant(read="own"),
    fields=(
        Text("name", required=True, max_length=200, read_only=True, help="Whose things went where."),
        User("person", required=True, read_only=True, reverse="handovers", help="Who had everything."),
        Integer("records", read_only=True, help="How many records there were when it began."),
        Boolean("shuts_out", read_only=True, label="Deactivated", help="Whether the person was deactivated by it."),
        DateTime("undone_at", label="Taken back", read_only=True, help="When it was taken back."),
        Json("parts", read_only=True, hidden=True, help="Its bulk changes, and what was their own."),
    ),
)

MODULE = Module(
    "handing_over",
    "Handing over",
    "Giving everything of somebody who leaves to others, and taking it back.",
    objects=(OBJECT,),
    layouts=(
        Layout(
            HANDOVER,
            columns=("person", "records", "created_at", "undone_at"),
            order="-created_at",
            highlights=("person", "records", "shuts_out"),
            sections=(Section("Handover", ("name", "person", "records", "shuts_out", "undone_at")),),
        ),
    ),
)
