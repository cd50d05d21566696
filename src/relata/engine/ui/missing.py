"""What a record still lacks, in one quiet line: fields that a good record fills in, and rules that only count."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from relata.engine.formula import evaluate
from relata.engine.metadata.object import Object
from relata.engine.metadata.validation import ValidationRule
from relata.engine.query.pages import context_of
from relata.engine.reporting.quality.expected import expected
from relata.engine.rules.condition import Condition, condition_of
from relata.engine.rules.own_values import OwnValues
from relata.engine.ui.facts import Facts
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid

_MOST = 6


class Missing(msgspec.Struct, frozen=True):
    """fields: name and label of what is empty and may be filled in here. words: what rules say. more: how many fields
    stand behind these."""

    fields: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    more: int = 0


def missing(work: Workspace, one: Object, record: Record, sections: Collection[Facts]) -> Missing | None:
    """None where nothing is missing. sections: what the page shows of the record, so that nothing is named that is
    hidden from the reader or has no place on this record."""
    shown: Mapping[str, bool] = {fact.name: fact.editable for part in sections for fact in part.facts}
    empty = [
        (field.name, field.title)
        for field in work.context.statements.get(("expected", one.name), lambda: expected(work.registry, one))
        if shown.get(field.name) and record[field.name] in (None, "", (), [])
    ]
    hints = work.context.statements.get(("hints", one.name), lambda: _hints(work, one))
    words = tuple(rule.words for rule, condition in hints if _is_broken(work, one, record, rule, condition))
    return Missing(tuple(empty[:_MOST]), words, len(empty[_MOST:])) if empty or words else None


def _hints(work: Workspace, one: Object) -> tuple[tuple[ValidationRule, Condition], ...]:
    """Those that the record's own values decide: a page must not cost a question more."""
    found = []
    for rule in one.rules:
        if rule.active and rule.severity == "hint":
            try:
                condition = condition_of(work.registry, one, rule.condition)
            except Invalid:  # a module was switched off; the settings show it as broken
                continue
            if condition.is_own:
                found.append((rule, condition))
    return tuple(found)


def _is_broken(work: Workspace, one: Object, record: Record, rule: ValidationRule, condition: Condition) -> bool:
    context = context_of(work.actor)
    values = OwnValues(one, record.values, record_id=record.id, formulas=condition.formulas, context=context)
    return (evaluate(condition.checked, values, context) is True) is rule.forbids
