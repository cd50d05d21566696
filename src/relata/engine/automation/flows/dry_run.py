"""A flow tried on a real record: everything is done as it would be, looked at, and rolled back. What would leave the
house is written down and not sent; waits are passed over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NoReturn
from uuid import UUID

from relata.engine.automation.flows import outside
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.machine import Machine
from relata.engine.automation.flows.objects import MANAGE
from relata.engine.automation.flows.performing import Performer
from relata.engine.automation.flows.ports import Ports
from relata.engine.automation.flows.runs import Run, StepRow
from relata.engine.automation.flows.starting import condition_holds
from relata.engine.automation.flows.steps import Call, Http, Mail
from relata.engine.automation.flows.watching import changes_of
from relata.engine.history.entries import Entry
from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.ids import new_id

_MOST_TURNS = 20


@dataclass(frozen=True, slots=True)
class Tried:
    """What would happen. starts: whether the condition of the trigger holds. state, message: how the run would end.
    steps: what each did, with what would be sent. changes: what would be changed."""

    starts: bool
    state: str
    message: str
    steps: tuple[StepRow, ...]
    changes: tuple[Entry, ...]


class _RolledBack(Exception):
    def __init__(self, tried: Tried) -> None:
        self.tried = tried


class DryPerformer(Performer):
    """Does what is inside, and writes down what is outside."""

    async def __call__(self, machine: Machine, step: Any) -> dict[str, Any] | None:
        if isinstance(step, Mail | Http):
            asked = await outside.prepare(machine, step)
            if isinstance(step, Http):
                machine.keep(step.id, status=None, ok=None, **dict.fromkeys(step.outputs))
            return {"would_send": asked}
        if isinstance(step, Call):
            return {"would_start": step.flow}
        return await super().__call__(machine, step)


async def _untold(work: Workspace, person: UUID, text: str, about: AnyTarget | None) -> bool:
    return True


async def dry_run(
    door: Door, key: str, who: Who, body: Body, record: UUID | None, ports: Ports, *, person: UUID | None = None
) -> Tried:
    """Try it as whoever asks, who must manage flows. Raises NotFound for a record that they can't see."""

    async def attempt(work: Workspace) -> NoReturn:
        require(work, MANAGE)
        if record is not None:
            await work.get(body.trigger.object, record)
        starts = record is None or await condition_holds(work, body.trigger.object, body.trigger.where, record)
        now = datetime.now(UTC)
        run = Run(
            new_id(), new_id(), new_id(), "dry", body.trigger.object, record, person or work.actor.user, None, None,
            None, [], "ready", "", now, None, None, now, now, None, None, 0, 0, "", "", "", {}, None,
        )  # fmt: skip
        rows: dict[int, StepRow] = {}
        machine = Machine(work, run, body, DryPerformer(replace(ports, tell=_untold)), outside.prepare, is_dry=True)
        for _turn in range(_MOST_TURNS):
            await machine.turn()
            rows |= run.rows
            if run.state != "ready":
                break
        changes = await changes_of(work, run.id)
        raise _RolledBack(Tried(starts, run.state, run.message, tuple(rows.values()), tuple(changes)))

    try:
        await door.run(key, who, attempt, via="automation")
    except _RolledBack as ended:
        return ended.tried
    raise AssertionError("unreachable")
