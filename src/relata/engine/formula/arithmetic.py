"""Which types + - * / take, and what comes out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from relata.engine.formula.checking import Checking, amount, currency
from relata.engine.formula.problems import refuse
from relata.engine.formula.tree import Binary, Negative
from relata.engine.formula.typed import Compare, If, Null, Operation, Pair, Typed
from relata.engine.formula.types import DATE, DATETIME, DURATION, NUMBER, TEXT, Kind, Type, described, sentence
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import later

_Rule = Callable[[Typed, Typed], Typed]
_NAMES = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}


def _plain(name: str, type_: Type) -> _Rule:
    return lambda left, right: Operation(name, (left, right), type_)


def _swapped(name: str, type_: Type) -> _Rule:
    return lambda left, right: Operation(name, (right, left), type_)


def _as_moments(name: str, swap: bool) -> _Rule:
    def build(left: Typed, right: Typed) -> Typed:
        args = (_moment(right), _moment(left)) if swap else (_moment(left), _moment(right))
        return Operation(name, args, DURATION)

    return build


def _moment(node: Typed) -> Typed:
    return Operation("midnight", (node,), DATETIME) if node.type.kind is Kind.DATE else node


def _money(name: str) -> _Rule:
    """Amounts of one currency; null when the currencies differ."""

    def build(left: Typed, right: Typed) -> Typed:
        return Pair(same_currency(left, right, Operation(name, (amount(left), amount(right)), NUMBER)), currency(left))

    return build


def same_currency(left: Typed, right: Typed, result: Typed) -> Typed:
    """The result if both are of one currency, else null."""
    return If(Compare("=", currency(left), currency(right)), result, Null(NUMBER), NUMBER)


def _scaled_money(name: str) -> _Rule:
    return lambda left, right: Pair(Operation(name, (amount(left), right), NUMBER), currency(left))


def _ratio(left: Typed, right: Typed) -> Typed:
    return same_currency(left, right, Operation("divide", (amount(left), amount(right)), NUMBER))


def _duration_ratio(left: Typed, right: Typed) -> Typed:
    counts = tuple(Operation("microseconds", (side,), NUMBER) for side in (left, right))
    return Operation("divide", counts, NUMBER)


def _backwards(name: str, type_: Type) -> _Rule:
    """A shift by minus the right side."""
    return lambda left, right: Operation(name, (left, Operation("negative", (right,), NUMBER)), type_)


N, T, D, DT, DU, M = Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.DATETIME, Kind.DURATION, Kind.MONEY

_RULES: dict[tuple[str, Kind, Kind], _Rule] = {
    **{(op, N, N): _plain(name, NUMBER) for op, name in _NAMES.items()},
    ("+", T, T): _plain("join", TEXT),
    ("+", M, M): _money("add"),
    ("-", M, M): _money("subtract"),
    ("*", M, N): _scaled_money("multiply"),
    ("*", N, M): lambda left, right: _scaled_money("multiply")(right, left),
    ("/", M, N): _scaled_money("divide"),
    ("/", M, M): _ratio,
    ("+", D, N): _plain("shift_days", DATE),
    ("-", D, N): _backwards("shift_days", DATE),
    ("-", D, D): _swapped("days_from_to", NUMBER),
    ("+", DT, N): _plain("shift_moment_days", DATETIME),
    ("-", DT, N): _backwards("shift_moment_days", DATETIME),
    ("-", DT, DT): _as_moments("elapsed", swap=True),
    ("-", DT, D): _as_moments("elapsed", swap=True),
    ("-", D, DT): _as_moments("elapsed", swap=True),
    ("+", DT, DU): _plain("later", DATETIME),
    ("+", DU, DT): _swapped("later", DATETIME),
    ("-", DT, DU): _plain("earlier", DATETIME),
    ("+", DU, DU): _plain("add_durations", DURATION),
    ("-", DU, DU): _plain("subtract_durations", DURATION),
    ("*", DU, N): _plain("multiply_duration", DURATION),
    ("*", N, DU): _swapped("multiply_duration", DURATION),
    ("/", DU, N): _plain("divide_duration", DURATION),
    ("/", DU, DU): _duration_ratio,
}
_SENTENCES = {
    "+": later("%(one)s can't be added to %(other)s"),
    "-": later("%(one)s can't be subtracted from %(other)s"),
    "*": later("%(one)s can't be multiplied with %(other)s"),
    "/": later("%(one)s can't be divided by %(other)s"),
}


def calculation(checking: Checking, node: Binary, left: Typed, right: Typed) -> Typed:
    """The typed node of + - * /; with a literal null the whole is null."""
    if isinstance(left, Null) or isinstance(right, Null):
        return Null(right.type if isinstance(left, Null) else left.type)
    rule = _RULES.get((node.op, left.type.kind, right.type.kind))
    if rule is None:
        raise _impossible(node, left.type, right.type)
    return rule(left, right)


def opposite(checking: Checking, node: Negative, item: Typed) -> Typed:
    """The typed node of the minus sign."""
    match item.type.kind:
        case Kind.NULL:
            return item
        case Kind.NUMBER:
            return Operation("negative", (item,), NUMBER)
        case Kind.MONEY:
            return Pair(Operation("negative", (amount(item),), NUMBER), currency(item))
        case Kind.DURATION:
            return Operation("multiply_duration", (item, checking.const(Decimal(-1), NUMBER)), DURATION)
    raise refuse(
        _("A minus sign can't stand before %(described)s") % {"described": described(item.type)}, node.position
    )


def _impossible(node: Binary, left: Type, right: Type) -> Exception:
    one, other = (right, left) if node.op == "-" else (left, right)
    hint = None
    if Kind.TEXT in (left.kind, right.kind) and node.op == "+":
        hint = _("Turn the other side into text with text(...).")
    elif {left.kind, right.kind} == {Kind.MONEY, Kind.NUMBER}:
        hint = _('Give the number a currency with money(100, "EUR").')
    elif Kind.TEXT in (left.kind, right.kind):
        hint = _("Write a number without quotes, or turn a text into one with number(...).")
    return refuse(
        _(_SENTENCES[node.op]) % {"one": sentence(described(one)), "other": described(other)},
        node.position,
        hint,
    )
