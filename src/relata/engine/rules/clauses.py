"""The rules of one object, made ready once: which of them a draft calls for, and what each says when it is broken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from relata.engine.metadata.fields import Choice, Field, MultiChoice
from relata.engine.metadata.fields.choices import Option
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.metadata.validation import Entry, ValidationRule
from relata.engine.rules.condition import Condition, condition_of
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

EMPTY: tuple[Any, ...] = (None, "", (), [])


class Written(Protocol):
    """A write on its way (`workspace.draft.Draft`)."""

    @property
    def is_new(self) -> bool: ...

    def __getitem__(self, name: str) -> Any: ...

    def changed(self, name: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class RuleClause:
    """A validation rule. of: the name of its object."""

    rule: ValidationRule
    condition: Condition
    of: str

    @property
    def refused(self) -> bool:
        """What the condition gives for a record that breaks it."""
        return self.rule.forbids

    def applies(self, draft: Written) -> bool:
        """Whether this write calls for it."""
        match self.rule.on:
            case "created":
                return draft.is_new
            case "changed":
                return not draft.is_new
            case "fields":
                return draft.is_new or any(draft.changed(name) for name in self.rule.watched)
        return True

    def problem(self) -> Problem:
        """What the person is told."""
        if self.rule.severity == "warning":
            confirm = f"{self.of}.{self.rule.name}"
            return Problem("warning", self.rule.words, self.rule.field or None, confirm=confirm)
        return Problem("rule", self.rule.words, self.rule.field or None)


@dataclass(frozen=True, slots=True)
class RequiredClause:
    """A field that can't be empty while its condition is true. Asked when the field or what decides was touched, so
    that
    old records can be changed elsewhere."""

    field: Field
    condition: Condition
    refused: bool = True

    def applies(self, draft: Written) -> bool:
        if draft[self.field.name] not in EMPTY:
            return False
        return draft.is_new or _touched(draft, (self.field.name, *self.condition.reads))

    def problem(self) -> Problem:
        message = _("%(field)s is required here.") % {"field": self.field.title}
        return Problem("required", message, self.field.name, _("Fill it in."))


@dataclass(frozen=True, slots=True)
class OptionClause:
    """A value of a choice that goes with the record only while its condition is true."""

    field: Choice | MultiChoice
    option: Option
    condition: Condition
    refused: bool = False

    def applies(self, draft: Written) -> bool:
        value = draft[self.field.name]
        chosen = self.option.value in value if isinstance(value, tuple) else value == self.option.value
        return chosen and (draft.is_new or _touched(draft, (self.field.name, *self.condition.reads)))

    def problem(self) -> Problem:
        message = _("%(value)s does not go with the other values.") % {"value": self.option.title}
        return Problem("choice_mismatch", message, self.field.name, _("Choose another value."))


Clause = RuleClause | RequiredClause | OptionClause


@dataclass(frozen=True, slots=True)
class EntryClause:
    """What a value needs; see `Entry`."""

    entry: Entry
    fields: tuple[Field, ...]

    def problems(self, draft: Written) -> list[Problem]:
        """A problem for each needed field that is empty, where the value is entered or the field was touched."""
        value = draft[self.entry.field]
        if value is None or str(value) != self.entry.value:
            return []
        enters = draft.is_new or draft.changed(self.entry.field)
        return [
            Problem("needed", _("%(field)s is needed for this.") % {"field": field.title}, field.name, _("Fill it in."))
            for field in self.fields
            if draft[field.name] in EMPTY and (enters or draft.changed(field.name))
        ]


@dataclass(frozen=True, slots=True)
class Clauses:
    """own: decided by the record's own values. far: by records that it is linked with."""

    own: tuple[Clause, ...]
    far: tuple[Clause, ...]
    entries: tuple[EntryClause, ...]

    def __bool__(self) -> bool:
        return bool(self.own or self.far or self.entries)


def clauses_of(registry: Registry, one: Object) -> Clauses:
    """The object's clauses. One whose expression no longer fits, since a module was switched off, holds nobody up; the
    settings show it as broken."""
    made = list(_made(registry, one))
    entries = tuple(
        EntryClause(entry, fields)
        for entry in one.entries
        if (fields := tuple(field for name in entry.needs if (field := one.field(name)) is not None))
    )
    return Clauses(
        tuple(clause for clause in made if clause.condition.is_own),
        tuple(clause for clause in made if not clause.condition.is_own),
        entries,
    )


def _made(registry: Registry, one: Object) -> Iterable[Clause]:
    for field in one.fields:
        if field.required_when and (condition := _fitting(registry, one, field.required_when)):
            yield RequiredClause(field, condition)
    for choice in one.choice_fields:
        for option in choice.options:
            if option.when and (condition := _fitting(registry, one, option.when)):
                yield OptionClause(choice, option, condition)
    for rule in one.rules:
        if rule.active and rule.severity != "hint" and (condition := _fitting(registry, one, rule.condition)):
            yield RuleClause(rule, condition, one.name)


def _fitting(registry: Registry, one: Object, text: str) -> Condition | None:
    try:
        return condition_of(registry, one, text)
    except Invalid:
        return None


def _touched(draft: Written, names: Iterable[str]) -> bool:
    return any(draft.changed(name) for name in names)
