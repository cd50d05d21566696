"""An approval as a record's page shows it: what waits, for whom, and what differs from the last time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from relata.engine.automation.approvals.comparing import compared
from relata.engine.automation.approvals.deciding import my_part
from relata.engine.automation.approvals.inbox import deciders
from relata.engine.automation.approvals.objects import REQUEST
from relata.engine.automation.approvals.process import Process, label_of, plan_fields
from relata.engine.automation.approvals.process import process_named as named
from relata.engine.automation.approvals.stepping import applies, plan_of
from relata.engine.automation.approvals.submitting import first_people, fitting
from relata.engine.ui.change_words import FieldChange, in_words, value_of
from relata.engine.ui.values import targets_of
from relata.engine.workspace import holds
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What differs from how the record was when it was approved last. since: None where it never was."""

    since: datetime | None = None
    fields: tuple[FieldChange, ...] = ()


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """The request that a record waits for. people: for whom. locked: labels of the locked fields, empty for all or
    none. still_applies: whether the entry condition holds even now."""

    request: UUID
    name: str
    step: int
    steps: int
    step_name: str
    people: tuple[str, ...]
    by: str
    comment: str
    at: datetime
    due: datetime | None
    is_late: bool
    is_stuck: bool
    is_mine: bool
    may_recall: bool
    may_reassign: bool
    locks: str
    locked: tuple[str, ...]
    still_applies: bool
    changes: Changes


async def waiting_for(work: Workspace, record: Record) -> Waiting | None:
    """What the record waits for, as the actor may see it; None for nothing. Objects without a process cost nothing."""
    if record.object.name not in work.context.holdable or record.is_deleted:
        return None
    hold = await holds.hold_on(work.unit, record.id)
    found = await work.as_system().get_many(REQUEST, [hold.holder]) if hold is not None else []
    if not found or found[0]["state"] != "pending":
        return None
    request = found[0]
    process = plan_of(request)
    people = (await deciders(work, [request.id]))[request.id]
    titles = await titles_of(work.unit, {"user": [*people, *([request["owner"]] if request["owner"] else [])]})
    may_override = work.actor.rights.permits(holds.OVERRIDE)
    is_mine = await my_part(work, request.id) is not None
    now = work.clock.now
    fields = record.object.all_fields
    return Waiting(
        request=request.id, name=request["name"], step=request["step"] or 1, steps=request["steps"] or 1,
        step_name=request["step_name"] or "", people=tuple(titles.get(("user", one), "") for one in people),
        by=titles.get(("user", request["owner"]), ""), comment=request["comment"] or "", at=request["created_at"],
        due=request["due_at"], is_late=request["due_at"] is not None and request["due_at"] < now,
        is_stuck=bool(request["is_stuck"]), is_mine=is_mine,
        may_recall=may_override or request["owner"] == work.actor.user, may_reassign=may_override,
        locks=process.locks,
        locked=tuple(
            fields[name].title for name in plan_fields(process)
            if name in fields and work.actor.readable(record.object, fields[name])
        ),
        still_applies=await applies(work.as_system(), record.object.name, record.id, process.when),
        changes=await changes_since(work, record, request.id) if is_mine else Changes(),
    )  # fmt: skip


async def changes_since(work: Workspace, record: Record, request: UUID | None = None) -> Changes:
    """The comparison in words. request: what is decided now."""
    found = await compared(work, record, request)
    wanted: dict[str, set[UUID]] = {}
    for one in found.differences:
        for value in (one.before, one.after):
            for name, ids in targets_of([(one.field, value_of(work, one.field, value))]).items():
                wanted.setdefault(name, set()).update(ids)
    titles = await titles_of(work.unit, wanted)
    return Changes(
        since=found.approved_at,
        fields=tuple(
            FieldChange(
                name=one.field.name, label=one.field.title,
                before=in_words(work, record.object, one.field.name, one.before, titles),
                after=in_words(work, record.object, one.field.name, one.after, titles),
            )
            for one in found.differences
        ),
    )  # fmt: skip


async def asked_first(work: Workspace, record: Record, name: str) -> str:
    """Who would be asked first, in a sentence."""
    process = named(work.context, name)
    people = await first_people(work, record, process)
    if not people:
        return _("Nobody could decide this at the moment; an administrator would have to name somebody.")
    titles = await titles_of(work.unit, {"user": people[:4]})
    names = ", ".join(titles.get(("user", one), _("somebody")) for one in people[:3])
    if len(people) > 3:
        names = _("%(names)s and others") % {"names": names}
    return _("%(process)s: %(names)s will be asked.") % {"process": label_of(name, process), "names": names}


async def offers(work: Workspace, record: Record) -> tuple[tuple[str, str], ...]:
    """Names and labels of the processes that the actor can submit the record to now."""
    if record.object.name not in work.context.holdable or record.is_deleted or not await work.may(record, "change"):
        return ()
    found: dict[str, Process] = await fitting(work, record.object.name, record.id)
    return tuple((name, label_of(name, process)) for name, process in found.items())
