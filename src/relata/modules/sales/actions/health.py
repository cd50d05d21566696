"""The health of deals, brought up to date from what is stored about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from relata.engine.formula import Binary, Items, Literal, Path, all_of, parse
from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.modules.activities.contracts import CALL, MEETING, NOTE, TASK
from relata.modules.sales import rules
from relata.modules.sales.contracts import OPPORTUNITY, PIPELINE, PROMISE, STAGE, STAGE_STAY

#: The object, which of its records count, and the field that says when they happened.
_HAPPENED = (
    (CALL, "at <= now()", "at"),
    (MEETING, 'status = "held" and starts_at <= now()', "starts_at"),
    (NOTE, "created_at <= now()", "created_at"),
    (TASK, 'status = "done"', "completed_at"),
)
_READ = (
    "id", "pipeline", "stage", "next_step", "close_date", "stage_changed_at", "push_count", "last_activity_at",
    "opened_on", "created_at", "contact_count", "open_task_count", "planned_meeting_count",
)  # fmt: skip
_USUAL_SILENCE = 14


async def assess(work: Workspace, deals: Sequence[UUID]) -> None:
    """Health and reasons of these deals, at most 500; of a closed one they are emptied. Writes what differs."""
    if not deals:
        return
    named = Binary("in", Path(("id",)), Items(tuple(Literal(str(deal)) for deal in deals)))
    page = await work.query(
        Query(OPPORTUNITY, all_of([named, parse('status = "open"')]), fields=_READ, limit=MAX_LIMIT)
    )
    late = await _late_promises(work, [row["id"] for row in page.values()])
    verdicts = {row["id"]: await _verdict(work, row, late.get(row["id"], 0)) for row in page.values()}
    records = await work.get_many(OPPORTUNITY, list(deals))
    healthy_or_not = [(one, verdicts.get(one.id, {"health": None, "health_reasons": None})) for one in records]
    await work.change_many(OPPORTUNITY, healthy_or_not)


async def _late_promises(work: Workspace, deals: Sequence[UUID]) -> dict[UUID, int]:
    """How many promises about each deal were broken, or are open after their day."""
    found: dict[UUID, int] = {}
    if deals:
        named = Binary("in", Path(("about",)), Items(tuple(Literal(str(deal)) for deal in deals)))
        late = parse('status = "broken" or (status = "open" and due_on < today())')
        page = await work.query(Query(PROMISE, all_of([named, late]), fields=("about",), limit=MAX_LIMIT))
        for row in page.values():
            found[row["about"].id] = found.get(row["about"].id, 0) + 1
    return found


async def _verdict(work: Workspace, row: dict[str, Any], late_promises: int) -> dict[str, Any]:
    stage, pipeline = await work.cached_get(STAGE, row["stage"]), await work.cached_get(PIPELINE, row["pipeline"])
    now, today = work.clock.now, work.clock.today
    begun = row["opened_on"] or row["created_at"].date()
    last = row["last_activity_at"].date() if row["last_activity_at"] else begun
    facts = rules.HealthFacts(
        has_next_step=bool(row["next_step"] or row["open_task_count"] or row["planned_meeting_count"]),
        close_date=row["close_date"],
        days_in_stage=(now - (row["stage_changed_at"] or row["created_at"])).days,
        median_days=float(stage["median_days"]) if stage["median_days"] is not None else None,
        limit_days=stage["stale_after_days"],
        pushes=row["push_count"] or 0,
        people=row["contact_count"] or 0,
        silent_days=(today - last).days,
        answer_days=pipeline["answer_days"] or _USUAL_SILENCE,
        late_promises=late_promises,
    )
    reasons = rules.health_reasons(facts, today)
    return {"health": rules.health(reasons), "health_reasons": reasons or None}


async def note_activity(work: Workspace, deal: UUID) -> None:
    """The day of the last activity, looked up anew."""
    try:
        record = await work.get(OPPORTUNITY, deal)
    except NotFound:
        return
    moments = []
    for name, where, field in _HAPPENED:
        found = await work.first(name, where, about=deal, order=f"-{field}")
        if found is not None and found[field] is not None:
            moments.append(found[field])
    await work.change(record, {"last_activity_at": max(moments, default=None)})


async def assess_all(work: Workspace) -> None:
    """Every open deal, after what is usual in each stage has been worked out."""
    await measure_stages(work)
    after = ""
    while True:
        page = await work.query(
            Query(OPPORTUNITY, parse('status = "open"'), fields=("id", "health"), limit=MAX_LIMIT, after=after)
        )
        for row in page.values():
            if row["health"] is None:  # never looked at: it may be older than the health of deals
                await note_activity(work, row["id"])
        await assess(work, [row["id"] for row in page.values()])
        after = page.next
        if not after:
            return


async def measure_stages(work: Workspace) -> None:
    """How long deals were in each open stage, at most the last 500 of a year."""
    since: datetime = work.clock.now - timedelta(days=365)
    for stage in await work.find(STAGE, category="open"):
        ended = all_of([parse("left_at is not null"), Binary(">=", Path(("left_at",)), Literal(since.isoformat()))])
        stays = await work.find(STAGE_STAY, ended, stage=stage.id, order="-entered_at", limit=MAX_LIMIT)
        days = [stay["duration"].total_seconds() / 86400 for stay in stays if stay["duration"] is not None]
        await work.change(stage, {"median_days": rules.median_stay(days)})
