"""A condition of a rule, checked once: what it reads, and whether the record's own values decide it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from relata.engine.formula import BOOLEAN, Checked, check, parse, references, relations
from relata.engine.metadata.fields import Formula, Link, RollUp
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.query.reader import AnyReader, Reader
from relata.engine.query.scope import FieldScope
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Condition:
    """reads: the object's own fields whose change may change the result, also those that its formulas read. is_own:
    nothing else decides, so that it is evaluated in memory. counts: it reads lists of records or roll-ups, so that what
    was written just before matters. formulas: the formula fields that it reads."""

    text: str
    checked: Checked
    reads: frozenset[str]
    is_own: bool
    counts: bool
    formulas: Mapping[str, Checked]


def condition_of(registry: Registry, one: Object, text: str, reader: Reader | None = None) -> Condition:
    """The condition for any reader, or for one who may not read everything. Invalid, with the place, where it does not
    fit the object."""
    scope = FieldScope(registry, one, reader or AnyReader())
    checked = check(parse(text), scope, expect=BOOLEAN)
    found = _Reading(scope)
    found.add(checked)
    return Condition(text, checked, frozenset(found.reads), found.is_own, found.counts, found.formulas)


class _Reading:
    """Everything that a checked expression reads, formulas opened."""

    def __init__(self, scope: FieldScope) -> None:
        self.scope = scope
        self.reads: set[str] = set()
        self.formulas: dict[str, Checked] = {}
        self.is_own = True
        self.counts = False

    def add(self, checked: Checked) -> None:
        for ref in references(checked):
            self._path(ref.path)
        for many, _inner in relations(checked):
            self.is_own, self.counts = False, True
            first = many.name.split(".")[0]
            if self.scope.object.field(first) is not None:
                self.reads.add(first)

    def _path(self, path: tuple[str, ...]) -> None:
        found = self.scope.find(path)
        if found.field is not None and found.field.sensitivity == "secret":
            message = _("A rule can't read %(field)s: it is secret.") % {"field": found.field.title}
            raise Invalid.of([Problem("secret_field", message, "condition", _("Use another field."))])
        name = path[0]
        field = self.scope.object.field(name)
        if field is None:
            return
        self.reads.add(name)
        self.counts = self.counts or isinstance(found.field, RollUp)
        if isinstance(field, RollUp) or (isinstance(field, Link) and len(path) > 1):
            self.is_own = False
        elif isinstance(field, Formula) and name not in self.formulas:
            formula = self.formulas[name] = self.scope.formula(self.scope.object, field)
            self.add(formula)
