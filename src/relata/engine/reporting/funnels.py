"""Funnels: how many records reach each step, how many leave before the next one, and how long it takes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import pairwise

import msgspec

from relata.engine.formula import (
    Binary,
    Call,
    Items,
    Kind,
    Literal,
    Node,
    Path,
    Unknown,
    all_of,
    any_of,
    negate,
    parse,
    to_text,
)
from relata.engine.metadata.fields import Choice
from relata.engine.query.operand import Operand, operand
from relata.engine.query.request import MAX_LIMIT, Query, parse_order
from relata.engine.query.scope import FieldScope
from relata.engine.query.tabulation import Events, Figure
from relata.engine.reporting.definition import MAX_STEPS, PASSES, Definition, Funnel, Measure, Step
from relata.engine.reporting.event_figures import EventFigure, EventsAsked, counted, happened, share
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _


async def with_steps(work: Workspace, definition: Definition) -> Definition:
    """The same with the steps of a funnel whose steps are the values of a field. What is gone is told by the check."""
    funnel = definition.funnel
    one = work.registry.objects.get(definition.object)
    if funnel is None or not funnel.by or funnel.steps or one is None:
        return definition
    relation = FieldScope(work.registry, one, work.actor).relation(one, funnel.events)
    if relation is None:
        return definition
    scope = FieldScope(work.registry, work.registry.get(relation.child), work.actor)
    try:
        found = operand(scope, Path(tuple(funnel.by.split("."))))
    except Unknown:
        return definition
    steps = tuple([step async for step in _values(work, funnel, found)][:MAX_STEPS])
    return msgspec.structs.replace(definition, funnel=msgspec.structs.replace(funnel, steps=steps))


async def _values(work: Workspace, funnel: Funnel, found: Operand) -> AsyncIterator[Step]:
    """One for each value; those of several linked records of one name together."""
    if isinstance(found.field, Choice) and not found.part:
        for option in found.field.options:
            yield Step(where=to_text(Binary("=", found.node, Literal(option.value))), label=option.title)
        return
    if found.kind is not Kind.ID or not found.target:
        return
    target = work.readable_object(found.target)
    where = parse(funnel.only) if funnel.only.strip() else None
    order = parse_order(work.layout(found.target).order)
    page = await work.query(Query(found.target, where, order, ("id", target.title_field), MAX_LIMIT))
    named: dict[str, list[str]] = {}
    for row in page.rows:
        named.setdefault(str(row[1]), []).append(str(row[0]))
    for name, ids in named.items():
        one_of = Binary("in", found.node, Items(tuple(map(Literal, ids))))
        yield Step(where=to_text(one_of if len(ids) > 1 else Binary("=", found.node, Literal(ids[0]))), label=name)


def with_any_steps(definition: Definition) -> Definition:
    """The same with two steps that stand for those that are only known when it is asked, to check the rest."""
    funnel = definition.funnel
    if funnel is None or not funnel.by or funnel.steps:
        return definition
    steps = (Step(where=f"{funnel.by} = null"), Step(where=f"{funnel.by} != null"))
    return msgspec.structs.replace(definition, funnel=msgspec.structs.replace(funnel, steps=steps))


def funnel_asked(funnel: Funnel, *, is_grouped: bool) -> EventsAsked:
    """is_grouped: each group is told in counts and one conversion, since it is one line."""
    steps = [_parsed(one) for one in funnel.steps]
    if not steps and funnel.by:
        raise Invalid(_("The steps of this funnel are gone or not open to you."), code="report", field="funnel.by")
    if not 2 <= len(steps) <= MAX_STEPS:
        text = _("A funnel has 2 to %(most)s steps, each with a condition.") % {"most": MAX_STEPS}
        raise Invalid(text, code="report", field="funnel.steps")
    if funnel.passes not in PASSES:
        raise Invalid(_("There is no such order of steps."), code="report", field="funnel.passes")
    at = Path(tuple(funnel.at.split(".")))
    events = Events(funnel.events, at, tuple(steps), funnel.passes, among=_among(steps))
    labels = [one.label or one.where for one in funnel.steps]
    reached = [_reached(funnel, events, at) for at in range(1, len(steps) + 1)]
    return EventsAsked(events, tuple(_grouped(labels, reached) if is_grouped else _whole(labels, reached)))


def _among(steps: list[Node]) -> Node | None:
    """That an event is one of any step, where that is a matter of one field: one comparison instead of one for each."""
    values: list[Literal] = []
    fields = set[Node]()
    for step in steps:
        if not isinstance(step, Binary) or step.op not in ("=", "in"):
            return None
        fields.add(step.left)
        found = step.right.items if isinstance(step.right, Items) else (step.right,)
        values += [one for one in found if isinstance(one, Literal) and one.value is not None]
        if any(not isinstance(one, Literal) or one.value is None for one in found):
            return None
    return Binary("in", fields.pop(), Items(tuple(dict.fromkeys(values)))) if len(fields) == 1 else None


def _parsed(step: Step) -> Node:
    if not step.where.strip():
        raise Invalid(_("Say which events are this step."), code="report", field="funnel.steps")
    return parse(step.where)


def _reached(funnel: Funnel, events: Events, step: int) -> Node:
    """What holds for the records that came to a step."""
    if funnel.passes == "later":
        return happened(funnel.events, any_of(events.steps[step - 1 :]))
    found = [happened(funnel.events, one) for one in events.steps[:step]]
    if funnel.passes == "in_order":
        firsts = [Call("first", (Path((funnel.events,)), events.at, one)) for one in events.steps[:step]]
        found += [Binary("<=", before, after) for before, after in pairwise(firsts)]
    return all_of(found)


def _grouped(labels: list[str], reached: list[Node]) -> Iterator[EventFigure]:
    for at, (label, where) in enumerate(zip(labels, reached, strict=True), 1):
        yield counted(f"s{at}", label, Figure("reached", step=at), where)
    yield share(f"c{len(labels)}", _("Conversion"), f"s{len(labels)} / s1", reached[-1])


def _whole(labels: list[str], reached: list[Node]) -> Iterator[EventFigure]:
    """Of each step: how many came, of those of the first step and of the step before, how many left, how long."""
    for at, (label, where) in enumerate(zip(labels, reached, strict=True), 1):
        words = {"step": label}
        yield counted(f"s{at}", label, Figure("reached", step=at), where)
        if at > 1:
            yield share(f"c{at}", _("%(step)s, of all") % words, f"s{at} / s1", where)
            yield share(f"p{at}", _("%(step)s, of the step before") % words, f"s{at} / s{at - 1}", where)
            measure = Measure(function="median", name=f"t{at}", label=_("Half reach %(step)s within") % words)
            yield EventFigure(measure, Figure("between", step=at), where, "duration")
        if at < len(labels):
            gone = all_of([where, negate(reached[at])])
            yield counted(f"d{at}", _("Left after %(step)s") % words, Figure("dropped", step=at), gone)
