"""What is called wrong: the object's validation rules, those that refuse as well as those that only count."""

from __future__ import annotations

from collections.abc import Iterator

from relata.engine.formula import Node, negate, parse
from relata.engine.metadata.object import Object
from relata.engine.metadata.validation import ValidationRule
from relata.engine.rules.condition import condition_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError


def judged(work: Workspace, one: Object) -> Iterator[tuple[ValidationRule, Node]]:
    """The active rules that are about a record as it is, each with the condition of those that break it. One that reads
    what the actor may not, or that no longer fits, is left out."""
    for rule in one.rules:
        if not rule.active or rule.on != "always":
            continue
        try:
            condition_of(work.registry, one, rule.condition, work.actor)
        except RelataError:
            continue
        parsed = parse(rule.condition)
        yield rule, parsed if rule.forbids else negate(parsed)
