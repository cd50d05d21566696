"""Flows and their versions: ordinary objects. What a version says is kept from everyone but who manages flows."""

from __future__ import annotations

from relata.engine.metadata.fields import Choice, DateTime, Integer, Json, Link, LongText, Option, Text, User
from relata.engine.metadata.object import Object

FLOW, VERSION = "flow", "flow_version"
#: May make, change and publish flows, and see how they run.
MANAGE = "manage_flows"

FLOW_OBJECT = Object(
    FLOW,
    label="Flow",
    help="Something that happens by itself when something happened.",
    icon="workflow",
    nav=False,
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What it is called."),
        LongText("purpose", help="What it is for."),
        Choice(
            "state",
            default="draft",
            required=True,
            read_only=True,
            indexed=True,
            help="Whether it starts by itself.",
            options=(
                Option("draft"),
                Option("active", colour="green"),
                Option("paused", colour="orange"),
                Option("archived"),
            ),
        ),
        Text("paused_because", max_length=300, read_only=True, help="Why it does not start any more."),
        Text("template", max_length=80, read_only=True, hidden=True, help="The template that it was made from."),
    ),
)

VERSION_OBJECT = Object(
    VERSION,
    label="Flow version",
    help="What a flow does. A run stays on the version with which it began.",
    icon="git-branch",
    nav=False,
    title_field="number",
    access_parent="flow",
    unique_together=(("flow", "number"),),
    fields=(
        Link("flow", FLOW, required=True, on_delete="cascade", reverse="versions", help="The flow."),
        Integer("number", required=True, read_only=True, help="1, 2, 3 and so on."),
        Choice(
            "state",
            default="draft",
            required=True,
            read_only=True,
            help="Whether it is being written, runs, or has run.",
            options=(Option("draft"), Option("active", colour="green"), Option("archived")),
        ),
        User("published_by", read_only=True, reverse="published_flows", help="As whom it runs."),
        DateTime("published_at", read_only=True, help="Since when it runs."),
        Json(
            "body",
            read_only=True,
            hidden=True,
            sensitivity="secret",
            kept_plain=True,
            help="What it does; see the settings.",
        ),
    ),
)
