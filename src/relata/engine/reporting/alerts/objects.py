"""Alerts as records of who wants to be told."""

from __future__ import annotations

from typing import Any

from relata.engine.metadata.fields import Boolean, Choice, Date, DateTime, DecimalField, Option, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.module import Guard
from relata.engine.metadata.object import Object
from relata.engine.reporting.alerts.unusual import LOOKED_AT
from relata.engine.reporting.dashboards.periods import COUNTED, NAMED
from relata.engine.reporting.metrics.catalogue import metric
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

METRIC_ALERT = Object(
    "metric_alert",
    label="Alert",
    help="Its owner is told when a metric passes a mark or is unusual. It is read once an hour with their own rights.",
    icon="bell",
    title_field="metric",
    nav=False,
    everyone=Grant(read="own", create="own", change="own", delete="own"),
    personal=True,
    fields=(
        Text("metric", required=True, max_length=80, indexed=True, help="The metric, by its key."),
        Choice(
            "way",
            default="below",
            required=True,
            label="When it is",
            help="On which side of the mark it is worth telling, or far from what is usual.",
            options=(Option("below"), Option("above"), Option("unusual")),
        ),
        DecimalField(
            "mark",
            required_when='way != "unusual"',
            places=4,
            help="The number; percent as 25 for 25 %, days as days.",
        ),
        Text("period", max_length=40, help="Over which time, such as this_month; empty for all time."),
        Choice(
            "grain",
            default="month",
            label="Looks at each",
            help="Of which periods the last full one is compared with those before, where it is about what is unusual.",
            options=tuple(Option(name) for name in LOOKED_AT),
        ),
        Boolean("is_active", label="Active", default=True, help="Whether it is read."),
        Choice(
            "state",
            default="quiet",
            read_only=True,
            help="Whether the mark was passed when it was read last.",
            options=(
                Option("quiet", colour="green"),
                Option("raised", colour="red"),
                Option("failing", colour="amber"),
            ),
        ),
        DateTime("read_at", label="Read", read_only=True, help="When it was read last."),
        Date("told_of", read_only=True, help="The unusual period of which its owner was told last."),
        Text("problem", max_length=300, read_only=True, help="Why it can't be read."),
    ),
)


async def check_alert(work: Any, draft: Any) -> None:
    """The metric is there and the period is one."""
    if draft.changed("metric"):
        found = await metric(work, draft["metric"])
        if draft["way"] == "unusual" and not found.definition.date:
            raise Invalid.of([Problem("invalid", _("This number has no day, so it has no usual course."), "way")])
    period = draft["period"]
    if draft.changed("period") and period and period not in NAMED and period not in COUNTED:
        raise Invalid.of([Problem("invalid", _("There is no such period."), "period")])


OBJECTS = (METRIC_ALERT,)
GUARDS = (Guard("metric_alert", check_alert),)
