"""A report's answer as a plain table of texts, for cards, mails and paper: the whole of what a picture shows."""

from __future__ import annotations

from relata.engine.reporting.result import Result
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.address import Address
from relata.interfaces.html.reporting.lines import Line, Table, Text
from relata.interfaces.html.reporting.over_time import told_table
from relata.interfaces.html.reporting.words import head_words, value_words


def table_of(result: Result, formatter: Formatter, address: Address, most: int = 0) -> Table:
    """Every row and column with its totals. most: so many rows at most, 0 for all; the total always stays."""
    told = told_table(result, formatter, address)
    if told is not None:
        return _newest(told, most)
    heads = []
    for head in result.columns:
        name = head_words(head, formatter) if result.column_levels else ""
        for one in result.measures:
            is_plain = len(result.measures) == 1 and bool(name)
            heads.append(name if is_plain else " · ".join(word for word in (one.group, name, one.label) if word))
    levels = len(result.row_levels)
    lines = []
    for at, row in enumerate(result.rows):
        cells = []
        for column in range(len(result.columns)):
            for place, shown in enumerate(result.measures):
                value = result.value(at, column, place)
                href = address(result.drill_of(at, column, place), shown.object) if value is not None else ""
                cells.append(Text(value_words(shown, value, formatter), href))
        words = head_words(row, formatter)
        lines.append(Line(words, tuple(cells), max(row.depth - 1, 0), levels > 0 and row.depth < levels))
    body, total = (lines[:-1], lines[-1:]) if levels else (lines, [])
    kept = body[:most] if most else body
    label = " · ".join(level.label for level in result.row_levels)
    return Table(label, tuple(heads), (*kept, *total), len(body) - len(kept))


def _newest(told: Table, most: int) -> Table:
    """The last of many cohorts and their total."""
    left_out = max(len(told.lines) - most - 1, 0) if most else 0
    return Table(told.label, told.heads, told.lines[left_out:], left_out)
