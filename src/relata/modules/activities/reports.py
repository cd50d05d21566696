"""Reports on what was done with customers."""

from __future__ import annotations

from relata.engine.reporting.definition import Definition, Grouping, Measure, Picture
from relata.engine.reporting.reports.shipped import ShippedReport
from relata.modules.activities import contracts

_WEEKS = "in last_weeks(12)"

REPORTS = (
    ShippedReport(
        key="activities.calls_by_outcome", label="Calls by outcome", help="How the calls of the last weeks ended.",
        definition=Definition(
            object=contracts.CALL, where=f"at {_WEEKS}", rows=(Grouping(path="at", grain="week", show_empty=True),),
            columns=(Grouping(path="outcome"),), picture=Picture(kind="stacked"), date="at",
            measures=(Measure(label="Calls"),),
        ),
    ),
    ShippedReport(
        key="activities.calls_by_person", label="Calls by team", help="How many calls each team made, and how long.",
        definition=Definition(
            object=contracts.CALL, where=f"at {_WEEKS}", rows=(Grouping(path="team", sort="-value"),), date="at",
            measures=(
                Measure(name="calls", label="Calls"),
                Measure(name="reached", where='outcome = "connected"', label="Reached"),
                Measure(function="formula", expression="reached / calls", unit="percent", label="Share reached"),
                Measure(function="median", path="duration", label="Half are shorter than"),
            ),
        ),
    ),
    ShippedReport(
        key="activities.meetings_by_week", label="Meetings by week",
        help="Meetings that were held, and that fell through.",
        definition=Definition(
            object=contracts.MEETING, where=f"starts_at {_WEEKS}", picture=Picture(kind="stacked"), date="starts_at",
            rows=(Grouping(path="starts_at", grain="week", show_empty=True),), columns=(Grouping(path="status"),),
            measures=(Measure(label="Meetings"),),
        ),
    ),
    ShippedReport(
        key="activities.open_tasks", label="Open tasks", help="What is still to be done, and what is late.",
        definition=Definition(
            object=contracts.TASK, where='status in ("open", "in_progress")', date="due_on",
            rows=(Grouping(path="owner", sort="-value"),), picture=Picture(kind="bar"),
            measures=(Measure(label="Open"), Measure(where="due_on < today()", label="Late")),
        ),
    ),
)  # fmt: skip
