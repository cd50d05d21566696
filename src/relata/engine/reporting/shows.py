"""What is shown of a figure beside its value: shares, running totals, and differences to another period. Worked out
from the exact values of the table, never from what was rounded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from relata.engine.reporting.checking import Groups, Sum
from relata.engine.reporting.definition import PERIODS
from relata.engine.reporting.periods import moved, year_before

Keys = tuple[Any, ...]
Place = tuple[Keys, Keys]


class Axis:
    """The level of periods along which one looks back: the last one of the rows, else of the columns."""

    def __init__(self, rows: Sequence[Groups], columns: Sequence[Groups]) -> None:
        self.in_rows, self.at, self.grain = True, -1, ""
        for in_rows, groups in ((False, columns), (True, rows)):
            for at, one in enumerate(groups):
                if one.grouping.grain in PERIODS:
                    self.in_rows, self.at, self.grain = in_rows, at, one.grouping.grain

    def of(self, place: Place) -> date | None:
        """The period in which a place lies; None for totals over periods."""
        keys = place[0] if self.in_rows else place[1]
        found = keys[self.at] if self.grain and len(keys) > self.at else None
        return found if isinstance(found, date) else None

    def at_period(self, place: Place, day: date) -> Place:
        """The same place in another period."""
        row, column = place
        if self.in_rows:
            return (*row[: self.at], day, *row[self.at + 1 :]), column
        return row, (*column[: self.at], day, *column[self.at + 1 :])


def shown(one: Sum, values: dict[Place, Any], axis: Axis, rows: int) -> dict[Place, Any]:
    """The values of one figure as they are shown. rows: levels of rows."""
    show = one.measure.show
    if show == "value":
        return values
    if show in ("share_of_parent", "share_of_total"):
        return {place: _share(value, values.get(_whole(show, place, rows))) for place, value in values.items()}
    if show == "running":
        return _running(values, axis)
    return _compared(one, values, axis)


def _whole(show: str, place: Place, rows: int) -> Place:
    """What a share is of: the group around it in the same column, or everything."""
    row, column = place
    if show == "share_of_total":
        return (), ()
    return (row[:-1], column) if rows else (row, column[:-1])


def _share(value: Any, whole: Any) -> Decimal | None:
    if value is None or not whole:
        return None
    with localcontext() as context:
        context.prec = 40
        return Decimal(100) * _number(value) / _number(whole)


def _number(value: Any) -> Decimal:
    return Decimal(value) if isinstance(value, (int, Decimal)) else Decimal(str(value.total_seconds()))


def _running(values: dict[Place, Any], axis: Axis) -> dict[Place, Any]:
    """Along the periods where there are any; a total keeps what it is."""
    found, sums = dict(values), dict[Place, Any]()
    dated = [(day, place) for place in values if (day := axis.of(place)) is not None]
    for _day, place in sorted(dated, key=lambda one: one[0]):
        line = axis.at_period(place, date.min)
        before, value = sums.get(line), values[place]
        sums[line] = found[place] = value if before is None else before if value is None else before + value
    return found


def _compared(one: Sum, values: dict[Place, Any], axis: Axis) -> dict[Place, Any]:
    """Of a count or a sum, a period in between without records counts as zero; before the first there is nothing."""
    days = [day for place in values if (day := axis.of(place)) is not None]
    first = min(days, default=date.max)
    counts = one.figure is not None and one.figure.function in ("count", "filled", "sum")
    found: dict[Place, Any] = {}
    for place, value in values.items():
        day = axis.of(place)
        if day is None or value is None:
            found[place] = None
            continue
        year = one.measure.show.endswith("_year")
        then = year_before(day, axis.grain) if year else moved(day, axis.grain, -1)
        before = values.get(axis.at_period(place, then))
        if before is None and counts and then >= first:
            before = value - value
        found[place] = _difference(one.measure.show, value, before)
    return found


def _difference(show: str, value: Any, before: Any) -> Any:
    if before is None:
        return None
    if show.startswith("difference"):
        return value - before
    if not before:
        return None
    with localcontext() as context:
        context.prec = 40
        return Decimal(100) * _number(value - before) / abs(_number(before))
