"""Expressions in definitions are checked before they are stored: a field, roll-up or rule that does not fit is
refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relata.engine.formula import BOOLEAN, check, parse, references
from relata.engine.metadata.fields import Field, Formula, Link, RollUp
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.query.reader import AnyReader
from relata.engine.query.scope import FieldScope
from relata.engine.rules.condition import condition_of
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.sharing import SharingRule

_FUNCTIONS = ("count", "sum", "min", "max", "average")


def check_expressions(registry: Registry, one: Object, what: Field | SharingRule) -> None:
    """Invalid where an expression of a field or rule does not fit the registry."""
    scope = FieldScope(registry, one, AnyReader())
    if isinstance(what, Formula):
        check(parse(what.expression), scope)
        _refuse_circle(scope, what)
    elif isinstance(what, RollUp):
        _check_roll_up(registry, one, what)
    elif isinstance(what, Field):
        _check_conditions(registry, one, what)
        if isinstance(what, Link) and what.to not in registry.objects:
            raise Invalid.of([Problem("unknown_object", _("There is no object to link to."), "to")])
    else:
        check(parse(what.where), scope, expect=BOOLEAN)


def check_case(registry: Registry, one: Object) -> None:
    """Invalid where what says that records are cases does not fit the object."""
    case = one.case
    if case is None:
        return
    if not isinstance(one.field(case.account), Link):
        raise Invalid.of([Problem("unknown_field", _("A case needs a link to the customer."), "case")])
    if case.mood and getattr(one.field(case.mood), "type_name", "") not in ("integer", "decimal"):
        raise Invalid.of([Problem("unknown_field", _("A mood is a number from -1 to 1."), "case")])
    scope = FieldScope(registry, one, AnyReader())
    for text in filter(None, (case.open, case.urgent)):
        try:
            check(parse(text), scope, expect=BOOLEAN)
        except Invalid as error:
            raise Invalid.of([Problem(error.code, error.message, "case", error.hint)]) from error


def _check_conditions(registry: Registry, one: Object, field: Field) -> None:
    """When the field shows, when it is required, when its values are offered; problems name the condition."""
    conditions = [("visible", field.visible), ("required_when", field.required_when)]
    conditions += [("options", option.when) for option in getattr(field, "options", ())]
    problems: list[Problem] = []
    for place, text in conditions:
        try:
            if text:
                condition_of(registry, one, text)
        except Invalid as error:
            told = error.problems or (Problem(error.code, error.message, None, error.hint),)
            problems += [Problem(each.code, each.message, place, each.hint, each.position) for each in told]
    if problems:
        raise Invalid.of(problems)


def type_of(registry: Registry, one: Object, text: str, *, is_condition: bool) -> str:
    """What an expression over an object gives, in a word. Invalid, with the place, where it does not fit."""
    checked = check(parse(text), FieldScope(registry, one, AnyReader()), expect=BOOLEAN if is_condition else None)
    return str(checked.type)


def _refuse_circle(scope: FieldScope, field: Formula) -> None:
    """A formula that reads itself, directly or through others, would never end."""
    scope.formula(scope.object, field)


def _check_roll_up(registry: Registry, one: Object, field: RollUp) -> None:
    relation = registry.relations[one.name].get(field.over)
    if relation is None or relation.kind == "links":
        known = ", ".join(sorted(name for name, found in registry.relations[one.name].items() if found.kind != "links"))
        raise Invalid.of(
            [
                Problem(
                    "unknown_relation",
                    _("%(object)s has no list %(list)s to roll up.")
                    % {"object": one.title, "list": repr(field.over[:60])},
                    "over",
                    _("One of: %(known)s.") % {"known": known[:300]},
                )
            ]
        )
    if field.function not in _FUNCTIONS:
        raise Invalid.of(
            [
                Problem(
                    "function",
                    _("This function does not exist."),
                    "function",
                    _("One of: %(functions)s.") % {"functions": ", ".join(_FUNCTIONS)},
                )
            ]
        )
    child = registry.get(relation.child)
    if field.function != "count":
        target = child.field(field.field)
        kinds = (
            ("number",) if field.function in ("sum", "average") else ("number", "date", "datetime", "text", "duration")
        )
        if target is None or not target.columns() or target.columns()[0].kind not in kinds:
            raise Invalid.of(
                [
                    Problem(
                        "field",
                        _("%(object)s has no field %(field)s to roll up by %(function)s.")
                        % {"object": child.title, "field": repr(field.field[:60]), "function": field.function},
                        "field",
                        _("Choose a number or an amount."),
                    )
                ]
            )
    if field.where:
        checked = check(parse(field.where), FieldScope(registry, child, AnyReader()), expect=BOOLEAN)
        for ref in references(checked):
            own = child.field(ref.path[0])
            if own is None or (len(ref.path) > 1 and isinstance(own, Link)) or not own.stored:
                raise Invalid.of(
                    [
                        Problem(
                            "own_fields",
                            _("The filter of a roll-up may only use the child's own fields."),
                            "where",
                            _("Copy the value to the child first."),
                        )
                    ]
                )
