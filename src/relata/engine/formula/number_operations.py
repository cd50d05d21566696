"""Arithmetic in both back ends; numbers.py says the rule."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from relata.engine.formula.numbers import EXACT, bounded, product, quotient, rounded
from relata.engine.formula.operation import OperationRule

_LIMIT = "1" + "0" * 30


def bounded_sql(sql: str, limit: str = _LIMIT) -> str:
    """The number, or null from the limit on. It names `sql` once: greatest and least skip nulls, so null ends at the
    lower limit and becomes null again; NaN and infinity end at the upper one."""
    return f"nullif(nullif(least(greatest({sql}, -{limit}), {limit}), -{limit}), {limit})"


def _whole(value: Decimal, rounding: str) -> Decimal:
    return value.quantize(Decimal(1), rounding, EXACT)


def _round(value: Decimal, places: Decimal) -> Decimal | None:
    return bounded(rounded(value, int(places)))


def _least(*values: Decimal | None) -> Decimal | None:
    return min((value for value in values if value is not None), default=None)


def _greatest(*values: Decimal | None) -> Decimal | None:
    return max((value for value in values if value is not None), default=None)


NUMBER_OPERATIONS = {
    "add": OperationRule(lambda a, b: bounded(EXACT.add(a, b)), bounded_sql("{0} + {1}")),
    "subtract": OperationRule(lambda a, b: bounded(EXACT.subtract(a, b)), bounded_sql("{0} - {1}")),
    "multiply": OperationRule(product, bounded_sql("round({0} * {1}, 12)")),
    "divide": OperationRule(
        quotient, bounded_sql("round(div({0} * 10000000000000, nullif({1}, 0)) * 0.0000000000001, 12)")
    ),
    "negative": OperationRule(lambda a: bounded(EXACT.minus(a)), bounded_sql("- {0}")),
    "abs": OperationRule(lambda a: bounded(EXACT.abs(a)), bounded_sql("abs({0})")),
    "round": OperationRule(_round, bounded_sql("round({0}, {1}::integer)")),
    "floor": OperationRule(lambda a: bounded(_whole(a, ROUND_FLOOR)), bounded_sql("floor({0})")),
    "ceil": OperationRule(lambda a: bounded(_whole(a, ROUND_CEILING)), bounded_sql("ceil({0})")),
    "min": OperationRule(_least, "least({all})", sees_null=True),
    "max": OperationRule(_greatest, "greatest({all})", sees_null=True),
}
