"""Snapshots as records: which report is kept and how often, and what it said each time."""

from __future__ import annotations

from typing import Any

from relata.engine.metadata.fields import Boolean, Choice, DateTime, DecimalField, Integer, Json, Link, Option, Text
from relata.engine.metadata.grant import Grant
from relata.engine.metadata.module import Guard
from relata.engine.metadata.object import Object
from relata.engine.reporting.reports.shelf import report
from relata.engine.reporting.schedules.timing import next_time

#: At which hour, by the clock of its owner: the day before is told, in the quiet of the night.
HOUR = 0

REPORT_SERIES = Object(
    "report_series",
    label="Snapshot series",
    plural="report_series_list",
    plural_label="Snapshot series",
    help="A report whose numbers are kept again and again, as its owner sees them, so that their way can be seen.",
    icon="history",
    nav=False,
    everyone=Grant(read="own", create="own", change="own", delete="own"),
    personal=True,
    fields=(
        Text("name", required=True, max_length=120, help="What the series is called; by itself as its report."),
        Text(
            "report", required=True, max_length=120, indexed=True, help="The report's id, or the key of a shipped one."
        ),
        Choice(
            "rhythm",
            default="weekly",
            required=True,
            help="How often its numbers are kept.",
            options=(
                Option("daily", "Every day"),
                Option("weekdays", "Every working day"),
                Option("weekly", "Every week"),
                Option("monthly", "Every month"),
            ),
        ),
        Boolean("is_active", label="Active", default=True, help="Whether further ones are kept."),
        DateTime("next_at", label="Next", read_only=True, indexed=True, help="When the next one is kept."),
        DateTime("last_at", label="Last", read_only=True, help="When the last one was kept."),
        Text("last_error", label="Problem", read_only=True, max_length=300, help="Why the last one could not be kept."),
    ),
)

REPORT_SNAPSHOT = Object(
    "report_snapshot",
    label="Snapshot",
    plural="report_snapshots",
    help="What a report said at one moment, with the rights of the owner of its series.",
    icon="history",
    nav=False,
    access_parent="series",
    everyone=Grant(read="own"),
    indexes=(("series", "taken_at"),),
    fields=(
        Text("name", max_length=120, read_only=True, help="The report's name then."),
        Link(
            "series", "report_series", required=True, read_only=True, reverse="snapshots", on_delete="cascade",
            help="The series that it belongs to.",
        ),
        DateTime("taken_at", label="Kept", required=True, read_only=True, help="When the report was asked."),
        DecimalField("value", read_only=True, places=6, help="Its first figure, of everything; durations in seconds."),
        Integer("records", read_only=True, help="How many records it counted."),
        Json("body", read_only=True, help="The figures of every group, with the names that they had."),
    ),
)  # fmt: skip


async def check_series(work: Any, draft: Any) -> None:
    """It is of a report that its owner may see, and it is known when the next one is kept."""
    if draft.is_new or draft.changed("report"):
        found = await report(work, draft["report"] or "")
        if not draft["name"]:
            draft.set("name", found.name[:120])
    if draft.is_new or draft.changed("rhythm") or draft.changed("is_active"):
        draft.set("next_at", due_after(work, draft["rhythm"]) if draft["is_active"] is not False else None)


def due_after(work: Any, rhythm: str | None, zone: str = "") -> Any:
    """When the next one is due; monthly ones on the first, weekly ones on Monday."""
    return next_time(rhythm or "weekly", HOUR, work.clock.now, zone or work.clock.zone)


OBJECTS = (REPORT_SERIES, REPORT_SNAPSHOT)
GUARDS = (Guard("report_series", check_series),)
