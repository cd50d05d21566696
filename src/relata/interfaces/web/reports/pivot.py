"""A report's answer as a pivot table: heads that span, subtotals after their groups, each number a link."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import msgspec

from relata.engine.reporting.result import Head, Result
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.address import Address
from relata.interfaces.html.reporting.lines import Table
from relata.interfaces.html.reporting.over_time import told_table
from relata.interfaces.html.reporting.words import key_words, value_words

#: So many lines and columns stand on a page; a file has all.
MOST_LINES, MOST_COLUMNS = 400, 60


class HeadCell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell of a head. level: how deep it stands."""

    text: str
    columns: int = 1
    rows: int = 1
    is_total: bool = False
    is_figure: bool = False


class Number(msgspec.Struct, frozen=True):
    """A figure, and the records behind it."""

    text: str
    href: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A row: the heads that begin at it, and its numbers. depth: of its group; is_total: of several rows."""

    heads: tuple[HeadCell, ...]
    numbers: tuple[Number, ...]
    is_total: bool = False


class Pivot(msgspec.Struct, frozen=True, kw_only=True):
    """heads: the lines above the numbers. levels: the names of the row levels. left_out: lines without room."""

    levels: tuple[str, ...]
    heads: tuple[tuple[HeadCell, ...], ...]
    lines: tuple[Line, ...]
    left_out: int = 0
    columns_left_out: int = 0

    @property
    def head_lines(self) -> int:
        """How many lines stand above the numbers."""
        return len(self.heads)


def pivot_of(result: Result, formatter: Formatter, address: Address) -> Pivot:
    """With subtotals unless the report wants none; a group of one needs no subtotal."""
    told = told_table(result, formatter, address)
    if told is not None:
        return _of_lines(told)
    rows = shown_heads(result.rows, len(result.row_levels), result.definition.totals)
    columns = shown_heads(result.columns, len(result.column_levels), result.definition.totals)
    left_out, columns_left_out = max(len(rows) - MOST_LINES, 0), max(len(columns) - MOST_COLUMNS, 0)
    rows, columns = _few(rows, MOST_LINES), _few(columns, MOST_COLUMNS)
    return Pivot(
        levels=tuple(level.label for level in result.row_levels) or ("",),
        heads=_column_heads(result, columns, formatter),
        lines=tuple(_lines(result, rows, columns, formatter, address)),
        left_out=left_out, columns_left_out=columns_left_out,
    )  # fmt: skip


def _of_lines(told: Table) -> Pivot:
    """A table without levels."""
    return Pivot(
        levels=(told.label,), heads=(tuple(HeadCell(text=head, is_figure=True) for head in told.heads),),
        lines=tuple(
            Line(
                heads=(HeadCell(text=one.head),), numbers=tuple(Number(cell.text, cell.href) for cell in one.cells),
                is_total=one.is_total,
            )
            for one in told.lines
        ),
    )  # fmt: skip


def shown_heads(heads: tuple[Head, ...], depth: int, totals: bool) -> list[int]:
    """The places of the heads that are shown: subtotals of a single group say nothing new."""
    found = []
    for place, head in enumerate(heads):
        if head.depth == depth or (totals and (head.depth == 0 or _has_several(heads, place))):
            found.append(place)
    return found


def _has_several(heads: tuple[Head, ...], place: int) -> bool:
    """Whether more than one group stands before its subtotal."""
    depth, groups = heads[place].depth, 0
    for head in heads[place - 1 :: -1] if place else ():
        if head.depth <= depth:
            break
        groups += head.depth == depth + 1
    return groups > 1


def _few(places: list[int], most: int) -> list[int]:
    """The total stays."""
    return places if len(places) <= most else [*places[: most - 1], places[-1]]


def _column_heads(result: Result, columns: list[int], formatter: Formatter) -> tuple[tuple[HeadCell, ...], ...]:
    levels, figures = len(result.column_levels), len(result.measures)
    lines: list[tuple[HeadCell, ...]] = []
    for level in range(levels):
        cells = []
        for first, count in _runs(result.columns, columns, level):
            head = result.columns[first]
            if head.depth > level:
                text = key_words(head.keys[level], formatter)
                cells.append(HeadCell(text=text, columns=count * figures))
            elif head.depth == level:
                cells.append(HeadCell(text=_("Total"), columns=figures, rows=levels - level, is_total=True))
        lines.append(tuple(cells))
    if any(one.group for one in result.measures):
        lines.append(tuple(_blocks(result, len(columns))))
    if figures > 1 or not levels:
        named = [HeadCell(text=one.label, is_figure=True) for _column in columns for one in result.measures]
        lines.append(tuple(named))
    return tuple(lines)


def _blocks(result: Result, columns: int) -> Iterator[HeadCell]:
    """From which report beside the figures come."""
    for _column in range(columns):
        for name, run in groupby(one.group for one in result.measures):
            yield HeadCell(text=name, columns=len(list(run)))


def _runs(heads: tuple[Head, ...], places: list[int], level: int) -> list[tuple[int, int]]:
    """The first place of each head of a level, and how many follow that belong to it."""
    runs: list[tuple[int, int]] = []
    before: object = None
    for place in places:
        head = heads[place]
        key = (tuple(one.id for one in head.keys[: level + 1]), head.depth <= level)
        if key == before and head.depth > level:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif head.depth >= level:
            runs.append((place, 1))
        before = key
    return runs


def _lines(result: Result, rows: list[int], columns: list[int], formatter: Formatter, address: Address) -> list[Line]:
    levels = len(result.row_levels)
    starts = [dict(_runs(result.rows, rows, level)) for level in range(levels)]
    lines = []
    for place in rows:
        head = result.rows[place]
        cells = [
            HeadCell(text=key_words(head.keys[level], formatter), rows=starts[level][place])
            for level in range(min(head.depth, levels))
            if place in starts[level]
        ]
        is_total = head.depth < levels
        if is_total or not levels:
            cells.append(HeadCell(text=_("Total"), columns=max(levels - head.depth, 1), is_total=True))
        numbers = tuple(
            _number(result, place, column, measure, formatter, address)
            for column in columns
            for measure in range(len(result.measures))
        )
        lines.append(Line(heads=tuple(cells), numbers=numbers, is_total=is_total))
    return lines


def _number(result: Result, row: int, column: int, measure: int, formatter: Formatter, address: Address) -> Number:
    cell = result.cells.get((row, column))
    if cell is None:
        return Number("")
    shown = result.measures[measure]
    text = value_words(shown, cell.values[measure], formatter)
    return Number(text, address(result.drill_of(row, column, measure), shown.object) if cell.count else "")
