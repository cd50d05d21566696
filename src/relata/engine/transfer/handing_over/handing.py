"""Handing over and taking it back. Records go as bulk changes, chunk by chunk in a worker where there are many, so that
each can be watched, paused and undone; what is no record of the business goes at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from relata.engine.identity.guards import MANAGE, check_roles
from relata.engine.jobs.queue import Queue
from relata.engine.transfer.bulk import running
from relata.engine.transfer.bulk.objects import BULK_CHANGE
from relata.engine.transfer.bulk.order import Order
from relata.engine.transfer.handing_over import credentials
from relata.engine.transfer.handing_over.credentials import CREDENTIALS
from relata.engine.transfer.handing_over.holdings import holdings_of, theirs
from relata.engine.transfer.handing_over.objects import HANDOVER
from relata.engine.transfer.handing_over.own_things import give, give_back, own_things
from relata.engine.workspace import people
from relata.engine.workspace.permissions import require
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, Invalid, Problem
from relata.foundation.i18n import gettext as _


async def hand_over(
    work: Workspace, queue: Queue, user: UUID, targets: Mapping[str, UUID | None], *, shuts_out: bool
) -> Record:
    """Everything to whom `targets` names: people by the key of a holding, and by the name of an
    object of `own_things` or of `credentials`; None, or missing, stays.

    shuts_out: the person is deactivated first, so that nothing new becomes theirs; sessions, keys that nobody gets and
    what they allowed to applications end in the same transaction. Needs manage_users and every right that the person
    has; records move with the rights of who hands over. Raises Denied, Invalid, NotFound.
    """
    require(work, MANAGE)
    person = await _decidable(work, user)
    for key in sorted({*targets.values()} - {None}, key=str):
        await _check_target(work, user, key)
    parts: list[dict[str, Any]] = []
    total = 0
    for name in CREDENTIALS:  # before they end
        if (to := targets.get(name)) is not None and (ids := await credentials.give(work, name, user, to)):
            parts.append({"key": name, "ids": ids, "to": str(to)})
    if shuts_out:
        await people.deactivate(work, user)
    for one in await holdings_of(work, user):
        to = targets.get(one.key)
        if to is None or not one.can_move:
            continue
        order = Order(one.object.name, "change", where=theirs(one.field, user), values={one.field: str(to)})
        bulk = await running.start(work, queue, order)
        parts.append({"key": one.key, "bulk": str(bulk.id), "to": str(to)})
        total += one.count
    for own, _count in await own_things(work, user):
        to = targets.get(own.name)
        if to is not None and (ids := await give(work, own.name, user, to)):
            parts.append({"key": own.name, "ids": ids, "to": str(to)})
    if not parts and not shuts_out:
        raise Invalid.of([Problem("nothing", _("Say to whom something goes."), "to", _("Choose a colleague."))])
    values = {
        "name": (_("What %(name)s had") % {"name": person.title})[:200], "person": user, "records": total,
        "shuts_out": shuts_out and person["status"] != "inactive", "parts": parts,
    }  # fmt: skip
    return await work.as_system().create(HANDOVER, values)


async def take_back(work: Workspace, queue: Queue, handover: UUID) -> Record:
    """Everything goes back where nobody changed it since, and the person is let in again if this shut them out; texts
    of keys have to be made anew. Conflict while it runs, or when it was taken back."""
    require(work, MANAGE)
    record = await mine(work, handover)
    everything = work.as_system()
    record = await everything.get(HANDOVER, record.id, lock=True)
    if record["undone_at"] is not None:
        raise Conflict(_("It was taken back already."), code="undone")
    user = record["person"]
    await _decidable(work, user)
    for part in record["parts"] or ():
        if "ids" in part:
            returning = credentials.give_back if part["key"] in CREDENTIALS else give_back
            await returning(work, user, part)
            continue
        bulk = await everything.get(BULK_CHANGE, UUID(part["bulk"]))
        if bulk["changed"] or bulk["status"] in ("running", "paused"):
            await running.undo(work, queue, UUID(part["bulk"]))
    if record["shuts_out"] and (await everything.get("user", user))["status"] == "inactive":
        await people.reactivate(work, user)
    return await everything.change(record, {"undone_at": datetime.now(UTC)})


async def mine(work: Workspace, handover: UUID) -> Record:
    """A handover that the actor did."""
    record = await work.get(HANDOVER, handover)
    if record["created_by"] != work.actor.user:
        raise Denied(_("Only who handed over can take it back."), code="denied_handover")
    return record


async def parts_of(work: Workspace, record: Record) -> list[tuple[str, Record | None, int]]:
    """Each part: its key, its bulk change, and how many things of their own it is about where it is none."""
    everything = work.as_system()
    return [
        (part["key"], None, len(part["ids"]))
        if "ids" in part
        else (part["key"], await everything.get(BULK_CHANGE, UUID(part["bulk"])), 0)
        for part in record["parts"] or ()
    ]


async def _decidable(work: Workspace, user: UUID) -> Record:
    if user == work.actor.user:
        raise Denied(_("Nobody hands over for themselves."), code="denied_own_roles", hint=_("Ask an administrator."))
    person = await work.as_system().get("user", user)
    check_roles(work, person["roles"] or (), ())
    return person


async def _check_target(work: Workspace, user: UUID, to: UUID | None) -> None:
    found = await work.as_system().first("user", id=to)
    if to == user or found is None or found["status"] != "active":
        raise Invalid.of([Problem("unknown_choice", _("Choose a colleague who works here."), "to")])
