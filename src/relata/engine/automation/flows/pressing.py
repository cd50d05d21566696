"""Flows that a person starts on records by a button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from relata.engine.automation.flows.active import Published, active_flows
from relata.engine.automation.flows.inputs import inputs_of, kept_inputs
from relata.engine.automation.flows.noticing import PUMP
from relata.engine.automation.flows.runs import sealed_text
from relata.engine.automation.flows.starting import Start, allowed, begin
from relata.engine.automation.flows.triggers import ButtonTrigger
from relata.engine.jobs.queue import Queue
from relata.engine.storage.planner import quoted
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


async def press(
    work: Workspace, queue: Queue, flow: UUID, records: Sequence[UUID], inputs: Mapping[str, object] | None = None
) -> int:
    """Start a flow on records that the person sees and may change; on how many. Its condition is asked as whoever
    presses: they learn nothing that they can't see. inputs: what it asks for, by name."""
    found = await active_flows(work.unit.connection, work.context.schema)
    one = next((each for each in found if each.flow == flow and isinstance(each.body.trigger, ButtonTrigger)), None)
    if one is None:
        raise NotFound(_("This flow can't be started by a button any more."), hint=_("Reload the page."))
    brought = kept_inputs(inputs_of(one.body.trigger, inputs or {}))
    object_name = one.body.trigger.object
    pressed, starts = new_id(), list[Start]()
    for record in await work.get_many(object_name, list(records)):
        if not await work.may(record, "change"):
            raise Denied(_("You may not change all of these records."), code="denied_change")
        starts.append(Start(one, f"press:{pressed}:{record.id}", object_name, record.id, work.actor.user))
    fitting = await allowed(work, one.body.trigger.where, starts)
    count = await begin(work.as_system(), fitting)
    if brought:
        await _hand_over(work, flow, {start.cause: start.record for start in fitting}, brought)
    await queue.enqueue(work.unit.connection, PUMP, {"schema": work.context.schema}, key=work.context.schema)
    return count


async def _hand_over(work: Workspace, flow: UUID, records: Mapping[str, UUID | None], brought: dict[str, Any]) -> None:
    """What was asked, to each run, under the key of its record."""
    schema = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        f"select id, cause from {schema}._flow_run where flow = %s and cause = any(%s)", (flow, list(records))
    )
    for run, cause in rows:
        sealed = await sealed_text(work, records[cause] or run, brought)
        await work.unit.connection.execute(f"update {schema}._flow_run set sealed = %s where id = %s", (sealed, run))
