"""Conditions over one record that decide what a screen shows: sections, fields, actions."""

from __future__ import annotations

from relata.engine.formula import BOOLEAN, check, evaluate, parse
from relata.engine.metadata.object import Object
from relata.engine.query.columns import Everything
from relata.engine.query.pages import context_of
from relata.engine.query.scope import FieldScope
from relata.engine.workspace.record import Record
from relata.engine.workspace.rollups import OwnValues
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid


def holds(work: Workspace, one: Object, record: Record, expression: str) -> bool:
    """Whether the expression is true for the record's own values. One that no longer fits shows rather than hides."""
    scope = FieldScope(work.registry, one, Everything(work.actor))
    try:
        checked = work.context.statements.get(
            ("condition", one.name, expression), lambda: check(parse(expression), scope, expect=BOOLEAN)
        )
    except Invalid:
        return True
    return bool(evaluate(checked, OwnValues(one, record.values), context_of(work.actor)))
