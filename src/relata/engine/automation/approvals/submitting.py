"""From a record to a request: which process fits, what is locked, and the first step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from relata.engine.automation.approvals.approvers import choose
from relata.engine.automation.approvals.objects import REQUEST
from relata.engine.automation.approvals.process import Process, encode, label_of, of_object
from relata.engine.automation.approvals.stepping import applies, enter
from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace import holds
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id


async def fitting(work: Workspace, object_name: str, key: UUID) -> dict[str, Process]:
    """The processes that the record can be submitted to as it is now, by name. None while it waits for an approval."""
    found = of_object(work.context, object_name)
    if not found or await holds.hold_on(work.unit, key) is not None:
        return {}
    everything = work.as_system()
    return {name: one for name, one in found.items() if await applies(everything, object_name, key, one.when)}


async def submit(work: Workspace, object_name: str, key: UUID, process: str = "", comment: str = "") -> Record:
    """Ask for approval of a record; the request. process: by name, "" for the first that fits. Raises NotFound, Denied
    (who may not change a record can't submit it), Conflict (it waits already), Invalid (no process fits)."""
    one = work.registry.get(object_name)
    record = await work.get(object_name, key, lock=True)
    if not await work.may(record, "change"):
        raise Denied(_("You may see this %(object)s, but not submit it.") % {"object": one.noun}, code="denied_submit")
    known = await holds.hold_on(work.unit, key)
    if known is not None:
        raise await holds.refusal(work.unit, record, known, ())
    name, chosen = await _chosen(work, record, process)
    everything = work.as_system()
    if chosen.on_submit:
        record = await everything.change(record, chosen.on_submit)
    request = new_id()
    record = await holds.take(
        work.unit, record, holder=request, reason=label_of(name, chosen), fields=chosen.held_fields
    )
    values: Mapping[str, Any] = {
        "name": label_of(name, chosen)[:120], "about": AnyTarget(object_name, key), "comment": comment.strip() or None,
        "owner": work.actor.user, "team": None, "process": name, "plan": encode(chosen), "steps": len(chosen.steps),
    }  # fmt: skip
    made = await everything.create(REQUEST, values, record_id=request)
    return await enter(everything, made, chosen, 0)


async def first_people(work: Workspace, record: Record, process: Process) -> list[UUID]:
    """Who would be asked first if the actor submitted the record now; empty where nobody could decide."""
    everything = work.as_system()
    for step in process.steps:
        if await applies(everything, record.object.name, record.id, step.when):
            found = await choose(everything, process, step, record, work.actor.user)
            return list(dict.fromkeys(person for one in found for person in one.people))
    return []


async def _chosen(work: Workspace, record: Record, name: str) -> tuple[str, Process]:
    one = record.object
    known = of_object(work.context, one.name)
    if name and name not in known:
        raise NotFound(
            _("There is no such approval process."), code="unknown_process", hint=_("Look at the list of them.")
        )
    everything = work.as_system()
    for found, process in known.items():
        if found == (name or found) and await applies(everything, one.name, record.id, process.when):
            return found, process
    if not known:
        raise Conflict(_("%(objects)s need no approval.") % {"objects": one.title_plural}, code="no_process")
    message = _("This %(object)s needs no approval as it is.") % {"object": one.noun}
    raise Invalid.of([Problem("not_needed", message, "process", _("Its values do not meet the condition."))])
