"""Runs of flows: what each step did, stopped, and run again, one or many."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.automation.flows import keeping, replaying, watching
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.ids import parse_id
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers, parameters
from relata.interfaces.rest.call import Call
from relata.interfaces.rest.routes import Route

RUNS = {
    "state": f"One of: {', '.join(watching.STATES)}.",
    "record": "The id of the record that it ran for.",
    "before": "The id of the last run of the page before.",
    "limit": "Runs a page, 1 to 200; 50 if left out.",
}


class ReplayBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """step: where it goes on; left out: from the beginning. version: a number; left out: the one it ran on. inputs:
    other ones than it had, by name."""

    step: str = ""
    version: int | None = None
    inputs: dict[str, Any] | None = None


class ReplayManyBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """state: of the runs, failed or stopped. step: only runs that ended there, which go on there. version: as for
    one."""

    state: str = "failed"
    step: str = ""
    version: int | None = None


async def list_runs(call: Call) -> Answer:
    """Runs of a flow, newest first, with counts by state."""
    given = call.parameters(RUNS)
    state, limit = parameters.one_of(given, "state", watching.STATES), parameters.whole(given, "limit", 50, 1, 200)
    record, before = parse_id(given.get("record")), parse_id(given.get("before"))

    async def attempt(work: Workspace) -> Answer:
        flow = (await keeping.flow_of(work, _id(call))).id
        found = await watching.run_lines(work, flow, state=state, record=record, before=before, limit=limit)
        return answers.json({"data": found, "counts": await watching.run_counts(work, flow)})

    return await call.read(attempt)


async def get_run(call: Call) -> Answer:
    """One run with its steps; values for those who may see them."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        run = await watching.run_of_id(work, _id(call))
        one = await keeping.publisher_of(work, run.version)
        steps = [
            {"seq": step.seq, "step": step.step, "state": step.state, "attempts": step.attempts,
             "started_at": step.started_at, "ended_at": step.ended_at, "code": step.code, "message": step.message,
             "detail": step.detail, "values": step.values}
            for step in await watching.step_lines(work, run, one)
        ]  # fmt: skip
        shown = ("id", "flow", "object", "record", "state", "code", "message", "created_at", "ended_at", "wake_at")
        return answers.json({**{name: getattr(run, name) for name in shown}, "chain": run.chain, "steps": steps})

    return await call.read(attempt)


async def replay_run(call: Call) -> Answer:
    """A new run that goes on as the old one did; its id."""
    call.parameters()
    body = call.shaped(ReplayBody)

    async def attempt(work: Workspace) -> Answer:
        run = await replaying.replay(work, _id(call), body.step, number=body.version, inputs=body.inputs)
        await call.pump(work)
        return answers.json({"run": run}, 202)

    return await call.write(attempt)


async def replay_many(call: Call) -> Answer:
    """New runs for all that ended so, up to 1,000, each once; how many."""
    call.parameters()
    body = call.shaped(ReplayManyBody)

    async def attempt(work: Workspace) -> Answer:
        count = await replaying.replay_many(work, _id(call), state=body.state, step_id=body.step, number=body.version)
        await call.pump(work)
        return answers.json({"runs": count}, 202)

    return await call.write(attempt)


async def stop_run(call: Call) -> Answer:
    """End a run where it stands."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        await replaying.stop_run(work, _id(call))
        return answers.empty()

    return await call.write(attempt)


def _id(call: Call) -> UUID:
    found = parse_id(call.names["id"])
    if found is None:
        raise NotFound("There is no such flow or run.", hint="An id looks like 01939f2e-….")
    return found


ROUTES = (
    Route("GET", "/admin/flows/{id}/runs", list_runs),
    Route("POST", "/admin/flows/{id}/replay", replay_many),
    Route("GET", "/admin/flow-runs/{id}", get_run),
    Route("POST", "/admin/flow-runs/{id}/replay", replay_run),
    Route("POST", "/admin/flow-runs/{id}/stop", stop_run),
)
