"""A process tried on a record: whether it would be asked for, which steps it would go through, and who would decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from relata.engine.automation.approvals.administration import require_manage
from relata.engine.automation.approvals.approvers import Chosen, choose
from relata.engine.automation.approvals.process import Process, Step
from relata.engine.automation.approvals.stepping import applies, due_at
from relata.engine.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class TriedStep:
    """One step. is_needed: whether the record would go through it. due: when it would be late if it began now."""

    number: int
    step: Step
    is_needed: bool
    chosen: tuple[Chosen, ...] = ()
    due: datetime | None = None

    @property
    def is_stuck(self) -> bool:
        """Whether nobody could end it."""
        found = [bool(one.people) for one in self.chosen]
        return self.is_needed and (not all(found) if self.step.needs == "all" else not any(found))


@dataclass(frozen=True, slots=True)
class Trial:
    """fits: whether the entry condition holds."""

    fits: bool
    steps: tuple[TriedStep, ...]


async def attempt(work: Workspace, process: Process, key: UUID, submitter: UUID | None = None) -> Trial:
    """Nothing is written. submitter: who would ask; the record's owner if left out. The record must be one that the
    actor sees. Raises Denied without the right to make processes, NotFound."""
    require_manage(work)
    record = await work.get(process.object, key)
    who = submitter or record["owner"] or work.actor.user
    everything = work.as_system()
    steps = []
    for number, step in enumerate(process.steps, start=1):
        if not await applies(everything, process.object, key, step.when):
            steps.append(TriedStep(number, step, False))
            continue
        chosen = tuple(await choose(everything, process, step, record, who))
        people = {person for one in chosen for person in one.people}
        steps.append(TriedStep(number, step, True, chosen, await due_at(everything, step, people)))
    return Trial(await applies(everything, process.object, key, process.when), tuple(steps))
