"""Approve, reject, delegate, recall, reassign: each finds the request still waiting, or is told what became of it."""

from __future__ import annotations

from uuid import UUID

from relata.engine.automation.approvals.approvers import sees, still, why_not
from relata.engine.automation.approvals.objects import DECISION
from relata.engine.automation.approvals.process import Process
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
from relata.engine.workspace.acting import as_person
from relata.engine.workspace.holds import OVERRIDE
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _


async def decide(work: Workspace, request_id: UUID, *, approve: bool, reason: str = "") -> Record:
    """Say yes or no to what waits for the actor; the request. A no ends it, and needs a reason. Raises NotFound,
    Denied (it does not wait for them), Conflict (it was decided meanwhile), Invalid."""
    reason = reason.strip()
    if not approve and not reason:
        raise Invalid.of([Problem("required", _("Say why, so that others know what to change."), "reason")])
    everything = work.as_system()
    request = await _open(everything, request_id)
    item = await _mine(work, everything, request)
    process, about = plan_of(request), request["about"]
    await _check_still(everything, work, process, request, item)
    now = work.clock.now
    state = "approved" if approve else "rejected"
    await everything.move(item, to=state, reason=reason or None, decided_at=now)
    await tokens.end_about(everything.unit.connection, [item.id])
    if not approve:
        return await finish(everything, request, process, "rejected", reason)
    position = (request["step"] or 1) - 1
    if not await _is_enough(everything, process, request, position, item):
        await tell_hold(everything, request)
        return request
    await close(everything, await waiting(everything, request.id))
    if not await everything.get_many(about.object, [about.id]):
        raise Conflict(_("The record lies in the bin."), code="deleted", hint=_("Restore it, or recall the request."))
    return await enter(everything, request, process, position + 1, reason)


async def delegate(work: Workspace, request_id: UUID, to: UUID, reason: str = "") -> Record:
    """Give what waits for the actor to somebody else, who must be able to decide it."""
    everything = work.as_system()
    request = await _open(everything, request_id)
    item = await _mine(work, everything, request)
    await _hand_over(everything, request, item, to, work.actor.user, reason)
    return request


async def recall(work: Workspace, request_id: UUID, reason: str = "") -> Record:
    """Take a request back; for who submitted it, and for those who may override."""
    everything = work.as_system()
    request = await _open(everything, request_id)
    if request["owner"] != work.actor.user and not work.actor.rights.permits(OVERRIDE):
        raise Denied(
            _("Only who submitted it can recall it."), code="denied_recall", hint=_("Ask them, or an administrator.")
        )
    return await finish(everything, request, plan_of(request), "recalled", reason.strip())


async def reassign(work: Workspace, request_id: UUID, to: UUID, person: UUID | None = None, reason: str = "") -> Record:
    """Name another approver, for those who may override. person: in whose place; None for the first, or the only
    one where nobody is left."""
    if not work.actor.rights.permits(OVERRIDE):
        raise Denied(_("You may not name other approvers."), code="denied_reassign", hint=_("Ask an administrator."))
    everything = work.as_system()
    request = await _open(everything, request_id)
    items = [one for one in await waiting(everything, request.id) if person in (None, one["owner"])]
    if person is not None and not items:
        raise NotFound(_("Nothing waits for this person here."), code="unknown_approver")
    if items and not request["is_stuck"]:
        await _hand_over(everything, request, items[0], to, work.actor.user, reason)
        return request
    await _check_able(everything, request, to)
    await hand_out(everything, request, {to: ()}, due=request["due_at"])
    return await everything.change(request, {"is_stuck": False})


async def my_part(work: Workspace, request_id: UUID) -> Record | None:
    """What of a request waits for the actor."""
    found = await work.as_system().find(DECISION, request=request_id, owner=work.actor.user, state="waiting", limit=1)
    return found[0] if found else None


async def _open(everything: Workspace, request_id: UUID) -> Record:
    request = await locked(everything, request_id)
    if request["state"] == "pending":
        return request
    raise await decided_already(everything, request)


