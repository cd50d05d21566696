"""What a decision makes of a record, and what is kept of it: why, and until when an answer is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from relata.engine.automation.assignment.deciding import Deciding, Decision, why
from relata.engine.automation.assignment.rules_of import Named
from relata.engine.automation.working_time import Calendar, NeverOpen, add_working
from relata.engine.automation.working_time.reading import calendar_by_id, calendar_of
from relata.engine.formula import Binary, Items, Literal, Path, all_of, parse
from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

_MANY = 200


async def values_of(deciding: Deciding, decision: Decision) -> dict[str, UUID | None]:
    """Owner and team of the record: a person and their main team, or nobody and the team that looks after it."""
    to, staff = decision.to, deciding.staff
    assert to is not None
    if to.kind == "person":
        await staff.know([to.id])
        record = staff.people[to.id]
        return {"owner": to.id, "team": record["team"] if record else None}
    if to.kind == "queue":
        queue = await staff.queue(to.id)
        return {"owner": None, "team": queue["team"] if queue else None}
    return {"owner": None, "team": to.id}


async def keep(deciding: Deciding, decisions: Sequence[Decision], *, clocks: bool = True) -> None:
    """Keep why these records went where they are, and start the clocks, if they are to run."""
    made = [one for one in decisions if one.to is not None and one.rule is not None]
    everything = deciding.work.as_system()
    name = deciding.object.name
    rows = [await _row(deciding, one) for one in made]
    for outcome in await everything.create_many("assignment", rows) if rows else ():
        assert outcome.did == "created", outcome
    started = [clock for one in made if clocks and (clock := await _clock(deciding, name, one)) is not None]
    if started:
        await everything.create_many("response_clock", started)


async def end_earlier(work: Workspace, object_name: str, ids: Sequence[UUID], *, clocks: bool = True) -> None:
    """What was assigned before is over: its place in a queue, and the answer that was waited for."""
    everything, now = work.as_system(), work.clock.now
    for record in await open_of(everything, "assignment", 'state in ("waiting", "assigned")', ids):
        if record["about"].object == object_name:
            await everything.change(record, {"state": "over"})
    if not clocks:
        return
    for record in await open_of(everything, "response_clock", "met_at is null and ended_at is null", ids):
        if record["about"].object == object_name:
            await everything.change(record, {"ended_at": now})


async def open_of(work: Workspace, kind: str, where: str, ids: Sequence[UUID]) -> list[Record]:
    """Assignments or clocks of these records for which the condition holds."""
    found: list[Record] = []
    for at in range(0, len(ids), _MANY):
        about = Items(tuple(Literal(str(one)) for one in ids[at : at + _MANY]))
        node = all_of([Binary("in", Path(("about",)), about), parse(where)])
        found += await work.find(kind, node, order="-created_at")
    return found


async def _row(deciding: Deciding, decision: Decision) -> dict[str, Any]:
    to, rule = decision.to, decision.rule
    assert to is not None and rule is not None
    staff = deciding.staff
    name = staff.name(to.id) if to.kind == "person" else _title(await _place(deciding, decision))
    return {
        "title": f"{rule.label}: {name}"[:200],
        "about": AnyTarget(deciding.object.name, decision.item.id),
        "state": "waiting" if to.kind == "queue" else "assigned",
        "rule": rule.name,
        "person": to.id if to.kind == "person" else None,
        "queue": to.id if to.kind == "queue" else None,
        "to_team": to.id if to.kind == "team" else None,
        "owner": None,
        "team": None,
        "why": why(decision),
    }


async def _place(deciding: Deciding, decision: Decision) -> Record | None:
    to = decision.to
    assert to is not None
    return await (deciding.staff.queue(to.id) if to.kind == "queue" else deciding.staff.team(to.id))


def _title(record: Record | None) -> str:
    return record["name"] if record is not None else "?"


async def _clock(deciding: Deciding, object_name: str, decision: Decision) -> dict[str, Any] | None:
    rule, to, now = decision.rule, decision.to, deciding.staff.moment
    assert rule is not None and to is not None
    if not rule.rule.response_minutes:
        return None
    due = await due_at(deciding.work, await _calendar(deciding, decision), rule, now)
    return (
        None if due is None else clock_row(AnyTarget(object_name, decision.item.id), rule, _person(decision), now, due)
    )


def clock_row(about: AnyTarget, rule: Named, person: UUID | None, started: datetime, due: datetime) -> dict[str, Any]:
    """The values of a clock."""
    return {
        "title": rule.label[:200], "about": about, "rule": rule.name, "person": person, "started": started, "due": due,
        "owner": None, "team": None,
    }  # fmt: skip


def _person(decision: Decision) -> UUID | None:
    return decision.to.id if decision.to is not None and decision.to.kind == "person" else None


async def due_at(work: Workspace, calendar: Calendar, rule: Named, started: datetime) -> datetime | None:
    """When the answer is due; None where nobody ever works."""
    try:
        return add_working(calendar, started, timedelta(minutes=rule.rule.response_minutes))
    except NeverOpen:
        return None


async def _calendar(deciding: Deciding, decision: Decision) -> Calendar:
    """Whose working time counts; asked once for each target."""
    to = decision.to
    assert to is not None
    known = deciding.calendars.get(to.id)
    if known is None:
        known = deciding.calendars[to.id] = await _load_calendar(deciding, decision)
    return known


async def _load_calendar(deciding: Deciding, decision: Decision) -> Calendar:
    to, work = decision.to, deciding.work
    assert to is not None
    if to.kind == "person":
        return await calendar_of(work, to.id)
    if to.kind == "team":
        return await calendar_of(work, team=to.id)
    queue = await deciding.staff.queue(to.id)
    if queue is not None and queue["working_calendar"]:
        return await calendar_by_id(work, queue["working_calendar"])
    return await calendar_of(work, team=queue["team"] if queue else None)
