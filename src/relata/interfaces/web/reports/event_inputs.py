"""What the builder offers for funnels and cohorts: the related lists, their moments, the fields that make steps."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from relata.engine.metadata.fields import Choice, Link
from relata.engine.metadata.object import Object
from relata.engine.query.scope import FieldScope
from relata.engine.reporting.definition import AGE_GRAINS, Definition, Grouping, Picture, Step
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.html.view_values import Option
from relata.interfaces.web.reports import words


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a funnel as inputs."""

    place: str
    label: str
    where: str


class EventInputs(msgspec.Struct, frozen=True, kw_only=True):
    """way: funnel, cohort, or "" for plain figures. lists: of events; moments: of the chosen one; makers: what can make
    the steps."""

    ways: tuple[Option, ...]
    way: str = ""
    lists: tuple[Option, ...] = ()
    list: str = ""
    moments: tuple[Option, ...] = ()
    at: str = ""
    makers: tuple[Option, ...] = ()
    by: str = ""
    only: str = ""
    passes: str = ""
    all_passes: tuple[Option, ...] = ()
    steps: tuple[StepRow, ...] = ()
    where: str = ""
    shows: str = ""
    all_shows: tuple[Option, ...] = ()
    periods: str = ""
    error: str = ""


def event_inputs(
    work: Workspace, scope: FieldScope | None, definition: Definition, errors: Mapping[str, str]
) -> EventInputs:
    """With what may be chosen."""
    funnel, cohort = definition.funnel, definition.cohort
    if scope is None or (funnel is None and cohort is None):
        return EventInputs(ways=words.ways())
    chosen = funnel.events if funnel is not None else cohort.events if cohort is not None else ""
    child = _child(scope, chosen) if chosen else scope.object
    error = " ".join(text for place, text in errors.items() if place.startswith(("funnel", "cohort", "events", "at")))
    common = EventInputs(
        ways=words.ways(), lists=_lists(work, scope), list=chosen, moments=_moments(scope, child),
        makers=_makers(scope, child), all_passes=words.passes(), all_shows=words.ages(), error=error,
    )  # fmt: skip
    if funnel is not None:
        steps = tuple(
            StepRow(place=f"steps.{at}", label=one.label, where=one.where) for at, one in enumerate(funnel.steps)
        )
        return msgspec.structs.replace(
            common, way="funnel", at=funnel.at, by=funnel.by, only=funnel.only, passes=funnel.passes, steps=steps
        )
    assert cohort is not None
    return msgspec.structs.replace(
        common, way="cohort", at=cohort.at, where=cohort.where, shows=cohort.shows, periods=str(cohort.periods)
    )


def begun(work: Workspace, definition: Definition, way: str) -> Definition:
    """What was just chosen with something to begin with, so that it answers at once."""
    if definition.object not in work.registry.objects or not way:
        return definition
    scope = FieldScope(work.registry, work.readable_object(definition.object), work.actor)
    funnel, cohort = definition.funnel, definition.cohort
    if funnel is not None:
        events = funnel.events or next((one.value for one in _lists(work, scope)), "")
        child = _child(scope, events)
        at = _one_of(funnel.at, _moments(scope, child))
        makers = _makers(scope, child)
        by = funnel.by if any(one.value == funnel.by for one in makers) else ""
        if not by and not any(step.where for step in funnel.steps) and not funnel.at:
            by = makers[0].value if makers else ""
        steps = funnel.steps if by or len(funnel.steps) > 1 else (*funnel.steps, Step(), Step())[:2]
        found = msgspec.structs.replace(funnel, events=events, at=at, by=by, steps=steps)
        return _pictured(msgspec.structs.replace(definition, funnel=found), "funnel")
    if cohort is None:
        return definition
    child = _child(scope, cohort.events) if cohort.events else scope.object
    rows = definition.rows
    if not rows or rows[0].grain not in AGE_GRAINS:
        rows = (Grouping(path="created_at", grain="month"),)
    at = _one_of(cohort.at, _moments(scope, child))
    found_cohort = msgspec.structs.replace(cohort, at=at)
    return _pictured(msgspec.structs.replace(definition, cohort=found_cohort, rows=rows[:1]), "cohort")


def _pictured(definition: Definition, kind: str) -> Definition:
    """Drawn as what it is, unless somebody chose one that also fits."""
    if definition.picture.kind in (kind, "table", "line", "area", "bar"):
        return definition
    return msgspec.structs.replace(definition, picture=Picture(kind=kind))


def _one_of(value: str, options: tuple[Option, ...]) -> str:
    return value if any(one.value == value for one in options) else options[0].value if options else ""


def _child(scope: FieldScope, events: str) -> Object | None:
    relation = scope.relation(scope.object, events) if events else None
    return scope.registry.get(relation.child) if relation is not None else None


def _lists(work: Workspace, scope: FieldScope) -> tuple[Option, ...]:
    names = [name for name, field in scope.object.all_fields.items() if field.type_name == "links"]
    found = []
    for name in (*scope.registry.relations[scope.object.name], *names):
        relation = scope.relation(scope.object, name)
        if relation is not None and work.actor.rights.level(scope.registry.get(relation.child), "read"):
            found.append(Option(value=name, label=relation.title))
    return tuple(sorted(found, key=lambda one: one.label.casefold()))


def _moments(scope: FieldScope, child: Object | None) -> tuple[Option, ...]:
    if child is None:
        return ()
    found = [
        Option(value=name, label=field.title)
        for name, field in child.all_fields.items()
        if field.type_name in ("date", "datetime") and not field.hidden and scope.reader.readable(child, field)
    ]
    own = [one for one in found if one.value not in ("created_at", "changed_at")]
    return (*own, *(one for one in found if one not in own))


def _makers(scope: FieldScope, child: Object | None) -> tuple[Option, ...]:
    if child is None:
        return ()
    return tuple(
        Option(value=name, label=field.title)
        for name, field in child.all_fields.items()
        if scope.reader.readable(child, field) and (isinstance(field, Choice) or _is_reference(scope, field))
    )


def _is_reference(scope: FieldScope, field: object) -> bool:
    return isinstance(field, Link) and field.to in scope.registry.objects and scope.registry.get(field.to).reference
