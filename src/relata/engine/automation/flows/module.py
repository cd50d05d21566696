"""Flows as a module of the engine: what it declares."""

from __future__ import annotations

from typing import Any

from relata.engine.automation.flows.form_objects import CARD, FORM_OBJECT, LAYOUT
from relata.engine.automation.flows.objects import FLOW, FLOW_OBJECT, MANAGE, VERSION, VERSION_OBJECT
from relata.engine.automation.flows.packed import PACKED
from relata.engine.automation.making.mapping import PACKED as MAPPINGS
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.module import Guard, Module
from relata.foundation.errors import Denied


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
    packed=(PACKED, MAPPINGS),
)
