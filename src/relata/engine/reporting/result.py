"""What a report answers: the heads of its rows and columns, figures where they meet, and what one must know about them.
Figures are exact; whoever shows them rounds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import msgspec

from relata.engine.reporting.definition import Definition


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """What one level of groups is. kind: choice, link, user, boolean, text, number, money, bucket, or a grain for days
    and moments. path: "" for an expression."""

    label: str
    kind: str
    path: str = ""


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """One group of one level. value: None for records without one; text, number, yes or no; the first day of a period;
    an id as text; the number of a weekday (1 is Monday) or month. label: of choices, links, yes and no, buckets; ""
    where the value speaks for itself. others: the group of the rest. colour: 0-11 as tags have, -1 for none."""

    value: Any = None
    label: str = ""
    kind: str = "text"
    others: bool = False
    colour: int = -1
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
    to the total, so it can be stacked and shared out."""

    label: str
    kind: str
    name: str
    index: int
    currency: str = ""
    unit: str = ""
    additive: bool = False


Value = Decimal | int | timedelta | date | datetime | str | None


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """Where a row and a column meet. values: one for each shown measure, None for none. drill: for each the expression
    that finds exactly the records behind it. count: how many records."""

    values: tuple[Value, ...]
    drill: tuple[str, ...]
    count: int = 0


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something to know. kind: hidden (some records are not visible to you), converted, unconverted, gone (a field),
    truncated, as_of, short (few records). text: a sentence in the reader's language."""

    kind: str
    text: str


class Result(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """rows, columns: heads in their order, each subtotal after its groups, the total last. cells: by the places of row
    and column; what has no records has no cell. at: when it was read. drill: all records of the report."""

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
    drill: str = ""
    seconds: float = 0

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
        """The records behind it; "" where there are none."""
        cell = self.cells.get((row, column))
        return cell.drill[measure] if cell is not None else ""

    def flat(self) -> Iterator[tuple[Head, Head, Cell]]:
        """Each leaf that has records."""
        for row in self.row_leaves:
            for column in self.column_leaves:
                cell = self.cells.get((row, column))
                if cell is not None:
                    yield self.rows[row], self.columns[column], cell

    @property
    def is_empty(self) -> bool:
        """Whether the filter found nothing."""
        return self.total is None or self.total.count == 0


def _leaves(heads: tuple[Head, ...], depth: int) -> tuple[int, ...]:
    return tuple(place for place, head in enumerate(heads) if head.depth == depth)
