"""Schedules as records: what goes out, when, and to whom."""

from __future__ import annotations

from typing import Any

from relata.engine.metadata.fields import Boolean, Choice, DateTime, Integer, Link, Links, LongText, Option, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.module import Guard
from relata.engine.metadata.object import Object
from relata.engine.reporting.schedules.timing import next_time
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

MAX_READERS = 200

REPORT_SCHEDULE = Object(
    "report_schedule",
    label="Report by mail",
    plural_label="Reports by mail",
    help="A dashboard or report that is mailed again and again. Every reader gets the numbers that they may see.",
    icon="calendar-clock",
    nav=False,
    everyone=Grant(read="own", create="own", change="own", delete="own"),
    personal=True,
    fields=(
        Text("name", required=True, max_length=120, help="What the mail is called."),
        Link("dashboard", "dashboard", reverse="schedules", on_delete="cascade", help="The dashboard that is mailed."),
        Link("report", "report", reverse="schedules", on_delete="cascade", help="Or the report."),
        Text("shipped", max_length=120, help="Or a dashboard that a module ships, by its key."),
        Text("filters", max_length=1000, help="Its filters, as its address holds them; me is each reader."),
        Choice(
            "rhythm",
            default="weekly",
            required=True,
            help="How often.",
            options=(
                Option("daily", "Every day"),
                Option("weekdays", "Every working day"),
                Option("weekly", "Every week"),
                Option("monthly", "Every month"),
            ),
        ),
        Integer("weekday", default=1, minimum=1, maximum=7, help="Of a weekly one: 1 is Monday, 7 is Sunday."),
        Integer("day", default=1, minimum=1, maximum=31, help="Of a monthly one; a shorter month takes its last day."),
        Integer("hour", default=7, minimum=0, maximum=23, help="At which hour, by the clock of its owner."),
        Links("readers", "user", reverse="reports_by_mail", help="Who gets it, beside its owner."),
        Boolean("is_active", label="Active", default=True, help="Whether it goes out."),
        DateTime("next_at", label="Next", read_only=True, indexed=True, help="When it goes out next."),
        DateTime("last_at", label="Last", read_only=True, help="When it went out last."),
        LongText("last_error", label="Problems", read_only=True, max_length=2000, help="Who did not get it, and why."),
    ),
)


async def check_schedule(work: Any, draft: Any) -> None:
    """Something goes out to somebody, and it is known when next."""
    if not (draft["dashboard"] or draft["report"] or draft["shipped"]):
        raise Invalid.of([Problem("required", _("Choose what is mailed."), "dashboard")])
    if len(draft["readers"] or ()) > MAX_READERS:
        raise Invalid.of([Problem("too_many", _("At most %(n)s people.") % {"n": MAX_READERS}, "readers")])
    timed = ("rhythm", "weekday", "day", "hour", "is_active")
    if draft.is_new or any(draft.changed(name) for name in timed):
        draft.set("next_at", due_after(work, draft) if draft["is_active"] is not False else None)


def due_after(work: Any, values: Any, zone: str = "") -> Any:
    """When a schedule with these values is due next. zone: of its owner; else of who is at work."""
    return next_time(
        values["rhythm"] or "weekly", values["hour"] if values["hour"] is not None else 7, work.clock.now,
        zone or work.clock.zone, weekday=values["weekday"] or 1, day=values["day"] or 1,
    )  # fmt: skip


OBJECTS = (REPORT_SCHEDULE,)
GUARDS = (Guard("report_schedule", check_schedule),)