async def decided_already(everything: Workspace, request: Record) -> Conflict:
    """What became of it, and through whom."""
    who = (await titles_of(everything.unit, {"user": [request["changed_by"]]} if request["changed_by"] else {})).get(
        ("user", request["changed_by"])
    ) or _("the deadline")
    words = {"name": request["name"], "who": who}
    said = {
        "approved": _("“%(name)s” was approved already, by %(who)s."),
        "rejected": _("“%(name)s” was rejected already, by %(who)s."),
        "recalled": _("“%(name)s” was recalled by %(who)s."),
    }[request["state"]]
    return Conflict(said % words, code="decided", hint=_("Nothing is left to do here."))


async def _mine(work: Workspace, everything: Workspace, request: Record) -> Record:
    """The actor's part, while they see the record. NotFound for a request that is nothing to them."""
    found = await everything.find(DECISION, request=request.id, owner=work.actor.user)
    mine = next((one for one in found if one["state"] == "waiting"), None)
    about: AnyTarget = request["about"]
    if mine is not None and await sees(work, about.object, about.id):
        return mine
    if mine is not None:
        raise Denied(
            _("You do not see this record any more."), code="denied_record",
            hint=_("Ask an administrator to name another approver."),
        )  # fmt: skip
    if any(one["step"] == request["step"] for one in found):
        raise Conflict(_("Your part of this is decided already."), code="decided", hint=_("Load the page again."))
    if not await sees(work, about.object, about.id):
        raise NotFound(_("This approval does not exist."), hint=_("It may have been deleted."))
    raise Denied(_("This does not wait for you."), code="denied_decide", hint=_("Its page says for whom it waits."))


async def _check_still(everything: Workspace, work: Workspace, process: Process, request: Record, item: Record) -> None:
    about: AnyTarget = request["about"]
    person = work.actor.user
    assert person is not None
    if item["delegated_by"] or item["deputy_for"] or item["is_late"] or not item["groups"]:
        return  # named by hand, not by what they are
    record = await everything.get(about.object, about.id)
    step = process.steps[min((request["step"] or 1), len(process.steps)) - 1]
    if not await still(everything, process, item["groups"], step, record, person, request["owner"]):
        raise Denied(
            _("You are no longer one of those who decide this."), code="denied_decide",
            hint=_("Ask an administrator to name another approver."),
        )  # fmt: skip


async def _is_enough(everything: Workspace, process: Process, request: Record, position: int, item: Record) -> bool:
    """Whether the step is decided with this yes."""
    step = process.steps[position]
    if step.needs == "any":
        return True
    found = await everything.find(DECISION, request=request.id, step=position + 1, state="approved")
    said = {at for one in (*found, item) for at in one["groups"] or ()}
    others = await waiting(everything, request.id)
    if not all(one["groups"] for one in (*found, item)):  # somebody was named by hand: all who are left must agree
        return not others
    if said >= set(range(len(step.approvers))):
        return True
    for one in others:  # who stands for nothing but what was agreed to already, need not be asked
        if set(one["groups"] or ()) and set(one["groups"]) <= said:
            await close(everything, [one])
    return False


async def _hand_over(
    everything: Workspace, request: Record, item: Record, to: UUID, by: UUID | None, reason: str
) -> None:
    await _check_able(everything, request, to)
    values = {"owner": to, "delegated_by": by, "deputy_for": None}
    if reason.strip():
        values["reason"] = reason.strip()  # type: ignore[assignment]
    await everything.change(item, values)
    await tokens.end_about(everything.unit.connection, [item.id])
    await tell_hold(everything, request)


async def _check_able(everything: Workspace, request: Record, to: UUID) -> None:
    """Invalid unless the person can decide it."""
    about: AnyTarget = request["about"]
    record = await everything.get(about.object, about.id)
    why = await why_not(everything, plan_of(request), to, record, request["owner"])
    if not why and any(one["owner"] == to for one in await waiting(everything, request.id)):
        why = _("decides already")
    if why:
        seeing = await as_person(everything, to)
        who = seeing.actor.name if seeing else _("This person")
        message = _("%(who)s can't decide this: %(who)s %(why)s.") % {"who": who, "why": why}
        raise Invalid.of([Problem("cant_decide", message, "to", _("Choose somebody else."))])


async def request_of(work: Workspace, item: UUID) -> UUID:
    """To which request a part belongs. NotFound where the actor does not see it."""
    return (await work.get(DECISION, item))["request"]  # type: ignore[no-any-return]
