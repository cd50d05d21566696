"""Dashboards as records: they have access, history, API, export and the bin like any other."""

from __future__ import annotations

from typing import Any

from relata.engine.metadata.fields import Boolean, Integer, Json, Link, LongText, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.module import Guard
from relata.engine.metadata.object import Object
from relata.engine.reporting.dashboards import body

_MINE = Grant(read="own", create="own", change="own", delete="own")

DASHBOARD = Object(
    "dashboard",
    label="Dashboard",
    help="Reports and figures side by side, for somebody or for many.",
    icon="layout-dashboard",
    everyone=_MINE,
    personal=True,
    fields=(
        Text("name", required=True, max_length=120, searchable=True, help="What the dashboard is called."),
        LongText("description", max_length=1000, help="Whom it helps, and with what."),
        Json("body", help="Its tabs, cards and filters."),
        Text("copied_from", max_length=120, read_only=True, help="The shipped dashboard that it began as."),
        Integer("position", default=0, help="Where it stands among the dashboards; the lowest comes first."),
    ),
)

DASHBOARD_CHOICE = Object(
    "dashboard_choice",
    label="Choice of a dashboard",
    plural_label="Choices of dashboards",
    help="That its owner starts with a dashboard.",
    icon="pin",
    title_field="shipped",
    nav=False,
    everyone=_MINE,
    personal=True,
    fields=(
        Link("dashboard", "dashboard", reverse="choices", on_delete="cascade", help="The dashboard."),
        Text("shipped", max_length=120, help="Or one that a module ships, by its key."),
        Boolean("is_default", label="Default", default=True, help="Whether the dashboards open with it."),
    ),
)


async def check_dashboard(work: Any, draft: Any) -> None:
    """What is kept can be shown: the body is one."""
    if draft.changed("body"):
        draft.set("body", body.write(body.read(draft["body"])))


OBJECTS = (DASHBOARD, DASHBOARD_CHOICE)
GUARDS = (Guard("dashboard", check_dashboard),)
