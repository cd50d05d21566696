"""What a report answers: the heads of its rows and columns, figures where they meet, and what one must know about them.
Figures are exact; whoever shows them rounds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import msgspec

from relata.engine.formula import Node, all_of, to_text
from relata.engine.reporting.definition import Definition
from relata.engine.reporting.rates import Rate
from relata.engine.reporting.trends.values import Trend


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """What one level of groups is. kind: choice, link, user, boolean, text, country, number, money, bucket, or a grain
    for days and moments. path: "" for an expression."""

    label: str
    kind: str
    path: str = ""


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """One group of one level. value: None for records without one; text, number, yes or no; the first day of a period;
    an id as text; the number of a weekday (1 is Monday) or month. label: of choices, links, yes and no, buckets; ""
    where the value speaks for itself. A bucket's value is (lower end, upper end), each None where it is open. others:
    the group of the rest. colour: an option's, by its name in the palette. id: stands for the group in addresses."""

    value: Any = None
    label: str = ""
    kind: str = "text"
    others: bool = False
    colour: str = ""
    id: str = ""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """A row or column: the keys down to it, so none for the total and fewer than there are levels for a subtotal."""

    keys: tuple[Key, ...] = ()

    @property
    def depth(self) -> int:
        """0 for the total."""
        return len(self.keys)

    @property
    def key(self) -> Key | None:
        """The last one."""
        return self.keys[-1] if self.keys else None


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A measure as it is shown. kind: integer, number, percent (25 is 25 %), money, duration, date, datetime, text.
    currency: of money. name: as in the definition. index: among the definition's measures. additive: its groups add up
    to the total, so it can be stacked and shared out. object: whose records it is of; "" for the report's own.
    group: the report beside that it comes from."""

    label: str
    kind: str
    name: str
    index: int
    currency: str = ""
    unit: str = ""
    additive: bool = False
    object: str = ""
    group: str = ""


Value = Decimal | int | timedelta | date | datetime | str | None


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """Where a row and a column meet. values: one for each shown measure, None for none. count: how many records."""

    values: tuple[Value, ...]
    count: int = 0


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something to know. kind: hidden (some records are not visible to you), converted, unconverted, gone (a field),
    truncated. text: a sentence in the reader's language. rates: those by which amounts were converted."""

    kind: str
    text: str
    rates: tuple[Rate, ...] = ()


class Drills(msgspec.Struct, frozen=True, kw_only=True):
    """The conditions that find the records behind figures: of the whole report, of each row, column and measure. own:
    those that hold for one measure of one row alone; apart: likewise, instead of all others."""

    whole: Node | None = None
    rows: tuple[tuple[Node, ...], ...] = ()
    columns: tuple[tuple[Node, ...], ...] = ()
    measures: tuple[Node | None, ...] = ()
    own: dict[tuple[int, int], Node] = {}
    apart: dict[tuple[int, int], Node] = {}

    def nodes(self, row: int, column: int, measure: int) -> list[Node]:
        """All that hold together."""
        if (row, measure) in self.apart:
            return [self.apart[row, measure]]
        own = self.own.get((row, measure))
        nodes = (self.whole, *self.rows[row], *self.columns[column], self.measures[measure], own)
        return [node for node in nodes if node is not None]

    def text(self, row: int, column: int, measure: int) -> str:
        """As a list takes it."""
        found = self.nodes(row, column, measure)
        return to_text(all_of(found)) if found else ""


class Result(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """rows, columns: heads in their order, each subtotal after its groups, the total last. cells: by the places of row
    and column; what has no records has no cell. at: when it was read. as_on: the day whose records are shown; None for
    now. trend: where the picture asks for one and there are enough periods."""

    definition: Definition
    object: str
    row_levels: tuple[Level, ...]
    column_levels: tuple[Level, ...]
    measures: tuple[Shown, ...]
    rows: tuple[Head, ...]
    columns: tuple[Head, ...]
    cells: dict[tuple[int, int], Cell]
    notes: tuple[Note, ...] = ()
    at: datetime
    seconds: float = 0
    as_on: date | None = None
    drills: Drills = Drills()
    trend: Trend | None = None

    @cached_property
    def row_leaves(self) -> tuple[int, ...]:
        """The places of the rows that are neither subtotal nor total; of a report without rows the one row."""
        return _leaves(self.rows, len(self.row_levels))

    @cached_property
    def column_leaves(self) -> tuple[int, ...]:
        """Likewise of columns."""
        return _leaves(self.columns, len(self.column_levels))

    @property
    def total(self) -> Cell | None:
        """The grand total."""
        return self.cells.get((len(self.rows) - 1, len(self.columns) - 1))

    def value(self, row: int, column: int, measure: int = 0) -> Value:
        """One figure; None for none."""
        cell = self.cells.get((row, column))
        return cell.values[measure] if cell is not None else None

    def drill_of(self, row: int, column: int, measure: int = 0) -> str:
        """The expression that finds exactly the records behind it, made when it is asked for. measure: the place among
        those that are shown. "" where every record counts."""
        return self.drills.text(row, column, measure)

    def flat(self) -> Iterator[tuple[int, int, Cell]]:
        """The places of each row and column, without subtotals, that meet in records."""
        for row in self.row_leaves:
            for column in self.column_leaves:
                cell = self.cells.get((row, column))
                if cell is not None:
                    yield row, column, cell

    @property
    def is_whole(self) -> bool:
        """Whether every group is here; else the largest are."""
        return all(note.kind != "truncated" for note in self.notes)

    @property
    def is_empty(self) -> bool:
        """Whether the filter found nothing."""
        return self.total is None or self.total.count == 0


def _leaves(heads: tuple[Head, ...], depth: int) -> tuple[int, ...]:
    return tuple(place for place, head in enumerate(heads) if head.depth == depth)
