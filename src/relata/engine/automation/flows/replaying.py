"""A run again from one of its steps, with what it knew, on the same version or on the one that runs now; and the end of
a run that somebody does not want to see any further."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from relata.engine.automation.flows import forms
from relata.engine.automation.flows.active import versions_of
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.inputs import inputs_of, kept_inputs
from relata.engine.automation.flows.keeping import version as version_numbered
from relata.engine.automation.flows.keeping import versions
from relata.engine.automation.flows.lanes import next_in_lane
from relata.engine.automation.flows.names import BODY
from relata.engine.automation.flows.objects import FLOW, MANAGE
from relata.engine.automation.flows.parts import stop_parts
from relata.engine.automation.flows.runs import Run, load, open_values, save
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id


async def replay(
    work: Workspace, run_id: UUID, step_id: str = "", *, on_live: bool = False, number: int | None = None,
    inputs: Mapping[str, object] | None = None,
) -> UUID:  # fmt: skip
    """A new run that goes on at this step (or begins anew) as the old one did; its id. Its effects outside carry new
    keys: who replays wants them again. number: of another version. inputs: other values than its trigger brought. Needs
    manage_flows."""
    require(work, MANAGE)
    old = await load(work.unit.connection, work.context.schema, run_id, lock=True)
    if old is None:
        raise NotFound(_("There is no such run."))
    if old.ended_at is None:
        raise Conflict(_("This run has not ended yet."), code="running", hint=_("Stop it first."))
    version, body = await _version(work, old, on_live=on_live, number=number)
    await open_values(work, old)
    brought = None if inputs is None else kept_inputs(inputs_of(body.trigger, inputs))
    old.id, old.version, old.cause, old.state = new_id(), version, f"replay:{run_id}:{new_id()}", "ready"
    memory: dict[str, Any] = {"records": old.memory.get("records", {})}
    if step_id:
        memory["stack"] = _stack(body, step_id, memory["records"])
    else:
        memory, old.values = {}, {name: one for name, one in old.values.items() if name.startswith(f"{BODY}.")}
    if brought is not None:
        old.values = {name: one for name, one in old.values.items() if not name.startswith(f"{BODY}.")} | brought
    await work.unit.connection.execute(
        f"insert into {quoted(work.context.schema)}._flow_run (id, flow, version, cause, object, record, person, feed)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        (old.id, old.flow, version, old.cause, old.object, old.record, work.actor.user, old.feed),
    )
    old.memory, old.wake_at, old.seq, old.attempts, old.step = memory, datetime.now(UTC), 0, 0, ""
    old.started_at = old.ended_at = old.until = old.awaits = old.token = None
    old.code = old.message = old.lane = ""
    await save(work, old)
    return old.id


async def replay_many(
    work: Workspace, flow: UUID, *, state: str = "failed", step_id: str = "", number: int | None = None,
    on_live: bool = False, most: int = 1000,
) -> int:  # fmt: skip
    """Replay all runs of a flow that ended so and were not replayed yet, the oldest first; how many. step_id: only
    those that ended at this step, which they begin with. Needs manage_flows; NotFound for no flow."""
    require(work, MANAGE)
    await work.get(FLOW, flow)
    if state not in ("failed", "stopped"):
        raise Invalid(_("Only failed and stopped runs are run again together."), code="invalid_value", field="state")
    rows = await work.unit.connection.fetch(
        "select r.id from {s}._flow_run r where r.flow = %(flow)s and r.state = %(state)s and r.ended_at is not null"
        " and r.cause not like 'part:%%' and (%(step)s = '' or r.step = %(step)s) and not exists (select 1 from"
        " {s}._flow_run n where n.flow = r.flow and n.cause like 'replay:' || r.id || ':%%')"
        " order by r.id limit %(most)s".replace("{s}", quoted(work.context.schema)),
        {"flow": flow, "state": state, "step": step_id, "most": most},
    )
    for (key,) in rows:
        await replay(work, key, step_id, on_live=on_live, number=number)
    return len(rows)


async def _version(work: Workspace, old: Run, *, on_live: bool, number: int | None = None) -> tuple[UUID, Body]:
    if number is not None:
        chosen = await version_numbered(work, old.flow, number)
        return chosen.id, chosen.body
    if on_live:
        live = next((one for one in await versions(work, old.flow) if one.state == "active"), None)
        if live is not None:
            return live.id, live.body
    found = (await versions_of(work.unit.connection, work.context.schema, [old.version])).get(old.version)
    if found is None:
        raise NotFound(_("The version of this run is gone."))
    return found.version, found.body


def _stack(body: Body, step_id: str, records: dict[str, Any]) -> list[dict[str, Any]]:
    """The places that lead to a step; of a loop, the record that it was at."""
    place = {step.id: (name, at) for name, steps in body.blocks.items() for at, step in enumerate(steps)}
    if step_id not in place:
        raise NotFound(_("This version has no such step."))
    block, at = place[step_id]
    frames = [{"block": block, "at": at}]
    while block:
        owner, _dot, part = block.rpartition(".")
        if part == "steps":
            frames[-1] |= {"items": [], "loop": owner, "object": (records.get(owner) or [""])[0]}
        block, at = place[owner]
        frames.append({"block": block, "at": at + 1})
    return frames[::-1]


async def stop_run(work: Workspace, run_id: UUID) -> None:
    """End a run where it stands; Conflict once it has ended. Needs manage_flows."""
    require(work, MANAGE)
    run = await load(work.unit.connection, work.context.schema, run_id, lock=True)
    if run is None or run.ended_at is not None:
        raise Conflict(_("This run has ended."), code="ended")
    await open_values(work, run)
    run.state, run.code, run.ended_at = "stopped", "by_hand", datetime.now(UTC)
    run.awaits = run.token = None
    await save(work, run)
    await stop_parts(work, run.id)
    if (form := run.memory.get("form")) is not None:
        await forms.close(work.as_system(), [UUID(form)], "withdrawn")
    await next_in_lane(work.as_system(), run.flow, run.lane)
