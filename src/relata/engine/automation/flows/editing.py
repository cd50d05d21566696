"""Changing the tree of steps: each operation gives another body."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from relata.engine.automation.flows.definition import ROOT, Body, inner_blocks
from relata.engine.automation.flows.names import RESERVED
from relata.engine.automation.flows.steps import AnyStep
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

Steps = tuple[AnyStep, ...]


def _mapped(steps: Steps, block: str, change: Callable[[str, Steps], Steps]) -> Steps:
    found: list[AnyStep] = []
    for step in steps:
        inner = {part: _mapped(each, f"{step.id}.{part}", change) for part, each in inner_blocks(step)}
        found.append(msgspec.structs.replace(step, **inner) if inner else step)
    return change(block, tuple(found))


def _changed(body: Body, change: Callable[[str, Steps], Steps]) -> Body:
    return msgspec.structs.replace(body, steps=_mapped(body.steps, ROOT, change))


def insert(body: Body, block: str, at: int, step: AnyStep) -> Body:
    """A step more, before the one that stands at `at`; NotFound for a block that is not there."""
    if block not in body.blocks:
        raise NotFound(_("There is no such place in the flow."))
    return _changed(body, lambda name, steps: (*steps[:at], step, *steps[at:]) if name == block else steps)


def replace_step(body: Body, step: AnyStep) -> Body:
    """A step with the same id, in place of the one that was."""
    step_of(body, step.id)
    return _changed(body, lambda _name, steps: tuple(step if one.id == step.id else one for one in steps))


def remove(body: Body, step_id: str) -> Body:
    """Without a step and what is in it."""
    step_of(body, step_id)
    return _changed(body, lambda _name, steps: tuple(one for one in steps if one.id != step_id))


def move(body: Body, step_id: str, by: int) -> Body:
    """A step further up (-1) or down (1) in its block."""
    step_of(body, step_id)

    def moved(_name: str, steps: Steps) -> Steps:
        at = next((index for index, one in enumerate(steps) if one.id == step_id), None)
        if at is None or not 0 <= at + by < len(steps):
            return steps
        rest = [one for one in steps if one.id != step_id]
        rest.insert(at + by, steps[at])
        return tuple(rest)

    return _changed(body, moved)


def step_of(body: Body, step_id: str) -> AnyStep:
    """The step; NotFound for none."""
    found = body.by_id.get(step_id)
    if found is None:
        raise NotFound(_("This step is not there any more."))
    return found


def fresh_id(body: Body, wish: str) -> str:
    """A name for a new step that no other has."""
    wish = wish or "step"
    taken = RESERVED | body.by_id.keys()
    if wish not in taken:
        return wish
    return next(name for number in range(2, 1000) if (name := f"{wish}_{number}") not in taken)
