"""Fields that follow others in a form: shown, required and offered as the values say that are being typed.

Only screens follow this; what is required or allowed is decided by the rules of each write. A condition that reads what
the person may not read, or does not fit any more, changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from relata.engine.formula import evaluate
from relata.engine.metadata.fields import Field
from relata.engine.metadata.fields.choices import Option
from relata.engine.metadata.object import Object
from relata.engine.query.pages import context_of
from relata.engine.rules.condition import Condition, condition_of
from relata.engine.rules.own_values import OwnValues
from relata.engine.workspace.far_verdicts import results
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.ids import new_id


class FieldState(msgspec.Struct, frozen=True, omit_defaults=False):
    """How a field is to be shown. values: the options that go with the other values; None for all."""

    hidden: bool = False
    required: bool = False
    values: tuple[str, ...] | None = None


def dependents(one: Object) -> frozenset[str]:
    """The fields that follow others."""
    follow = {field.name for field in one.fields if _conditions(field) or _parent(field)}
    return frozenset(follow | {name for entry in one.entries for name in entry.needs})


def _conditions(field: Field) -> list[str]:
    options: tuple[Option, ...] = getattr(field, "options", ())
    return [text for text in (field.visible, field.required_when, *(option.when for option in options)) if text]


def _parent(field: Field) -> str:
    """The choice that narrows this one's options."""
    return str(getattr(field, "depends_on", ""))


async def field_states(work: Workspace, one: Object, values: Mapping[str, Any]) -> dict[str, FieldState]:
    """The state of each dependent field, for these values of the whole record."""
    names = dependents(one)
    if not names:
        return {}
    fields = [one.all_fields[name] for name in sorted(names) if one.field(name) is not None]
    truths = await _truths(work, one, {text for field in fields for text in _conditions(field)}, values)
    needed = {
        name
        for entry in one.entries
        if values.get(entry.field) is not None and str(values[entry.field]) == entry.value
        for name in entry.needs
    }
    return {
        field.name: FieldState(
            hidden=bool(field.visible) and truths.get(field.visible) is False,
            required=field.required or field.name in needed or truths.get(field.required_when) is True,
            values=_offered(field, truths, values),
        )
        for field in fields
    }


async def hidden_fields(work: Workspace, one: Object, values: Mapping[str, Any]) -> frozenset[str]:
    """The fields that these values hide."""
    if not any(field.visible for field in one.fields):
        return frozenset()
    return frozenset(name for name, state in (await field_states(work, one, values)).items() if state.hidden)


def _offered(field: Field, truths: Mapping[str, bool], values: Mapping[str, Any]) -> tuple[str, ...] | None:
    options = getattr(field, "options", ())
    depends_on = _parent(field)
    if not depends_on and not any(option.when for option in options):
        return None
    parent = values.get(depends_on) if depends_on else None
    return tuple(
        option.value
        for option in options
        if (not option.only_for or parent in option.only_for)
        and (not option.when or truths.get(option.when) is not False)
    )


async def _truths(work: Workspace, one: Object, texts: Iterable[str], values: Mapping[str, Any]) -> dict[str, bool]:
    """What the conditions give: own values in memory, those over links with one statement."""
    conditions = [found for text in sorted(texts) if (found := _condition(work, one, text)) is not None]
    context = context_of(work.actor)
    truths = {
        each.text: evaluate(
            each.checked, OwnValues(one, values, formulas=each.formulas, context=context), context
        ) is True
        for each in conditions
        if each.is_own
    }  # fmt: skip
    far = [each for each in conditions if not each.is_own]
    if far:
        key = values.get("id") or new_id()
        given = await results(work.unit, one, far, [(key, values)], work.actor)
        truths |= dict(zip((each.text for each in far), given[key], strict=True))
    return truths


def _condition(work: Workspace, one: Object, text: str) -> Condition | None:
    def make() -> Condition | Invalid:
        try:
            return condition_of(work.registry, one, text, work.actor)
        except Invalid as error:
            return error

    found = work.context.statements.get(("condition for", one.name, text, work.actor.fingerprint), make)
    return found if isinstance(found, Condition) else None
