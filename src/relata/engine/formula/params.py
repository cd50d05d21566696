"""The parameters of compiled expressions: which names there are, and what they are for other literals, another clock
and another person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy import BindParameter, bindparam
from sqlalchemy.types import NullType

from relata.engine.formula.context import EvaluationContext
from relata.engine.formula.evaluate import evaluate_constant
from relata.engine.formula.numbers import whole
from relata.engine.formula.text_operations import small
from relata.engine.formula.typed import Typed

_LARGEST = 2**63 - 1


class Params:
    """Collects what is bound while expressions are compiled. prefix: of all names, so that several expressions, each
    with its own Params, fit into one statement."""

    def __init__(self, prefix: str = "p") -> None:
        self._prefix = prefix
        self._names: dict[tuple[Typed, str], str] = {}

    def bind(self, node: Typed, adapt: str = "") -> BindParameter[Any]:
        """A parameter for a node that reads no field; the same node gets the same one. adapt: a key of ADAPTS.

        It has no type: whoever uses it writes the cast. The underscore keeps apart what x1 and x11 bind.
        """
        name = self._names.setdefault((node, adapt), f"{self._prefix}_{len(self._names)}")
        return bindparam(name, type_=NullType())

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._names.values())

    def values(self, literals: tuple[object, ...], context: EvaluationContext) -> dict[str, object]:
        """What to execute with: name to value, as psycopg takes them."""
        return {
            name: ADAPTS[adapt](_listed(evaluate_constant(node, literals, context)))
            for (node, adapt), name in self._names.items()
        }


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _like(before: str, after: str) -> Callable[[Any], object]:
    def adapt(value: str | None) -> str | None:
        if value is None:
            return None
        text = small(value).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"{before}{text}{after}"

    return adapt


def _whole(rounding: str) -> Callable[[Any], object]:
    """For comparing a whole-number column with a decimal without casting the column, which no index would survive."""

    def adapt(value: Decimal | None) -> int | None:
        if value is None:
            return None
        return max(-_LARGEST, min(_LARGEST, int(value.to_integral_value(rounding))))

    return adapt


def _exact(value: Decimal | None) -> int | None:
    """The whole number, or None when it is none: nothing equals that."""
    number = whole(value)
    return number if number is not None and abs(number) <= _LARGEST else None


ADAPTS: Mapping[str, Callable[[Any], object]] = {
    "": lambda value: value,
    "contains": _like("%", "%"),
    "starts": _like("", "%"),
    "ends": _like("%", ""),
    "floor": _whole(ROUND_FLOOR),
    "ceil": _whole(ROUND_CEILING),
    "exact": _exact,
    "exact_list": lambda values: None if values is None else [w for w in map(_exact, values) if w is not None],
}
