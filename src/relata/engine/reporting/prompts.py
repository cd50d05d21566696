"""What readers answered to a report's prompts, as conditions: of the report itself, and of those beside it by what the
prompts mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from relata.engine.formula import Node, Unknown, all_of
from relata.engine.metadata.fields import Link
from relata.engine.query.filter_conditions import Condition, condition_node, takes, usual_operator
from relata.engine.query.scope import FieldScope
from relata.engine.reporting.dashboards.body import Filter
from relata.engine.reporting.dashboards.filters import Applied, path_to
from relata.engine.reporting.definition import Definition, Prompt
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem

#: By the prompts' names; what is not there has its default.
Answers = Mapping[str, Sequence[str]]
#: What else holds for a report that stands beside another.
Beside = Callable[[Definition], Applied]


def answered(work: Workspace, definition: Definition, answers: Answers) -> Node | None:
    """The condition that the prompts make; what nobody answered has its default, and without one holds nobody up.
    Invalid names the prompt whose answer does not fit."""
    scope = _scope(work, definition)
    if scope is None:
        return None  # said when the report is asked
    nodes: list[Node] = []
    problems: list[Problem] = []
    for prompt, values in _given(definition, answers):
        try:
            nodes.append(_node(scope, prompt, prompt.path, values))
        except Unknown:
            continue  # gone or hidden: the report says so elsewhere
        except Invalid as error:
            problems.append(Problem(error.code, error.message, prompt.name, error.hint))
    if problems:
        raise Invalid.of(problems)
    return all_of(nodes) if nodes else None


def answered_beside(work: Workspace, definition: Definition, answers: Answers) -> Beside:
    """What the answers mean to a report beside this one: the period over its own day, a field over the same field or
    the link that leads there. What means nothing to it is told. Its own prompts have their defaults, but where an
    answer takes their place."""

    def of(other: Definition) -> Applied:
        scope, there = _scope(work, definition), _scope(work, other)
        if scope is None or there is None:
            return Applied()
        nodes: list[Node] = []
        missing: list[str] = []
        taken = set[str]()
        for prompt, values in _given(definition, answers):
            path = _meaning(scope, there, definition, other, prompt.path)
            try:
                nodes.append(_node(there, prompt, path, values))
                taken.add(path)
            except (Unknown, Invalid):
                missing.append(prompt.label or _title(scope, prompt.path))
        own = msgspec.structs.replace(other, prompts=tuple(one for one in other.prompts if one.path not in taken))
        default = answered(work, own, {})
        nodes += [default] if default is not None else []
        return Applied(all_of(nodes) if nodes else None, tuple(dict.fromkeys(word for word in missing if word)))

    return of


def _scope(work: Workspace, definition: Definition) -> FieldScope | None:
    if definition.object not in work.registry.objects:
        return None
    return FieldScope(work.registry, work.readable_object(definition.object), work.actor)


def _given(definition: Definition, answers: Answers) -> list[tuple[Prompt, tuple[str, ...]]]:
    """The prompts that ask something, with their values."""
    found = []
    for prompt in definition.prompts:
        given = answers.get(prompt.name)
        values = tuple(value for value in (prompt.values if given is None else given) if value.strip())
        if values or takes(prompt.operator) == "none":
            found.append((prompt, values))
    return found


def _node(scope: FieldScope, prompt: Prompt, path: str, values: tuple[str, ...]) -> Node:
    operator = prompt.operator or usual_operator(scope, path)
    return condition_node(scope, Condition(path, operator, values, prompt.unit))


def _meaning(scope: FieldScope, there: FieldScope, definition: Definition, other: Definition, path: str) -> str:
    """The path of the same thing; "" for none, which no condition can be made of."""
    if path == definition.date and other.date:
        return other.date
    try:
        found = scope.find(tuple(path.split(".")))
    except Unknown:
        return ""
    if found.field is None:
        return ""
    is_person = isinstance(found.field, Link) and found.field.to in ("user", "team")
    if is_person and len(found.links) == 0 and there.object.field(path) is not None:
        return path
    name = ".".join((found.field.name, *([found.part] if found.part else [])))
    return path_to(there, Filter(object=found.object.name, path=name))


def _title(scope: FieldScope, path: str) -> str:
    try:
        found = scope.find(tuple(path.split(".")))
    except Unknown:
        return ""
    return found.field.title if found.field is not None else ""
