"""What holds for tasks on every path: the moment of completion, the rule, and what must be done before."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID

from relata.engine.workspace.draft import Draft
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities import contracts, errors, rules
from relata.modules.activities.rules import series

#: So many tasks in a row may wait for each other.
_LONGEST = 50


async def check_task(work: Workspace, draft: Draft) -> None:
    """The moment of completion follows the status; a blocked task is not done."""
    if draft.is_new or draft.changed("status"):
        draft.set("completed_at", rules.completed_at(draft["status"], draft["completed_at"], work.clock.now))
    if draft.changed("blocked_by") and draft["blocked_by"]:
        await _check_circle(work, draft)
    if not draft.is_new and draft.changed("status") and draft["status"] == "done" and draft["blocked_by"]:
        for one in await work.as_system().get_many(contracts.TASK, draft["blocked_by"]):
            if one["status"] in ("open", "in_progress"):
                seen = await work.get_many(contracts.TASK, [one.id])
                raise errors.TaskIsBlocked(seen[0]["subject"] if seen else "…")
    if any(draft.changed(name) for name in ("repeats", "rule", "repeats_until", "due_on")):
        _check_rule(draft, work.clock.today)
    if not draft.is_new and draft.changed("due_on"):
        draft.set("escalated_on", None)


def _check_rule(draft: Draft, today: date) -> None:
    """The choice makes the rule, unless the rule itself was sent. Days have no zone: they count in UTC."""
    day = draft["due_on"] or today
    starts = datetime.combine(day, time(), UTC)
    if draft.changed("rule"):
        draft.set("rule", series.checked_rule(draft["rule"], "UTC") if draft["rule"] else None)
    elif draft.changed("repeats") and draft["repeats"] != "other":
        draft.set("rule", series.rule_of(draft["repeats"] or "never", starts, "UTC") or None)
    if draft["rule"] and draft.changed("repeats_until"):
        draft.set("rule", series.with_last_day(draft["rule"], draft["repeats_until"], "UTC"))
    draft.set("repeats_until", series.last_day_of(draft["rule"] or "", "UTC"))
    draft.set("repeats", series.choice_of(draft["rule"] or "", starts, "UTC"))
    if draft["rule"] and draft["due_on"] is None:
        draft.set("due_on", today)


async def _check_circle(work: Workspace, draft: Draft) -> None:
    """Two at once could still make one; the last of it is refused when it is completed."""
    seen: set[UUID] = set()
    waiting = list(draft["blocked_by"])
    everything = work.as_system()
    for _step in range(_LONGEST):
        if draft.id in waiting:
            raise errors.TasksBlockEachOther
        seen |= set(waiting)
        found = await everything.get_many(contracts.TASK, waiting)
        waiting = [key for one in found for key in one["blocked_by"] or () if key not in seen]
        if not waiting:
            return
    raise errors.TasksBlockEachOther
