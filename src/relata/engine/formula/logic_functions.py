"""Choosing between values, emptiness, people, and what lies on the other side of a to-many relation."""

from __future__ import annotations

from collections.abc import Callable

from relata.engine.formula.checking import amount, currency
from relata.engine.formula.comparing import empty
from relata.engine.formula.function import Function, Walker, common, refused
from relata.engine.formula.problems import refuse
from relata.engine.formula.scope import Many
from relata.engine.formula.tree import Call, Path
from relata.engine.formula.typed import Coalesce, Count, Dynamic, Empty, Exists, Extreme, If, Null, Pair, Typed
from relata.engine.formula.types import NUMBER, TEXT, Kind, Type, id_of, list_of
from relata.foundation.i18n import gettext as _


def _if(walker: Walker, call: Call) -> Typed:
    condition = walker.condition(call.args[0])
    values = [walker.value(arg) for arg in call.args[1:]]
    then, otherwise = common(walker, call, [*values, Null()][:2])
    if then.type.kind is not Kind.MONEY:
        return If(condition, then, otherwise, then.type)
    return Pair(
        If(condition, amount(then), amount(otherwise), NUMBER),
        If(condition, currency(then), currency(otherwise), TEXT),
    )


def _coalesce(walker: Walker, call: Call) -> Typed:
    values = common(walker, call, [walker.value(arg) for arg in call.args])
    if values[0].type.kind is not Kind.MONEY:
        return Coalesce(values, values[0].type)
    chosen: Typed = Null(TEXT)
    for value in reversed(values):
        chosen = If(Empty(amount(value)), chosen, currency(value), TEXT)
    return Pair(Coalesce(tuple(amount(value) for value in values), NUMBER), chosen)


def _empty(walker: Walker, call: Call) -> Typed:
    return empty(walker.value(call.args[0]))


def _other_side(walker: Walker, call: Call) -> tuple[Many, Typed | None]:
    relation = call.args[0]
    if not isinstance(relation, Path):
        raise refuse(_("%(name)s needs the name of a relation first") % {"name": call.name}, call.position)
    many = walker.checking.many(relation)
    if len(call.args) == 1:
        return many, None
    return many, walker.inside(walker.checking.inside(many)).condition(call.args[1])


def _exists(walker: Walker, call: Call) -> Typed:
    return Exists(*_other_side(walker, call))


def _count(walker: Walker, call: Call) -> Typed:
    return Count(*_other_side(walker, call))


def _extreme(function: str) -> Callable[[Walker, Call], Typed]:
    def build(walker: Walker, call: Call) -> Typed:
        many, condition = _other_side(walker, Call(call.name, (call.args[0], *call.args[2:]), call.position))
        item = walker.inside(walker.checking.inside(many)).value(call.args[1])
        if item.type.kind not in (Kind.DATE, Kind.DATETIME):
            raise refused(call, 1, _("a date or datetime"), item.type)
        return Extreme(many, function, item, condition, item.type)

    return build


def _dynamic(signature: str, help: str, type_: Type) -> Function:
    name = signature.partition("(")[0]
    return Function(signature, help, 0, 0, lambda walker, call: Dynamic(name, type_))


LOGIC_FUNCTIONS = (
    Function("if(condition, value, otherwise)", "One value or the other; without the third, nothing.", 2, 3, _if),
    Function("coalesce(value, …)", "The first value that is there.", 1, None, _coalesce),
    Function("empty(value)", "Nothing is there, or a text or list without content.", 1, 1, _empty),
    Function("exists(relation, condition)", "At least one related record fulfils the condition.", 1, 2, _exists),
    Function(
        "first(relation, date, condition)",
        "The earliest date of the related records that fulfil the condition.",
        2,
        3,
        _extreme("min"),
    ),
    Function(
        "last(relation, date, condition)",
        "The latest date of the related records that fulfil the condition.",
        2,
        3,
        _extreme("max"),
    ),
    Function("count(relation, condition)", "How many related records fulfil the condition.", 1, 2, _count),
    _dynamic("me()", "The person who looks.", id_of(None)),
    _dynamic("my_team()", "The team of the person who looks.", id_of(None)),
    _dynamic("my_teams()", "All teams of the person who looks, with those below.", list_of(id_of(None))),
)
