"""Flows that are on and have had nothing to do."""

from __future__ import annotations

from uuid import UUID

from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace


async def idle_flows(work: Workspace, days: int) -> list[tuple[UUID, str]]:
    """Those that the reader sees which started no run in so many days, by name."""
    if "flow" not in work.registry.objects:
        return []
    active = await work.find("flow", state="active", order="name")
    rows = await work.unit.connection.fetch(
        f"select distinct flow from {quoted(work.context.schema)}._flow_run"
        " where flow = any(%s) and started_at > now() - make_interval(days => %s)",
        ([one.id for one in active], days),
    )
    busy = {flow for (flow,) in rows}
    return [(one.id, one.title) for one in active if one.id not in busy]
