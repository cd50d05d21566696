"""Once a minute: steps that were not decided in time, requests whose record is gone, holds that nobody has any more."""

from __future__ import annotations

from collections.abc import Sequence

from relata.engine.automation.approvals.approvers import chosen, why_not
from relata.engine.automation.approvals.objects import DECISION, REQUEST
from relata.engine.automation.approvals.process import Process, Step
from relata.engine.automation.approvals.stepping import (
    close,
    enter,
    finish,
    hand_out,
    locked,
    plan_of,
    tell_hold,
    waiting,
)
from relata.engine.identity import tokens
from relata.engine.metadata.fields import AnyTarget
from relata.engine.storage.planner import quoted
from relata.engine.workspace.attempts import attempt, is_refusal
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _

#: In one run; the rest a minute later.
MOST = 200


async def look_after(work: Workspace) -> None:
    """All of it. work: the system's."""
    await escalate(work)
    await stand_in(work)
    await let_go(work)


async def escalate(work: Workspace) -> int:
    """Do what each late step says, once; how many there were. What can't be done is left marked for administrators."""
    due = await work.find(
        REQUEST, 'state = "pending" and due_at <= now() and escalated_at is null', order="due_at", limit=MOST
    )
    for one in due:
        request = await locked(work, one.id)
        if request["state"] != "pending" or request["escalated_at"] is not None:
            continue  # somebody was faster
        request = await work.change(request, {"escalated_at": work.clock.now})
        try:
            async with attempt(work.unit):
                await _late(work, request)
        except RelataError as error:
            if not is_refusal(error):
                raise
            await work.change(await locked(work, one.id), {"is_stuck": True})
    return len(due)


async def _late(work: Workspace, request: Record) -> None:
    process, position = plan_of(request), (request["step"] or 1) - 1
    step = process.steps[position]
    items = await waiting(work, request.id)
    about: AnyTarget = request["about"]
    if not await work.get_many(about.object, [about.id]):
        await finish(work, request, process, "recalled", _("The record was deleted."))
    elif step.late == "approve":
        await close(work, items)
        await enter(work, request, process, position + 1, _("Nobody decided in time."))
    elif step.late == "reject":
        await close(work, items)
        await finish(work, request, process, "rejected", _("Nobody decided in time."))
    elif step.late == "escalate" and step.escalate_to is not None:
        await _pass_on(work, request, process, step, items)
    else:
        for item in items:
            await work.change(item, {"is_late": True})


async def _pass_on(work: Workspace, request: Record, process: Process, step: Step, items: Sequence[Record]) -> None:
    """To whom it escalates, in place of those who did not decide; who is named already keeps their part."""
    assert step.escalate_to is not None
    about: AnyTarget = request["about"]
    record = await work.get(about.object, about.id)
    found = await chosen(work, process, step.escalate_to, record, request["owner"])
    people = list(found.people)
    for item in items:
        if item["owner"] in people:
            await work.change(item, {"is_late": True})
        else:
            await close(work, [item])
    kept = {item["owner"] for item in items}
    stands_for = sorted({at for item in items for at in item["groups"] or ()})
    fresh = {person: stands_for for person in people if person not in kept}
    await hand_out(work, request, fresh, due=None, late=True, deputies=found.deputies)
    if not people:
        await work.change(request, {"is_stuck": True})


async def stand_in(work: Workspace) -> int:
    """What waits for somebody who is away by now goes to who stands in for them; how much it was."""
    today = work.clock.today.isoformat()
    away = await work.find(
        "absence", f'first_day <= date("{today}") and last_day >= date("{today}") and deputy is not null', limit=MOST
    )
    moved = 0
    for person, deputy in {one["person"]: one["deputy"] for one in away}.items():
        for item in await work.find(DECISION, owner=person, state="waiting", limit=MOST):
            request = await locked(work, item["request"])
            about: AnyTarget = item["about"]
            found = await work.get_many(about.object, [about.id])
            known = {one["owner"] for one in await waiting(work, request.id)}
            if request["state"] != "pending" or person not in known or deputy in known or not found:
                continue
            if not await why_not(work, plan_of(request), deputy, found[0], request["owner"]):
                await work.change(item, {"owner": deputy, "deputy_for": person})
                await tokens.end_about(work.unit.connection, [item.id])
                await tell_hold(work, request)
                moved += 1
    return moved


async def let_go(work: Workspace) -> None:
    """Requests whose record lies in the bin are taken back; holds without a waiting request end."""
    space = quoted(work.context.schema)
    for (object_name,) in await work.unit.connection.fetch(f"select distinct object from {space}._hold"):
        if object_name in work.registry.objects:
            table = f"{space}.{quoted(work.context.tables.of(work.registry.get(object_name)).name)}"
            gone = (
                f"select h.holder from {space}._hold h left join {table} r on r.id = h.record"
                f" where h.object = %s and (r.id is null or r.deleted_at is not null) limit {MOST}"
            )
            for (holder,) in await work.unit.connection.fetch(gone, (object_name,)):
                requests = await work.get_many(REQUEST, [holder], lock=True)
                if requests and requests[0]["state"] == "pending":
                    await finish(work, requests[0], plan_of(requests[0]), "recalled", _("The record was deleted."))
    await work.unit.connection.execute(
        f"delete from {space}._hold h where not exists (select 1 from {space}.{REQUEST} r where r.id = h.holder"
        " and r.state = 'pending' and r.deleted_at is null)"
    )
