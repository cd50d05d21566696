"""Values that a formula makes of a row: the expression language over the columns of a file, each of them a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from relata.engine.formula import TEXT, Checked, EvaluationContext, Many, Ref, Unknown, Values, check, evaluate, parse
from relata.engine.transfer.wizard.inventing import name_of
from relata.foundation.money import Money

#: What the cell of the column itself is called in its own formula.
VALUE = "value"


def names_of(columns: Sequence[str]) -> dict[str, str]:
    """What each column is called in formulas: "Deal Size (EUR)" is `deal_size_eur`. By that name."""
    found: dict[str, str] = {}
    for column in columns:
        found[name_of(column, (*found, VALUE))] = column
    return found


class RowScope:
    """The columns of a file, as a formula sees them; implements `formula.Scope`."""

    def __init__(self, names: Iterable[str], *, has_value: bool) -> None:
        self._names = (*((VALUE,) if has_value else ()), *names)

    def resolve(self, path: tuple[str, ...]) -> Ref:
        """One of the columns."""
        if path[0] not in self._names:
            raise Unknown(0, self._names)
        if len(path) > 1:
            raise Unknown(1)
        return Ref(path, TEXT)

    def many(self, name: str) -> Many:
        """A row has no relations."""
        raise Unknown(0)

    def title_path(self, object_name: str) -> str | None:
        """Nothing is linked."""
        return None


class RowFormula:
    """A formula, made ready for many rows. Invalid for one that can't be read. column: whose cell `value` is."""

    def __init__(self, text: str, columns: Sequence[str], column: str = "") -> None:
        self._names = names_of(columns)
        if column:
            self._names[VALUE] = column
        self._checked: Checked = check(parse(text), RowScope(names_of(columns), has_value=bool(column)))

    def of(self, cells: Mapping[str, str], context: EvaluationContext) -> Any:
        """What it makes of a row, as a field reads it; None for nothing."""
        return _raw(evaluate(self._checked, _Cells(self._names, cells), context))


class _Cells(Values):
    def __init__(self, names: Mapping[str, str], cells: Mapping[str, str]) -> None:
        self._names, self._cells = names, cells

    def value(self, ref: Ref) -> object:
        return self._cells.get(self._names[ref.path[0]], "").strip() or None

    def children(self, many: Many) -> Iterable[Values]:
        return ()


def _raw(value: object) -> Any:
    if isinstance(value, Money):
        return {"amount": format(value.amount, "f"), "currency": value.currency}
    if isinstance(value, Decimal):
        return format(value.normalize() if value else Decimal(0), "f")
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, (list, tuple)) else value if value != "" else None
