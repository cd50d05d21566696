"""How many runs of a flow may be under way at once, for each key."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from relata.engine.automation.flows import values
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.names import first_names
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError

if TYPE_CHECKING:
    from relata.engine.automation.flows.machine import Machine


async def may_begin(work: Workspace, machine: Machine) -> bool:
    """Whether the run may go on: it is under way already, or its lane has room. Else it stands in the queue. work: the
    system's."""
    run, body = machine.run, machine.body
    if not body.limit or run.memory.get("begun"):
        return True
    run.lane = await _lane(machine, body)
    await work.lock(f"flow lane {run.flow} {run.lane}")
    row = await work.unit.connection.fetch_one(
        f"select count(*) from {quoted(work.context.schema)}._flow_run where flow = %s and lane = %s"
        " and state in ('ready', 'waiting', 'calling') and memory ? 'begun' and id <> %s",
        (run.flow, run.lane, run.id),
    )
    if row is not None and row[0] >= body.limit:
        run.state = "queued"
        return False
    run.memory["begun"] = True
    return True


async def _lane(machine: Machine, body: Body) -> str:
    if not body.key:
        return ""
    names = first_names(machine.work.registry, machine.work.actor, body)
    machine.known.names = names
    try:
        found = await machine.known.evaluate(values.expression(body.key, names))
    except RelataError:
        return ""
    return "" if found is None else str(found)[:200]


async def next_in_lane(work: Workspace, flow: UUID, lane: str) -> None:
    """A run of this lane has ended: the one that waits longest may try."""
    schema = quoted(work.context.schema)
    await work.unit.connection.execute(
        f"update {schema}._flow_run set state = 'ready', wake_at = now() where id = (select id from {schema}._flow_run"
        " where flow = %s and lane = %s and state = 'queued' order by id limit 1 for update skip locked)",
        (flow, lane),
    )
