"""Where a field or object is used: what would break without it, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from relata.engine.formula import Path, parse
from relata.engine.formula.tree import Node, children
from relata.engine.metadata.fields import Field, Formula, Link, Links, RollUp
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.metadata.validation import ValidationRule
from relata.engine.rules.assignment import AssignmentRule
from relata.engine.rules.condition import condition_of
from relata.engine.rules.reading import fields_read
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.expressions import check_expressions
from relata.engine.workspace.sharing import SharingRule
from relata.foundation.errors import Conflict, Invalid, Problem, RelataError
from relata.foundation.i18n import gettext as _

#: Definitions over one object, which name its fields.
_OVER_OBJECTS = ("layout", "view", "sharing_rule", "approval")


def uses_of_field(context: WorkspaceContext, one: Object, field: Field) -> list[str]:
    """Formulas, roll-ups, layouts, views, rules and matching that name the field."""
    found: list[str] = []
    for other in context.registry.objects.values():
        for candidate in other.fields:
            if candidate is not field and _field_uses(context, other, candidate, one, field.name):
                found.append(f"the field {candidate.title} of {other.title}")
        found.extend(_object_uses(other, one, field))
    for definition in context.definitions:
        about = definition.kind in _OVER_OBJECTS and definition.body.get("object") == one.name
        if about and any(field.name in words for words in _words(definition.body)):
            found.append(f"the {definition.kind.replace('_', ' ')} {definition.name}")
    found.extend(_ruled(context, one, field))
    found.extend(_assigned(context, one, field))
    if one.name in context.registry.layouts and (f"the layout {one.name}" not in found):
        body = msgspec.to_builtins(context.registry.layouts[one.name])
        if any(field.name in words for words in _words(body)):
            found.append(f"the layout of {one.title}")
    return found


def _ruled(context: WorkspaceContext, one: Object, field: Field) -> Iterator[str]:
    """Rules that read the field, over links too, show at it or are called by it; what values need; unique groups."""
    for other in context.registry.objects.values():
        for rule in other.rules:
            named = other.name == one.name and field.name in (rule.field, *rule.watched)
            if named or (one.name, field.name) in fields_read(context.registry, other, rule.condition):
                yield f"the rule {rule.title} of {other.title}"
    for entry in one.entries:
        if field.name == entry.field or field.name in entry.needs:
            yield f"what {one.all_fields[entry.field].title} needs in {one.title}"


def _assigned(context: WorkspaceContext, one: Object, field: Field) -> Iterator[str]:
    """Assignment rules that read the field, over links too, or wait for its change."""
    for definition in context.of_kind("assignment_rule"):
        rule = msgspec.convert(definition.body, AssignmentRule)
        about = context.registry.objects.get(rule.object)
        texts = [text for text in (rule.where, rule.open, *rule.expressions) if text]
        read = about is not None and any(
            (one.name, field.name) in fields_read(context.registry, about, text) for text in texts
        )
        if read or (rule.object == one.name and field.name in rule.met_by):
            yield f"the assignment rule {rule.label or definition.name}"


def uses_of_object(context: WorkspaceContext, one: Object) -> list[str]:
    """Links from other objects, and rules and views over its records."""
    found = [
        f"the field {field.title} of {other.title}"
        for other in context.registry.objects.values()
        for field in other.fields
        if other.name != one.name and isinstance(field, (Link, Links)) and field.to == one.name
    ]
    found.extend(
        f"the {definition.kind.replace('_', ' ')} {definition.name}"
        for definition in context.definitions
        if definition.kind in ("view", "sharing_rule", "approval", "assignment_rule", "score_rule")
        and definition.body.get("object") == one.name
    )
    return found


def own_uses(one: Object, field: Field) -> list[str]:
    """What the object itself needs the field for: title, life-cycle, parent, matching."""
    return _object_uses(one, one, field)


def roll_ups_over(context: WorkspaceContext, one: Object, field: Field) -> list[tuple[Object, RollUp]]:
    """The roll-ups of other objects that count by this field, with the object that has them."""
    return [
        (other, candidate)
        for other in context.registry.objects.values()
        for candidate in other.fields
        if isinstance(candidate, RollUp) and _field_uses(context, other, candidate, one, field.name)
    ]


def check_users(context: WorkspaceContext, registry: Registry, one: Object, field: Field) -> None:
    """Conflict with the formulas, roll-ups and rules that would no longer fit in the new registry."""
    broken: list[Problem] = []
    for other in context.registry.objects.values():
        for candidate in other.fields:
            if candidate.name != field.name and _field_uses(context, other, candidate, one, field.name):
                broken.extend(_broken(registry, other.name, candidate, f"the field {candidate.title} of {other.title}"))
    for definition in context.of_kind("sharing_rule"):
        rule = msgspec.convert(definition.body, SharingRule)
        if rule.object == one.name and field.name in _names(rule.where):
            broken.extend(_broken(registry, one.name, rule, f"the sharing rule {definition.name}"))
    for other in context.registry.objects.values():
        for validation in other.rules:
            if (one.name, field.name) in fields_read(context.registry, other, validation.condition):
                broken.extend(_misfit(registry, other.name, validation))
    if broken:
        message = f"{field.title} is used where the new type does not fit: {broken[0].message}"
        raise Conflict(message, code="in_use", hint=_("Change these first."), problems=broken[:50])


def _misfit(registry: Registry, name: str, rule: ValidationRule) -> list[Problem]:
    try:
        condition_of(registry, registry.get(name), rule.condition)
    except Invalid as error:
        return [
            Problem(
                "in_use",
                _("the rule %(title)s of %(title2)s: %(message)s")
                % {"title": rule.title, "title2": registry.get(name).title, "message": error.message},
            )
        ]
    return []


def _broken(registry: Registry, name: str, what: Field | SharingRule, title: str) -> list[Problem]:
    try:
        check_expressions(registry, registry.get(name), what)
    except Invalid as error:
        return [Problem("in_use", _("%(field)s: %(message)s") % {"field": title, "message": error.message})]
    return []


def _field_uses(context: WorkspaceContext, holder: Object, candidate: Field, one: Object, name: str) -> bool:
    if isinstance(candidate, Formula):
        return name in _names(candidate.expression)
    if isinstance(candidate, RollUp):
        relation = context.registry.relations[holder.name].get(candidate.over)
        if relation is None or relation.child != one.name:
            return False
        return name in (candidate.field, relation.field) or name in _names(candidate.where)
    return holder.name == one.name and (
        name in _names(candidate.visible)
        or name in _names(candidate.required_when)
        or any(name in _names(option.when) for option in getattr(candidate, "options", ()))
        or getattr(candidate, "depends_on", "") == name
    )


def _object_uses(other: Object, one: Object, field: Field) -> list[str]:
    if other.name != one.name:
        return []
    found = []
    if field.name in (other.title_field, other.access_parent) or (
        other.lifecycle and other.lifecycle.field == field.name
    ):
        found.append(f"{other.title} itself, as its title, life-cycle or parent")
    if any(field.name in group for group in (*other.match, *other.unique_together)):
        found.append(f"the matching of {other.title}")
    return found


def _names(expression: str) -> set[str]:
    """All names in the paths of an expression."""
    try:
        tree = parse(expression) if expression else None
    except RelataError:
        return set()
    return set(_paths(tree)) if tree is not None else set()


def _paths(node: Node) -> Iterator[str]:
    if isinstance(node, Path):
        yield from node.names
    for child in children(node):
        yield from _paths(child)


def _words(body: Any) -> Iterator[set[str]]:
    """The names in a stored definition: path parts of every text, names of every expression."""
    if isinstance(body, str):
        yield set(body.lstrip("-").replace(",", ".").split(".")) | _names(body)
    elif isinstance(body, dict):
        for value in body.values():
            yield from _words(value)
    elif isinstance(body, (list, tuple)):
        for value in body:
            yield from _words(value)
