"""One flow starts another, and may wait for its end."""

from __future__ import annotations

from uuid import UUID

from relata.engine.automation.flows.active import active_flows
from relata.engine.automation.flows.runs import Run
from relata.engine.automation.flows.starting import Start, begin
from relata.engine.automation.flows.triggers import CallTrigger
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _


async def call_flow(
    work: Workspace, run: Run, seq: int, name: str, target: tuple[str, UUID] | None, *, waits: bool
) -> str:
    """Start the flow of this name on a record, once for this execution of the step. It runs as its own publisher, who
    offered it to other flows."""
    found = await active_flows(work.unit.connection, work.context.schema)
    one = next((each for each in found if each.name == name and isinstance(each.body.trigger, CallTrigger)), None)
    if one is None:
        hint = _("It must be published, and be started by other flows.")
        raise NotFound(_("There is no flow called %(name)s.") % {"name": name[:60]}, code="unknown_flow", hint=hint)
    object_name, record = target if target and one.body.trigger.object else ("", None)
    if one.body.trigger.object and (target is None or target[0] != one.body.trigger.object):
        raise NotFound(_("This flow starts on another kind of record."), code="flow_object")
    start = Start(
        one, f"call:{run.idempotency_key(seq)}", object_name, record, run.person, None, run.id, seq if waits else None
    )
    await begin(work.as_system(), [start])
    return start.cause


async def outcome_of(work: Workspace, parent: UUID, seq: int) -> tuple[UUID, str] | None:
    """How the flow that a step started has ended; None while it runs."""
    row = await work.unit.connection.fetch_one(
        f"select id, state from {quoted(work.context.schema)}._flow_run where parent = %s and parent_seq = %s"
        " and ended_at is not null",
        (parent, seq),
    )
    return (row[0], row[1]) if row else None
