"""A report's answer as lines for a spreadsheet: one for each group and no subtotals, so that what is added up there is
right."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import xlsxwriter

from relata.engine.reporting.result import Key, Result, Value
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.words import head_words, key_words

_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


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


def _unit(one: Any) -> str:
    unit = one.currency or ("%" if one.kind == "percent" else one.unit)
    label = f"{one.group}: {one.label}" if one.group else str(one.label)
    return f"{label} ({unit})" if unit else label


def _lines(result: Result, formatter: Formatter) -> Iterator[tuple[Any, ...]]:
    for row in result.row_leaves:
        cells: list[Any] = [_key(key, formatter) for key in result.rows[row].keys]
        for column in result.column_leaves:
            cells += [_plain(result.value(row, column, at)) for at in range(len(result.measures))]
        yield tuple(cells)


def _key(key: Key, formatter: Formatter) -> Any:
    """Days of days stay days; everything else is said in words."""
    if key.kind == "day" and isinstance(key.value, date):
        return key.value
    return key_words(key, formatter)


def _plain(value: Value) -> Any:
    if isinstance(value, timedelta):
        return Decimal(str(value.total_seconds())) / 3600
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def workbook(name: str, sheet: Sheet) -> bytes:
    """As an XLSX file; a report has at most a few thousand lines, so it is made in memory."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet((name.translate(_FORBIDDEN).strip(" '") or "Report")[:31])
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        page.freeze_panes(1, 0)
        for at, head in enumerate(sheet.heads):
            page.write_string(0, at, head, bold)
            page.set_column(at, at, 18)
        for line_at, line in enumerate(sheet.lines, 1):
            for at, cell in enumerate(line):
                if isinstance(cell, date):
                    page.write_datetime(line_at, at, cell, day)
                elif isinstance(cell, (int, Decimal)):
                    page.write_number(line_at, at, float(cell))
                elif cell is not None:
                    page.write_string(line_at, at, str(cell))
    return out.getvalue()
