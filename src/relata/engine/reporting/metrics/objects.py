"""Metrics as records. A definition that changes keeps what it was, so that a chart can say where the number turned."""

from __future__ import annotations

from typing import Any

import msgspec

from relata.engine.metadata.fields import Choice, Integer, Json, LongText, Option, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.module import Guard, Role
from relata.engine.metadata.object import Object
from relata.engine.reporting import definition as definitions

METRIC = Object(
    "metric",
    label="Metric",
    help="A figure with a name that means the same everywhere: what it counts, of which records, and since when.",
    icon="gauge",
    nav=False,
    title_field="name",
    everyone=Grant(read="all"),
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What people call it."),
        Text(
            "key",
            required=True,
            unique=True,
            max_length=80,
            pattern="[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)?",
            pattern_hint="Small letters, such as sales.win_rate.",
            help="How reports and dashboards refer to it.",
        ),
        LongText("description", max_length=2000, help="What it says, and what it does not."),
        Choice(
            "better",
            default="up",
            help="Which way is good news.",
            options=(Option("up", "Higher"), Option("down", "Lower"), Option("neither", "Neither")),
        ),
        Integer("least", default=10, minimum=0, help="With fewer records it is shaky, and says so."),
        Json("body", required=True, help="How it is counted: a report without groups."),
        Text("why", max_length=300, help="Why the definition was changed last."),
        Integer("revision", default=1, read_only=True, help="How often it was defined."),
        Json("changes", read_only=True, help="Former definitions, with the day on which each ended."),
    ),
)


async def check_metric(work: Any, draft: Any) -> None:
    """The body is a definition; another one makes a new version and keeps the former."""
    if not draft.changed("body"):
        return
    new = definitions.read(draft["body"])
    draft.set("body", definitions.write(new))
    if draft.is_new:
        return
    old = definitions.read(draft.old("body"))
    if new == old:
        return
    former = {
        "version": draft.old("revision") or 1, "until": work.clock.today.isoformat(),
        "note": (draft["why"] or "") if draft.changed("why") else "", "definition": msgspec.to_builtins(old),
    }  # fmt: skip
    draft.set("changes", [*(draft.old("changes") or ()), former])
    draft.set("revision", (draft.old("revision") or 1) + 1)


OBJECTS = (METRIC,)
GUARDS = (Guard("metric", check_metric),)
ROLES = (Role("member", grants={METRIC.name: Grant("all", "all", "own", "own")}),)
