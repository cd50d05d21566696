"""What follows the end of a run: the next of its lane, the flow that waits for it, and a word to the owner."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from relata.engine.automation.flows import forms
from relata.engine.automation.flows.active import Published
from relata.engine.automation.flows.lanes import next_in_lane
from relata.engine.automation.flows.objects import FLOW
from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.flows.runs import Run
from relata.engine.metadata.fields import AnyTarget
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _


async def after_end(work: Workspace, run: Run, one: Published, ports: Ports) -> None:
    """work: the system's."""
    if one.body.limit:
        await next_in_lane(work, run.flow, run.lane)
    if (form := run.memory.get("form")) is not None:
        await forms.close(work, [UUID(form)], "withdrawn")
    if run.parent is not None and run.parent_seq is not None:
        await work.unit.connection.execute(
            f"update {quoted(work.context.schema)}._flow_run set wake_at = now() where id = %s and state = 'waiting'",
            (run.parent,),
        )
    if run.state == "failed":
        await _tell_owner(work, run, one, ports)


async def _tell_owner(work: Workspace, run: Run, one: Published, ports: Ports) -> None:
    """Once in an hour for each flow, however many of its runs fail."""
    hour = datetime.now(UTC).strftime("%Y-%m-%dT%H")
    fresh = await work.unit.connection.execute(
        f"insert into {quoted(work.context.schema)}._done (what) values (%s) on conflict do nothing",
        (f"flow failed:{run.flow}:{hour}",),
    )
    flow = (await work.get_many(FLOW, [run.flow]))[:1] if fresh else []
    owner = flow[0]["owner"] or one.publisher if flow else None
    if owner is not None:
        text = _("The flow %(name)s failed: %(why)s") % {"name": one.name, "why": run.message}
        await ports.tell(work, owner, text[:300], AnyTarget(FLOW, run.flow))
