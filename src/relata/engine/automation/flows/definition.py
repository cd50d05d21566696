"""One version of a flow: its trigger, its steps as a tree, and how it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal

import msgspec

from relata.engine.automation.flows.steps import LANES, AnyStep, Branch, Loop, Parallel
from relata.engine.automation.flows.triggers import AnyTrigger

ROOT = ""


class Case(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A test of a flow. values: raw ones of a new record, or what a request brings. starts: whether the condition of
    the trigger holds for it. ends: done or failed. expect: a condition that the record must fulfil in the end."""

    name: str
    values: dict[str, str] = {}
    starts: bool = True
    ends: str = "done"
    expect: str = ""


class Body(msgspec.Struct, frozen=True, dict=True, omit_defaults=True, kw_only=True):
    """limit: runs under way at once for one `key` (an expression over the record; empty: for all), 0 for any number.
    tests: are run before it is published.
    hours: how long a run may last. role: no more than this role of whom the flow runs as; empty for all of them.
    warnings: a step that a validation rule warns of fails, or goes on."""

    trigger: AnyTrigger
    steps: tuple[AnyStep, ...] = ()
    limit: int = 0
    key: str = ""
    hours: int = 24 * 90
    role: str = ""
    warnings: Literal["refuse", "pass"] = "refuse"
    tests: tuple[Case, ...] = ()

    @cached_property
    def blocks(self) -> Mapping[str, tuple[AnyStep, ...]]:
        """The lists of steps by where they stand: "" for the outermost, `id.then`, `id.otherwise`, `id.steps`,
        `id.first` to `id.fourth`, `id.rescue`."""
        found: dict[str, tuple[AnyStep, ...]] = {}
        waiting: list[tuple[str, tuple[AnyStep, ...]]] = [(ROOT, self.steps)]
        while waiting:
            name, steps = waiting.pop()
            found[name] = steps
            for step in steps:
                waiting.extend((f"{step.id}.{part}", inner) for part, inner in inner_blocks(step))
        return found

    @cached_property
    def by_id(self) -> Mapping[str, AnyStep]:
        """Every step by its id."""
        return {step.id: step for steps in self.blocks.values() for step in steps}

    def walk(self) -> Iterator[tuple[int, str, AnyStep]]:
        """Every step as people read them, with how deep it stands and in which block."""
        yield from _walk(self.steps, 0, ROOT)


def inner_blocks(step: AnyStep) -> list[tuple[str, tuple[AnyStep, ...]]]:
    """The lists of steps inside a step, by name; those that it may have stand there even when they are empty."""
    found: list[tuple[str, tuple[AnyStep, ...]]] = []
    if isinstance(step, Branch):
        found += [("then", step.then), ("otherwise", step.otherwise)]
    if isinstance(step, Loop):
        found.append(("steps", step.steps))
    if isinstance(step, Parallel):
        lanes = [(name, getattr(step, name)) for name in LANES]
        found += [one for at, one in enumerate(lanes) if at < 2 or lanes[at - 1][1] or one[1]]
    if step.failing == "rescue" or step.rescue:
        found.append(("rescue", step.rescue))
    return found


def _walk(steps: tuple[AnyStep, ...], depth: int, block: str) -> Iterator[tuple[int, str, AnyStep]]:
    for step in steps:
        yield depth, block, step
        for part, inner in inner_blocks(step):
            yield from _walk(inner, depth + 1, f"{step.id}.{part}")


def encode(body: Body) -> dict[str, object]:
    """As it is stored and exported."""
    found: dict[str, object] = msgspec.to_builtins(body)
    return found


def decode(stored: object) -> Body:
    """The inverse; msgspec.ValidationError for what is none."""
    return msgspec.convert(stored, Body)
