"""Functions of numbers and money."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from relata.engine.formula.checking import amount, currency
from relata.engine.formula.comparing import empty
from relata.engine.formula.function import Function, Walker, argument, common, refused
from relata.engine.formula.numbers import whole
from relata.engine.formula.problems import refuse
from relata.engine.formula.tree import Call, Literal
from relata.engine.formula.typed import If, Null, Operation, Pair, Typed
from relata.engine.formula.types import DURATION, NUMBER, TEXT, Kind
from relata.foundation.i18n import gettext as _
from relata.foundation.money import is_currency_code

_MOST_PLACES = 12


def _of_amount(operation: str, *more: Typed) -> Callable[[Typed], Typed]:
    """The operation on a number, or on the amount of money."""

    def build(node: Typed) -> Typed:
        if node.type.kind is Kind.MONEY:
            return Pair(Operation(operation, (amount(node), *more), NUMBER), currency(node))
        return Operation(operation, (node, *more), NUMBER)

    return build


def _number_or_money(walker: Walker, call: Call) -> Typed:
    node = walker.value(call.args[0])
    if isinstance(node, Null):
        return Null(NUMBER)
    if node.type.kind not in (Kind.NUMBER, Kind.MONEY):
        raise refused(call, 0, _("a number or money"), node.type)
    return node


def _shaped(operation: str) -> Callable[[Walker, Call], Typed]:
    return lambda walker, call: _of_amount(operation)(_number_or_money(walker, call))


def _round(walker: Walker, call: Call) -> Typed:
    places = Decimal(0)
    if len(call.args) == 2:
        given = whole(call.args[1].value) if isinstance(call.args[1], Literal) else None
        if given is None or abs(given) > _MOST_PLACES:
            raise refuse(
                _("round needs a whole number of places from -%(most_places)s to %(most_places)s")
                % {"most_places": _MOST_PLACES},
                call.args[1].position,
            )
        places = Decimal(given)
    return _of_amount("round", walker.checking.const(places, NUMBER))(_number_or_money(walker, call))


#: Which operation finds the smallest and largest of a kind.
_EXTREMES = {
    Kind.NUMBER: "{}",
    Kind.TEXT: "{}_text",
    Kind.DATE: "{}_date",
    Kind.DATETIME: "{}_date",
    Kind.DURATION: "{}_date",
}


def _extreme(name: str) -> Callable[[Walker, Call], Typed]:
    def build(walker: Walker, call: Call) -> Typed:
        values = common(walker, call, [walker.value(arg) for arg in call.args])
        kind = values[0].type.kind
        if kind is Kind.NULL:
            return Null()
        if kind not in _EXTREMES:
            hint = "Take the number out of money with amount(...)." if kind is Kind.MONEY else None
            raise refuse(_("%(name)s needs numbers, texts, dates or durations") % {"name": name}, call.position, hint)
        return Operation(_EXTREMES[kind].format(name), values, values[0].type)

    return build


def _money(walker: Walker, call: Call) -> Typed:
    code = call.args[1]
    if not isinstance(code, Literal) or not isinstance(code.value, str) or not is_currency_code(code.value):
        raise refuse(_("A currency is three capital letters in quotes"), code.position, _('Write money(100, "EUR").'))
    return Pair(argument(walker, call, 0, NUMBER), walker.checking.const(code.value, TEXT))


def _amount(walker: Walker, call: Call) -> Typed:
    return amount(_money_argument(walker, call))


def _money_argument(walker: Walker, call: Call) -> Typed:
    node = walker.value(call.args[0])
    if node.type.kind not in (Kind.MONEY, Kind.NULL):
        raise refused(call, 0, _("money"), node.type)
    return node


def _currency(walker: Walker, call: Call) -> Typed:
    node = _money_argument(walker, call)
    return If(empty(node), Null(TEXT), currency(node), TEXT)


def _length(unit: str) -> Callable[[Walker, Call], Typed]:
    return lambda walker, call: Operation(unit, (argument(walker, call, 0, NUMBER),), DURATION)


def _number(walker: Walker, call: Call) -> Typed:
    node = walker.value(call.args[0])
    match node.type.kind:
        case Kind.NULL:
            return Null(NUMBER)
        case Kind.NUMBER:
            return node
        case Kind.MONEY:
            return amount(node)
        case Kind.TEXT:
            return Operation("number_of_text", (node,), NUMBER)
    raise refused(call, 0, _("a text, a number or money"), node.type)


NUMBER_FUNCTIONS = (
    Function("abs(number)", "Without its sign.", 1, 1, _shaped("abs")),
    Function(
        "round(number, places)", "To so many decimal places, none if left out; half away from zero.", 1, 2, _round
    ),
    Function("floor(number)", "The next whole number below.", 1, 1, _shaped("floor")),
    Function("ceil(number)", "The next whole number above.", 1, 1, _shaped("ceil")),
    Function("min(value, …)", "The smallest of the values that are there.", 1, None, _extreme("min")),
    Function("max(value, …)", "The largest of the values that are there.", 1, None, _extreme("max")),
    Function("number(value)", "The number in a text or in money; nothing if the text is none.", 1, 1, _number),
    Function("money(number, currency)", "An amount of money.", 2, 2, _money),
    Function("amount(money)", "The number in an amount of money.", 1, 1, _amount),
    Function("currency(money)", "The currency of an amount of money.", 1, 1, _currency),
    Function("days(number)", "A duration of so many times 24 hours.", 1, 1, _length("days")),
    Function("hours(number)", "A duration of so many hours.", 1, 1, _length("hours")),
    Function("minutes(number)", "A duration of so many minutes.", 1, 1, _length("minutes")),
)
