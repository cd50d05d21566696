"""The log of scores: a record for each reason, with the points that it is worth now."""

from __future__ import annotations

from relata.engine.automation.scoring.names import ENTRY
from relata.engine.automation.scoring.packed import PACKED
from relata.engine.automation.scoring.reactions import REACTIONS, SCHEDULES
from relata.engine.automation.scoring.summing import CONSEQUENCES
from relata.engine.metadata.fields import AnyField, AnyLink, Choice, DateTime, Integer, Option, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Module, Role
from relata.engine.metadata.object import Object

#: What an object needs to be scored, beside a number called `score`.
SCORED: tuple[AnyField, ...] = (
    Integer("behaviour_score", read_only=True, label="Points for behaviour", help="What they did, in points."),
    Choice(
        "grade",
        read_only=True,
        indexed=True,
        help="How promising by the score, from A to D.",
        options=(
            Option("a", "A", "green"), Option("b", "B", "teal"), Option("c", "C", "amber"), Option("d", "D", "grey"),
        ),
    ),
)  # fmt: skip

ENTRY_OBJECT = Object(
    ENTRY,
    by_hand=False,
    label="Score entry",
    plural="score_entries",
    plural_label="Score log",
    help="A reason for points in a score. The score is what its entries add up to.",
    icon="gauge",
    title_field="title",
    access_parent="about",
    nav=False,
    everyone=Grant(read="own"),
    indexes=(("about", "kind"),),
    fields=(
        Text("title", max_length=160, read_only=True, help="The reason."),
        AnyLink("about", required=True, read_only=True, reverse="score_entries", help="Whose score it is."),
        Choice(
            "kind",
            read_only=True,
            help="What somebody is, or what they did.",
            options=(Option("fit", colour="violet"), Option("behaviour", colour="cyan")),
        ),
        Integer("points", read_only=True, help="What it is worth now."),
        Integer("full_points", read_only=True, help="What it was worth at first."),
        Text("rule", max_length=60, read_only=True, help="The name of the rule."),
        Text("event", max_length=80, read_only=True, hidden=True, help="What they did: object and id."),
        DateTime("at", label="When", read_only=True, help="When they did it, or since when it holds."),
    ),
)

MODULE = Module(
    "scoring",
    "Scoring",
    "How promising somebody is, with reasons.",
    essential=True,
    depends=("people",),
    objects=(ENTRY_OBJECT,),
    packed=PACKED,
    consequences=CONSEQUENCES,
    reactions=REACTIONS,
    schedules=SCHEDULES,
    roles=(Role("member", grants={ENTRY: Grant(read="own")}),),
    layouts=(
        Layout(
            ENTRY,
            columns=("about", "kind", "points", "full_points", "at"),
            order="-at",
            highlights=("about", "points", "kind"),
            sections=(Section("Entry", ("title", "about", "kind", "points", "full_points", "at", "rule")),),
        ),
    ),
)
