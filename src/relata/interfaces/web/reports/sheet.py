"""A report's answer as lines for a spreadsheet: one for each group and no subtotals, so that what is added up there is
right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from relata.engine.reporting.every_group import EveryGroup
from relata.engine.reporting.result import Key, Result, Value
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.words import head_words, key_words


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """heads: of the groups and figures. lines: numbers as numbers, days as days, durations in hours."""

    heads: tuple[str, ...]
    lines: tuple[tuple[Any, ...], ...]


def sheet_of(result: Result, formatter: Formatter) -> Sheet:
    """Groups of the rows downwards, those of the columns to the right."""
    heads = [level.label for level in result.row_levels]
    for column in result.column_leaves:
        name = head_words(result.columns[column], formatter) if result.column_levels else ""
        heads += [" · ".join(part for part in (name, _unit(one)) if part) for one in result.measures]
    return Sheet(heads=tuple(heads), lines=tuple(_lines(result, formatter)))


def heads_of(found: EveryGroup) -> tuple[str, ...]:
    """The levels, then the figures."""
    return (*(level.label for level in found.levels), *map(_unit, found.measures))


def _unit(one: Any) -> str:
    unit = one.currency or ("%" if one.kind == "percent" else one.unit)
    label = f"{one.group}: {one.label}" if one.group else str(one.label)
    return f"{label} ({unit})" if unit else label


def _lines(result: Result, formatter: Formatter) -> Iterator[tuple[Any, ...]]:
    for row in result.row_leaves:
        cells: list[Any] = [key_cell(key, formatter) for key in result.rows[row].keys]
        for column in result.column_leaves:
            cells += [plain(result.value(row, column, at)) for at in range(len(result.measures))]
        yield tuple(cells)


def key_cell(key: Key, formatter: Formatter) -> Any:
    """Days of days stay days; everything else is said in words."""
    if key.kind == "day" and isinstance(key.value, date):
        return key.value
    return key_words(key, formatter)


def plain(value: Value) -> Any:
    """A figure as a cell holds it."""
    if isinstance(value, timedelta):
        return Decimal(str(value.total_seconds())) / 3600
    if isinstance(value, datetime):
        return value.isoformat()
    return value
