"""The time that a deal spent in one stage."""

from __future__ import annotations

from relata.engine.metadata.fields import DateTime, Duration, Link, Text
from relata.engine.metadata.object import Object
from relata.modules.sales import contracts

STAGE_STAY = Object(
    contracts.STAGE_STAY,
    by_hand=False,
    label="Stay in a stage",
    plural="stage_stays",
    plural_label="Stage history",
    help="When a deal came to a stage, when it left it, and where it went; kept by the system with each move.",
    icon="history",
    colour="indigo",
    nav=False,
    access_parent="opportunity",
    indexes=(("stage", "entered_at"), ("opportunity", "entered_at")),
    fields=(
        Text("name", max_length=80, read_only=True, label="Stage then", help="What the stage was called then."),
        Link(
            "opportunity",
            contracts.OPPORTUNITY,
            required=True,
            read_only=True,
            reverse="stage_stays",
            on_delete="cascade",
            help="The deal.",
        ),
        Link(
            "stage",
            contracts.STAGE,
            read_only=True,
            reverse="stays",
            help="The stage; empty once somebody deleted it.",
        ),
        Link(
            "came_from",
            contracts.STAGE,
            read_only=True,
            reverse="stays_after",
            help="The stage before; empty at the beginning.",
        ),
        Link(
            "went_to",
            contracts.STAGE,
            read_only=True,
            reverse="stays_before",
            help="The stage after; empty while the deal is there.",
        ),
        DateTime("entered_at", label="Entered", required=True, read_only=True, help="When the deal came to it."),
        DateTime("left_at", label="Left", read_only=True, help="When the deal left it; empty while it is there."),
        Duration("duration", label="Stayed", read_only=True, help="How long it was there; empty while it is there."),
    ),
)
