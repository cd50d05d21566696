"""A request on its way: into a step, to whom decides it, out of the last one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from relata.engine.automation.approvals.approvers import choose
from relata.engine.automation.approvals.objects import DECISION, REQUEST
from relata.engine.automation.approvals.process import Process, Step, decode
from relata.engine.automation.working_time.counting import add_working, add_working_days
from relata.engine.automation.working_time.reading import calendar_of, workspace_calendar
from relata.engine.formula import Binary, Path, all_of, parse
from relata.engine.formula import Literal as Value
from relata.engine.identity import tokens
from relata.engine.metadata.fields import AnyTarget
from relata.engine.query.request import Aggregate, Measure
from relata.engine.storage.planner import quoted
from relata.engine.workspace import holds
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

End = Literal["approved", "rejected", "recalled"]


async def applies(work: Workspace, object_name: str, key: UUID, when: str) -> bool:
    """Whether a condition holds for a living record. work: the system's; the condition is an administrator's."""
    parts = [Binary("=", Path(("id",)), Value(str(key))), *([parse(when)] if when else [])]
    figures = await work.aggregate(Aggregate(object_name, (Measure("count"),), where=all_of(parts)))
    return bool(figures.rows[0]["count"])


async def enter(work: Workspace, request: Record, process: Process, position: int, reason: str = "") -> Record:
    """Go to the step at `position`, or to the next one that is needed, or to the end. work: the system's."""
    about: AnyTarget = request["about"]
    record = await work.get(about.object, about.id)
    while position < len(process.steps):
        step = process.steps[position]
        if await applies(work, about.object, about.id, step.when):
            return await _begin(work, request, process, position, record)
        position += 1
    return await finish(work, request, process, "approved", reason)


async def finish(work: Workspace, request: Record, process: Process, end: End, reason: str = "") -> Record:
    """End the request: nobody waits for it any more, the record is free and gets what the process says."""
    about: AnyTarget = request["about"]
    await close(work, await waiting(work, request.id))
    await holds.release(work.unit, request.id)
    values = {"approved": process.on_approve, "rejected": process.on_reject, "recalled": process.on_recall}[end]
    living = await work.get_many(about.object, [about.id], lock=True) if about.object in work.registry.objects else []
    if living and values:
        await work.change(living[0], values)
    now = work.clock.now
    return await work.move(
        request, to=end, decided_at=now, reason=reason or None, due_at=None, is_stuck=False,
        log_at=await _place_in_log(work, about.id),
    )  # fmt: skip


async def waiting(work: Workspace, request: UUID) -> list[Record]:
    """What still has to be decided of the step that a request is at."""
    return await work.find(DECISION, request=request, state="waiting", order="created_at")


async def close(work: Workspace, items: Sequence[Record]) -> None:
    """These need not be decided any more; the links in mails about them die."""
    for item in items:
        await work.move(item, to="closed")
    await tokens.end_about(work.unit.connection, [item.id for item in items])


async def tell_hold(work: Workspace, request: Record) -> None:
    """Bring what a refused writer is told to who can decide now."""
    people = [one["owner"] for one in await waiting(work, request.id) if one["owner"] is not None]
    await holds.name_people(work.unit, request.id, people)


async def hand_out(
    work: Workspace, request: Record, groups: Mapping[UUID, Sequence[int]], *, due: datetime | None,
    late: bool = False, deputies: Mapping[UUID, UUID] | None = None,
) -> None:  # fmt: skip
    """Give each of these people their part. groups: of which of the step's approvers each is one."""
    about: AnyTarget = request["about"]
    title = ": ".join(part for part in (request["name"], request["step_name"]) if part)
    for person, member_of in groups.items():
        values: dict[str, Any] = {
            "name": title[:250], "request": request.id, "about": about, "owner": person, "team": None, "due_at": due,
            "step": request["step"], "groups": list(member_of), "is_late": late,
            "deputy_for": (deputies or {}).get(person),
        }  # fmt: skip
        await work.create(DECISION, values)
    await tell_hold(work, request)


def plan_of(request: Record) -> Process:
    """The process as it was when the request was made."""
    return decode(request["plan"])


async def _begin(work: Workspace, request: Record, process: Process, position: int, record: Record) -> Record:
    step = process.steps[position]
    groups: dict[UUID, list[int]] = {}
    deputies: dict[UUID, UUID] = {}
    whole = True
    for at, found in enumerate(await choose(work, process, step, record, request["owner"])):
        whole = whole and bool(found.people)
        deputies.update(found.deputies)
        for person in found.people:
            groups.setdefault(person, []).append(at)
    is_stuck = not groups or (step.needs == "all" and not whole)
    due = await due_at(work, step, groups)
    request = await work.change(
        request,
        {"step": position + 1, "step_name": step.name or None, "due_at": due, "escalated_at": None,
         "is_stuck": is_stuck},
    )  # fmt: skip
    await hand_out(work, request, groups, due=due, deputies=deputies)
    return request


async def due_at(work: Workspace, step: Step, people: Collection[UUID]) -> datetime | None:
    """When a step that begins now is late; None where it takes as long as it takes. Working time is that of whoever
    decides, or the workspace's where several do."""
    if step.deadline <= 0:
        return None
    now = work.clock.now
    if step.unit == "hours":
        return now + timedelta(hours=step.deadline)
    if step.unit == "days":
        return now + timedelta(days=step.deadline)
    calendar = await calendar_of(work, *people) if len(people) == 1 else await workspace_calendar(work)
    if step.unit == "working_hours":
        return add_working(calendar, now, timedelta(hours=step.deadline))
    return add_working_days(calendar, now, step.deadline)


async def _place_in_log(work: Workspace, record: UUID) -> int | None:
    row = await work.unit.connection.fetch_one(
        f"select max(id) from {quoted(work.context.schema)}._change where record = %s", (record,)
    )
    return row[0] if row else None


async def locked(work: Workspace, request: UUID) -> Record:
    """The request, held until this transaction ends: of two who decide at once the second waits and finds it done."""
    return await work.get(REQUEST, request, lock=True)
