"""Figures that are made of other figures: an expression over their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from relata.engine.formula import Checked, EvaluationContext, Many, Ref, Values, evaluate

_DAY = timedelta(days=1)


class Named:
    """The figures of one group by their names; what is no number is nothing."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def value(self, ref: Ref) -> object:
        """Durations are days."""
        found = self._values.get(ref.path[0])
        if isinstance(found, timedelta):
            return Decimal(found // timedelta(microseconds=1)) / Decimal(_DAY // timedelta(microseconds=1))
        return found if isinstance(found, (Decimal, int)) else None

    def children(self, many: Many) -> Iterable[Values]:
        """There are none."""
        return ()


def formula_value(checked: Checked, unit: str, values: Mapping[str, Any], context: EvaluationContext) -> Decimal | None:
    """None for a division by zero, or where a figure that it needs is not there. unit: percent makes 25 of 0.25."""
    found = evaluate(checked, Named(values), context)
    if not isinstance(found, (Decimal, int)):
        return None
    return Decimal(found) * 100 if unit == "percent" else Decimal(found)
