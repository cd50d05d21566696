"""The assignment rules of a workspace, in their order, ready to be asked."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from relata.engine.metadata.object import Object
from relata.engine.rules.assignment import AssignmentRule
from relata.engine.workspace.context import WorkspaceContext

#: The kind of definition.
KIND = "assignment_rule"


@dataclass(frozen=True, slots=True)
class Named:
    """A rule with its name."""

    name: str
    rule: AssignmentRule

    @property
    def label(self) -> str:
        """What people call it."""
        return self.rule.label or self.name


def all_rules(context: WorkspaceContext) -> list[Named]:
    """Every rule, also what is switched off, by object and order."""
    found = [Named(one.name, msgspec.convert(one.body, AssignmentRule)) for one in context.of_kind(KIND)]
    return sorted(found, key=lambda one: (one.rule.object, one.rule.position, one.name))


def rules_of(context: WorkspaceContext, one: Object, *, by_default: bool = False) -> tuple[Named, ...]:
    """The active rules of an object. by_default: only those that new records are assigned by without being asked."""
    found: tuple[Named, ...] = context.statements.get(
        ("assignment rules", one.name, by_default),
        lambda: tuple(
            named
            for named in all_rules(context)
            if named.rule.object == one.name and named.rule.is_active and (named.rule.by_default or not by_default)
        ),
    )
    return found
