"""Flows that a person starts on records by a button."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from relata.engine.automation.flows.active import Published, active_flows
from relata.engine.automation.flows.noticing import PUMP
from relata.engine.automation.flows.starting import Start, allowed, begin
from relata.engine.automation.flows.triggers import ButtonTrigger
from relata.engine.jobs.queue import Queue
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id


async def buttons(work: Workspace, object_name: str) -> list[Published]:
    """The flows that can be started on records of an object, by whoever may change such records."""
    if not work.actor.rights.level(work.registry.get(object_name), "change"):
        return []
    found = await active_flows(work.unit.connection, work.context.schema)
    return [
        one for one in found if isinstance(one.body.trigger, ButtonTrigger) and one.body.trigger.object == object_name
    ]


async def press(work: Workspace, queue: Queue, flow: UUID, records: Sequence[UUID]) -> int:
    """Start a flow on records that the person sees and may change; on how many. Its condition is asked as whoever
    presses: they learn nothing that they can't see."""
    found = await active_flows(work.unit.connection, work.context.schema)
    one = next((each for each in found if each.flow == flow and isinstance(each.body.trigger, ButtonTrigger)), None)
    if one is None:
        raise NotFound(_("This flow can't be started by a button any more."), hint=_("Reload the page."))
    object_name = one.body.trigger.object
    pressed, starts = new_id(), list[Start]()
    for record in await work.get_many(object_name, list(records)):
        if not await work.may(record, "change"):
            raise Denied(_("You may not change all of these records."), code="denied_change")
        starts.append(Start(one, f"press:{pressed}:{record.id}", object_name, record.id, work.actor.user))
    fitting = await allowed(work, one.body.trigger.where, starts)
    count = await begin(work.as_system(), fitting)
    await queue.enqueue(work.unit.connection, PUMP, {"schema": work.context.schema}, key=work.context.schema)
    return count
