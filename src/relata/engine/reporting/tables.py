"""From the groups of a statement to a table: figures by row and column, subtotals made of their parts where that is
exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal, localcontext
from typing import Any

from relata.engine.query.tabulation import Figure, Group

Keys = tuple[Any, ...]
_PLACES = Decimal(1).scaleb(-12)
_COUNTED = ("count", "filled", "distinct", "reached", "dropped", "arrived", "open", "active")


@dataclass(slots=True)
class Sums:
    """Figures of one group, each as the statement gives it."""

    count: int = 0
    foreign: int = 0
    without_rate: int = 0
    figures: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """cells: by the keys of row and column, none for totals."""

    cells: dict[tuple[Keys, Keys], Sums] = field(default_factory=dict)

    @property
    def total(self) -> Sums:
        """Of everything."""
        return self.cells.get(((), ())) or Sums()


def table_of(groups: Sequence[Group], rows: int, figures: Sequence[Figure], *, composed: bool) -> Table:
    """rows: how many levels stand in rows. composed: subtotals are made here; else the groups hold them."""
    table = Table()
    for group in groups:
        split = sum(level < rows for level in group.kept)
        row, column = group.keys[:split], group.keys[split:]
        if not composed:
            table.cells[row, column] = _sums(group)
            continue
        for depth in range(len(row) + 1):
            for width in range(len(column) + 1):
                _add(table, (row[:depth], column[:width]), group, figures)
    if not table.cells:
        table.cells[(), ()] = Sums(figures=[_nothing(figure) for figure in figures])
    return table


def final(figure: Figure, raw: Any) -> Any:
    """What a figure is: an average from its sum."""
    if figure.function != "average" or raw is None:
        return raw
    total, count = raw
    if total is None or not count:
        return None
    if isinstance(total, timedelta):
        return total / count
    with localcontext() as context:
        context.prec = 60
        return (Decimal(total) / count).quantize(_PLACES)


def _sums(group: Group) -> Sums:
    return Sums(group.count, group.foreign, group.without_rate, list(group.figures))


def _nothing(figure: Figure) -> Any:
    return 0 if figure.function in _COUNTED else None


def _add(table: Table, place: tuple[Keys, Keys], group: Group, figures: Sequence[Figure]) -> None:
    known = table.cells.get(place)
    if known is None:
        table.cells[place] = _sums(group)
    else:
        _join(known, group, figures)


def _join(sums: Sums, group: Group, figures: Sequence[Figure]) -> None:
    sums.count += group.count
    sums.foreign += group.foreign
    sums.without_rate += group.without_rate
    for at, (figure, more) in enumerate(zip(figures, group.figures, strict=True)):
        sums.figures[at] = _joined(figure.function, sums.figures[at], more)


def _joined(function: str, one: Any, other: Any) -> Any:
    if function == "average":
        return (_plus(one[0], other[0]), one[1] + other[1])
    if one is None or other is None:
        return other if one is None else one
    if function in ("min", "max"):
        return min(one, other) if function == "min" else max(one, other)
    return _plus(one, other)


def _plus(one: Any, other: Any) -> Any:
    """Exact however large."""
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, Decimal):
        with localcontext() as context:
            context.prec = 60
            return one + other
    return one + other
