"""Reports with their prompts answered, and the way from a report to the lists behind its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import quote

from relata.engine.formula import Node, Unknown, all_of
from relata.engine.query.scope import FieldScope
from relata.engine.reporting.definition import Definition, Prompt
from relata.engine.ui.filter_conditions import Condition, condition_node, takes
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem


def answered(work: Workspace, definition: Definition, answers: Mapping[str, Sequence[str]]) -> Node | None:
    """The condition that the prompts make; what nobody answered has its default, and without one holds nobody up.
    Invalid names the prompt whose answer does not fit. answers: by the prompts' names."""
    if definition.object not in work.registry.objects:
        return None  # said when the report is asked
    scope = FieldScope(work.registry, work.readable_object(definition.object), work.actor)
    nodes: list[Node] = []
    problems: list[Problem] = []
    for prompt in definition.prompts:
        given = answers.get(prompt.name)
        values = tuple(value for value in (prompt.values if given is None else given) if value.strip())
        if not values and takes(prompt.operator) != "none":
            continue
        try:
            nodes.append(condition_node(scope, Condition(prompt.path, prompt.operator, values, prompt.unit)))
        except Unknown:
            continue  # gone or hidden: the report says so elsewhere
        except Invalid as error:
            problems.append(Problem(error.code, error.message, prompt.name, error.hint))
    if problems:
        raise Invalid.of(problems)
    return all_of(nodes) if nodes else None


def asked(prompt: Prompt, answers: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """What stands in the prompt's input."""
    given = answers.get(prompt.name)
    return tuple(prompt.values if given is None else given)


def behind_address(work: Workspace, object_name: str, where: str, day: date) -> str:
    """Where the records behind a number of a past day are listed, as they were."""
    if object_name not in work.registry.objects:
        return ""
    return f"/report/behind?object={object_name}&as_on={day.isoformat()}&where={quote(where)}"


def list_address(work: Workspace, object_name: str, where: str) -> str:
    """Where the records behind a number are listed; "" where the object has no list for this person."""
    one = work.registry.objects.get(object_name)
    if one is None:
        return ""
    return f"/{one.path}?view=all{f'&where={quote(where)}' if where else ''}"
