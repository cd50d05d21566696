"""The back end in Python: a checked expression for one record in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from relata.engine.formula import typed
from relata.engine.formula.context import EvaluationContext
from relata.engine.formula.operation import Moment
from relata.engine.formula.operations import OPERATIONS
from relata.engine.formula.scope import Many, Ref
from relata.engine.formula.spans import SPANS, edge_day, edge_moment
from relata.engine.formula.text_operations import small
from relata.engine.formula.typed import Checked, Typed
from relata.engine.formula.types import Kind
from relata.foundation.money import Money, is_currency_code


class Values(Protocol):
    """One record. Values: Decimal or int, str, bool, date, aware datetime, timedelta, Money, UUID, list or tuple; None
    for what is empty."""

    def value(self, ref: Ref) -> object: ...

    def children(self, many: Many) -> Iterable[Values]: ...


def evaluate(checked: Checked, record: Values, context: EvaluationContext) -> object:
    """The result, None for null. Never raises for values of the types that the scope promised.

    A condition gives True or False; only a boolean field on its own may give None.
    """
    return _Evaluation(checked.literals, context).of(checked.root, record)


def evaluate_constant(node: Typed, literals: tuple[object, ...], context: EvaluationContext) -> object:
    """The value of a node that reads no field."""
    return _Evaluation(literals, context).of(node, None)


_Handler: TypeAlias = Callable[["_Evaluation", Any, Any], Any]


class _Evaluation:
    """The literals and the moment; `of` gives a node's value for a record."""

    __slots__ = ("_literals", "_moment")

    def __init__(self, literals: tuple[object, ...], context: EvaluationContext) -> None:
        self._literals = literals
        self._moment = Moment(context, ZoneInfo(context.clock.zone))

    def of(self, node: Typed, record: Values | None) -> Any:
        return _HANDLERS[type(node)](self, node, record)

    def holds(self, node: Typed, record: Values | None) -> bool:
        """Null counts as false."""
        return self.of(node, record) is True

    # -- leaves

    def const(self, node: typed.Const, record: Values | None) -> Any:
        return self._literals[node.slot]

    def null(self, node: typed.Null, record: Values | None) -> None:
        return None

    def dynamic(self, node: typed.Dynamic, record: Values | None) -> Any:
        context = self._moment.context
        match node.name:
            case "today":
                return context.clock.today
            case "now":
                return context.clock.now
            case "zone":
                return context.clock.zone
        return getattr(context, node.name)

    def field(self, node: typed.Field, record: Values) -> Any:
        value = record.value(node.ref)
        if value is None:
            return None
        if node.part:
            return _decimal(value.amount) if node.part == "amount" else value.currency  # type: ignore[attr-defined]
        return _decimal(value) if node.ref.type.kind is Kind.NUMBER else value

    # -- values

    def operation(self, node: typed.Operation, record: Values | None) -> Any:
        rule = OPERATIONS[node.name]
        args = [self.of(arg, record) for arg in node.args]
        if not rule.sees_null and None in args:
            return None
        try:
            return rule.python(self._moment, *args) if rule.is_zoned else rule.python(*args)
        except (OverflowError, ValueError):
            return None

    def choice(self, node: typed.If, record: Values | None) -> Any:
        return self.of(node.then if self.holds(node.condition, record) else node.otherwise, record)

    def coalesce(self, node: typed.Coalesce, record: Values | None) -> Any:
        return next((value for value in (self.of(arg, record) for arg in node.args) if value is not None), None)

    def array(self, node: typed.Array, record: Values | None) -> Any:
        return [self.of(item, record) for item in node.items]

    def edge(self, node: typed.Edge, record: Values | None) -> Any:
        count = 0 if node.count is None else int(self.of(node.count, record))
        find = edge_day if node.type.kind is Kind.DATE else edge_moment
        return find(node.span, node.side, count, self._moment.context.clock)

    def pair(self, node: typed.Pair, record: Values | None) -> Money | None:
        amount, currency = self.of(node.amount, record), self.of(node.currency, record)
        if amount is None or currency is None or not is_currency_code(currency):
            return None
        return Money(amount, currency)

    # -- conditions

    def conjunction(self, node: typed.And, record: Values | None) -> bool:
        return all(self.holds(item, record) for item in node.items)

    def disjunction(self, node: typed.Or, record: Values | None) -> bool:
        return any(self.holds(item, record) for item in node.items)

    def negation(self, node: typed.Not, record: Values | None) -> bool:
        return not self.holds(node.item, record)

    def compare(self, node: typed.Compare, record: Values | None) -> bool:
        left, right = self.of(node.left, record), self.of(node.right, record)
        if left is None or right is None:
            return node.null_safe and left is None and right is None
        match node.op:
            case "=":
                return bool(left == right)
            case "<":
                return bool(left < right)
            case "<=":
                return bool(left <= right)
            case ">":
                return bool(left > right)
        return bool(left >= right)

    def between(self, node: typed.Between, record: Values | None) -> bool:
        value, low, high = (self.of(part, record) for part in (node.value, node.low, node.high))
        return None not in (value, low, high) and bool(low <= value <= high)

    def one_of(self, node: typed.OneOf, record: Values | None) -> bool:
        value, items = self.of(node.value, record), self.of(node.items, record)
        return value is not None and items is not None and value in items

    def overlaps(self, node: typed.Overlaps, record: Values | None) -> bool:
        left, right = self.of(node.left, record), self.of(node.right, record)
        return left is not None and right is not None and any(v is not None and v in right for v in left)

    def includes(self, node: typed.Includes, record: Values | None) -> bool:
        left, right = self.of(node.left, record), self.of(node.right, record)
        return left is not None and right is not None and all(v is not None and v in left for v in right)

    def within(self, node: typed.Within, record: Values | None) -> bool:
        value = self.of(node.value, record)
        if value is None:
            return False
        span = SPANS[node.span]
        start, end = (self.edge(typed.Edge(node.span, side, node.count, node.value.type), None) for side in SIDES)
        after = span.open_start or (start is not None and start <= value)
        return after and (span.open_end or (end is not None and value < end))

    def match(self, node: typed.Match, record: Values | None) -> bool:
        text, pattern = self.of(node.text, record), self.of(node.pattern, record)
        if text is None or pattern is None:
            return False
        text, pattern = small(text), small(pattern)
        if node.op == "contains":
            return pattern in text
        return bool(text.startswith(pattern) if node.op == "starts" else text.endswith(pattern))

    def empty(self, node: typed.Empty, record: Values | None) -> bool:
        value = self.of(node.item, record)
        return value is None or (isinstance(value, str | list | tuple | dict) and not value)

    def exists(self, node: typed.Exists, record: Values) -> bool:
        return any(True for _ in self._matching(node, record))

    def count(self, node: typed.Count, record: Values) -> Decimal:
        return Decimal(sum(1 for _ in self._matching(node, record)))

    def extreme(self, node: typed.Extreme, record: Values) -> Any:
        values = (self.of(node.item, child) for child in self._matching(node, record))
        found = [value for value in values if value is not None]
        return (min if node.function == "min" else max)(found, default=None)

    def _matching(self, node: typed.Exists | typed.Count | typed.Extreme, record: Values) -> Iterable[Values]:
        condition = node.condition
        for child in record.children(node.many):
            if condition is None or self.holds(condition, child):
                yield child


SIDES = ("start", "end")


def _decimal(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


_HANDLERS: dict[type, _Handler] = {
    typed.Const: _Evaluation.const,
    typed.Null: _Evaluation.null,
    typed.Dynamic: _Evaluation.dynamic,
    typed.Field: _Evaluation.field,
    typed.Operation: _Evaluation.operation,
    typed.If: _Evaluation.choice,
    typed.Coalesce: _Evaluation.coalesce,
    typed.Array: _Evaluation.array,
    typed.Edge: _Evaluation.edge,
    typed.Pair: _Evaluation.pair,
    typed.And: _Evaluation.conjunction,
    typed.Or: _Evaluation.disjunction,
    typed.Not: _Evaluation.negation,
    typed.Compare: _Evaluation.compare,
    typed.Between: _Evaluation.between,
    typed.OneOf: _Evaluation.one_of,
    typed.Overlaps: _Evaluation.overlaps,
    typed.Includes: _Evaluation.includes,
    typed.Within: _Evaluation.within,
    typed.Match: _Evaluation.match,
    typed.Empty: _Evaluation.empty,
    typed.Exists: _Evaluation.exists,
    typed.Count: _Evaluation.count,
    typed.Extreme: _Evaluation.extreme,
}
