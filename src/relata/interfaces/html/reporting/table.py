"""A report's answer as a plain table of texts, for cards, mails and paper: the whole of what a picture shows."""

from __future__ import annotations

import msgspec

from relata.engine.reporting.result import Result
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.picture import Address
from relata.interfaces.html.reporting.words import head_words, value_words


class Text(msgspec.Struct, frozen=True):
    """What stands in a cell, and the records behind it."""

    text: str
    href: str = ""


class Line(msgspec.Struct, frozen=True):
    """One row. depth: how far it is indented; is_total: of all rows, or of those above it."""

    head: str
    cells: tuple[Text, ...]
    depth: int = 0
    is_total: bool = False


class Table(msgspec.Struct, frozen=True):
    """heads: of the figures; the first column's is `label`. left_out: rows that there was no room for."""

    label: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    left_out: int = 0


def table_of(result: Result, formatter: Formatter, address: Address, most: int = 0) -> Table:
    """Every row and column with its totals. most: so many rows at most, 0 for all; the total always stays."""
    heads = []
    for head in result.columns:
        name = head_words(head, formatter) if result.column_levels else ""
        for one in result.measures:
            is_plain = len(result.measures) == 1 and bool(name)
            heads.append(name if is_plain else " · ".join(word for word in (name, one.label) if word))
    levels = len(result.row_levels)
    lines = []
    for at, row in enumerate(result.rows):
        cells = []
        for column in range(len(result.columns)):
            for place, shown in enumerate(result.measures):
                value = result.value(at, column, place)
                href = address(result.drill_of(at, column, place)) if value is not None else ""
                cells.append(Text(value_words(shown, value, formatter), href))
        words = head_words(row, formatter)
        lines.append(Line(words, tuple(cells), max(row.depth - 1, 0), levels > 0 and row.depth < levels))
    body, total = (lines[:-1], lines[-1:]) if levels else (lines, [])
    kept = body[:most] if most else body
    label = " · ".join(level.label for level in result.row_levels)
    return Table(label, tuple(heads), (*kept, *total), len(body) - len(kept))
