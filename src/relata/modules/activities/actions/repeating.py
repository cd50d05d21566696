"""When a task that repeats is done, the next one is there; once, however often it is reopened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from relata.engine.workspace.consequences import Values, Written
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities.contracts import STEP, TASK
from relata.modules.activities.rules import series

_TAKEN = (
    "subject", "priority", "kind", "about", "description", "tags", "repeats", "rule", "counts_from", "owner", "team",
    "repeats_until",
)  # fmt: skip


async def make_next(work: Workspace, written: Sequence[Written]) -> None:
    """With its checklist, none of it done."""
    for one in written:
        if one.before is None or one.after is None or not one.changed("status") or one.new("status") != "done":
            continue
        due = next_due(one.after, work.clock.today)
        if due is None or await work.first(TASK, previous=one.id) is not None:
            continue
        values = {name: one.new(name) for name in _TAKEN if one.new(name) is not None}
        if one.new("remind_at") is not None and one.new("due_on") is not None:
            values["remind_at"] = one.new("remind_at") + (due - one.new("due_on"))
        made = await work.create(TASK, {**values, "due_on": due, "previous": one.id})
        for step in await work.find(STEP, task=one.id, order="created_at"):
            await work.create(STEP, {"text": step["text"], "task": made.id})


def next_due(task: Values, today: date) -> date | None:
    """The day of the next one, never one that is over already; None where there is none."""
    if not task["rule"] or task["due_on"] is None:
        return None
    rule = series.parse_rule(task["rule"], "UTC")
    start = task["due_on"] if task["counts_from"] != "done" else today
    if task["counts_from"] == "done" and task["repeats"] not in ("other", "workdays"):
        rule = series.parse_rule(series.rule_of(task["repeats"], _midnight(start), "UTC"), "UTC")
    found = series.Series(_midnight(start), "UTC", rule)
    after = _midnight(max(start, today - timedelta(days=1)) + timedelta(days=1))
    coming = series.occurrences(found, after, after + timedelta(days=3700), most=1)
    due = coming[0].date() if coming else None
    last = task["repeats_until"]
    return None if due is None or (last is not None and due > last) else due


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
