"""The builder's inputs for funnels and cohorts, read into a definition."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from relata.engine.reporting.definition import MAX_AGES, MAX_STEPS, Cohort, Definition, Funnel, Step

Form = Mapping[str, list[str]]


def one(form: Form, name: str) -> str:
    """The last value under a name."""
    return (form.get(name) or [""])[-1].strip()


def read_funnel(form: Form) -> Funnel | None:
    """None for another kind of report."""
    if one(form, "way") != "funnel":
        return None
    steps: list[Step] = []
    while len(steps) < MAX_STEPS and f"steps.{len(steps)}.is" in form:
        place = f"steps.{len(steps)}"
        steps.append(Step(where=one(form, f"{place}.where"), label=one(form, f"{place}.label")[:120]))
    return Funnel(
        events=one(form, "event.events"), at=one(form, "event.at"), by=one(form, "event.by"),
        only=one(form, "event.only"), passes=one(form, "event.passes") or "later",
        steps=() if one(form, "event.by") else tuple(steps),
    )  # fmt: skip


def read_cohort(form: Form) -> Cohort | None:
    """None for another kind of report."""
    if one(form, "way") != "cohort":
        return None
    text = one(form, "event.periods")
    periods = int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else 12
    return Cohort(
        events=one(form, "event.events"), at=one(form, "event.at"), where=one(form, "event.where"),
        shows=one(form, "event.shows") or "reached", periods=min(max(periods, 1), MAX_AGES),
    )  # fmt: skip


def with_step(definition: Definition, verb: str, at: int) -> Definition:
    """After a button at a step: add, remove, up."""
    if definition.funnel is None:
        return definition
    steps = list(definition.funnel.steps)
    if verb == "add" and len(steps) < MAX_STEPS:
        steps.append(Step())
    elif verb == "remove" and at < len(steps):
        del steps[at]
    elif verb == "up" and 0 < at < len(steps):
        steps[at - 1], steps[at] = steps[at], steps[at - 1]
    return msgspec.structs.replace(definition, funnel=msgspec.structs.replace(definition.funnel, steps=tuple(steps)))
