"""Runs of one version that are at the same step write together: one statement changes, or creates, for all of them.
What each does stays its own: its values, its row of steps, its name in the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from relata.engine.automation.flows.machine import Machine, Timid
from relata.engine.automation.flows.performing import values_of
from relata.engine.automation.flows.steps import Create, Update
from relata.engine.workspace.chunk import Outcome
from relata.engine.workspace.warnings import ALL, confirm
from relata.foundation.errors import RelataError

#: Steps that are done for several runs at once.
TOGETHER = (Update, Create)
#: Rounds of a batch; what is left goes on one by one.
_ROUNDS = 8


async def in_step(machines: Sequence[Machine]) -> None:
    """Take all of these runs, which go on without savepoints, as far as they can go together. Raises Timid where one
    step fails: then all begin anew, each by itself."""
    for _round in range(_ROUNDS):
        groups: dict[tuple[int, str], list[Machine]] = {}
        for machine in machines:
            step = await machine.turn_until(TOGETHER)
            if step is not None:
                groups.setdefault((id(machine.body), step.id), []).append(machine)
        large = [group for group in groups.values() if len(group) > 1]
        if not large:
            return
        for group in large:
            await _write(group)


async def _write(group: list[Machine]) -> None:
    """One step of several runs. Two for the same record are left to the next round."""
    started, step = datetime.now(UTC), group[0].due()
    assert isinstance(step, TOGETHER)
    taken: list[tuple[Machine, Any, dict[str, Any]]] = []
    seen: set[UUID] = set()
    work = group[0].work
    try:
        for machine in group:
            machine.due()  # its names are those of this step
            if isinstance(step, Create):
                taken.append((machine, None, await values_of(machine, None, step.values, step.object)))
                continue
            target = machine.known.records.get(step.record)
            if target is None or target[1] in seen:
                continue
            seen.add(target[1])
            found = await values_of(machine, step.record, step.values)
            taken.append((machine, await machine.known.record(target), found))
        sources = [_source(machine, step.id) for machine, _record, _found in taken]
        actor = work.unit.actor
        work.unit.actor = actor.through("automation")
        confirm(work.unit, (ALL,) if group[0].body.warnings == "pass" else ())
        try:
            outcomes = await _sent(work, step, taken, sources)
        finally:
            work.unit.actor = actor
    except RelataError as error:
        raise Timid from error
    for (machine, record, found), outcome in zip(taken, outcomes, strict=True):
        if outcome.did == "refused" or outcome.id is None:
            raise Timid
        machine.run.step = step.id
        if isinstance(step, Create):
            machine.remember(step.id, (step.object, outcome.id))
            machine.done(step, started, {"records": [[step.object, str(outcome.id)]]})
        else:
            changed = outcome.did == "changed"
            detail = {"records": [[record.object.name, str(record.id)]], "fields": sorted(found), "changed": changed}
            machine.done(step, started, detail)


async def _sent(
    work: Any, step: Any, taken: Sequence[tuple[Machine, Any, dict[str, Any]]], sources: Any
) -> list[Outcome]:
    if isinstance(step, Create):
        found: list[Outcome] = await work.create_many(step.object, [found for _m, _r, found in taken], sources=sources)
        return found
    if not taken:
        return []
    name = taken[0][1].object.name
    found = await work.change_many(name, [(record, found) for _m, record, found in taken], sources=sources)
    return found


def _source(machine: Machine, step_id: str) -> dict[str, Any]:
    """What the log says of where a change comes from; the same as when the run goes alone."""
    run = machine.run
    return {"flow": str(run.flow), "run": str(run.id), "step": step_id, "seq": machine.seq}
