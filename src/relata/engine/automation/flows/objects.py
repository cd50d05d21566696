"""Flows and their versions: ordinary objects. What a version says is kept from everyone but who manages flows."""

from __future__ import annotations

from typing import Any

from relata.engine.automation.flows.form_objects import CARD, FORM_OBJECT, LAYOUT
from relata.engine.metadata.fields import Choice, DateTime, Integer, Json, Link, LongText, Option, Text, User
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Guard, Module
from relata.engine.metadata.object import Object
from relata.foundation.errors import Denied

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


async def _managers_only(work: Any, draft: Any) -> None:
    if not work.trusted and not work.actor.rights.permits(MANAGE):
        raise Denied("You may not change flows.", code="denied_manage_flows", hint="Ask an administrator.")
    if draft.is_new and not work.trusted:  # without a version it would be nothing
        hint = "Make it there, or import its file."
        raise Denied("A flow is made in the settings.", code="denied_flow_alone", hint=hint)


MODULE = Module(
    "flows",
    "Flows",
    "What happens by itself: rules that people write without code.",
    essential=True,
    objects=(FLOW_OBJECT, VERSION_OBJECT, FORM_OBJECT),
    guards=(Guard(FLOW, _managers_only), Guard(VERSION, _managers_only)),
    permissions={MANAGE: "Make, change and publish flows, and see how they run."},
    layouts=(
        Layout(
            FLOW,
            columns=("state", "owner", "changed_at"),
            order="name",
            highlights=("state", "paused_because", "owner"),
            sections=(Section("Flow", ("name", "purpose")),),
            related=("versions",),
        ),
        LAYOUT,
    ),
    home=(CARD,),
)
