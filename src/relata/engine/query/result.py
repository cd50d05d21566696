"""Rows as they come, and the ways to read them: as values, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

from relata.engine.metadata.fields import Field
from relata.engine.storage.database import Row

#: What is shown of a masked value.
MASK = "•••"


@dataclass(frozen=True, slots=True)
class Cell:
    """Where one requested path lies in a row. field: None for an id, a sub-field or a computed value, whose `kind` is
    the expression language's. masked: show only that it is there."""

    key: str
    field: Field | None
    start: int
    width: int
    masked: bool = False
    kind: str = ""

    def value(self, row: Row) -> Any:
        """The Python value, None when empty."""
        if self.masked:
            return MASK if row[self.start] is not None else None
        if self.field is None:
            return row[self.start]
        return self.field.from_columns(row[self.start : self.start + self.width])

    def json(self, row: Row) -> Any:
        """The value as the API shows it."""
        if self.masked or self.field is None:
            return self.value(row)
        return self.field.shown(row[self.start : self.start + self.width])


@dataclass(frozen=True)
class Shape:
    """The cells of a row, and prepared readers: a list of 50 rows is read 800 times, so nothing is looked up twice."""

    cells: tuple[Cell, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "_json", _prepared(self.cells, [cell.json for cell in self.cells]))
        object.__setattr__(self, "_value", _prepared(self.cells, [cell.value for cell in self.cells]))

    @cached_property
    def personal(self) -> tuple[str, ...]:
        """The keys under which personal values stand."""
        return tuple(
            cell.key for cell in self.cells if cell.field and cell.field.sensitivity == "personal" and not cell.masked
        )

    @cached_property
    def id_at(self) -> int | None:
        """Where a row holds its record's id; None where it holds none."""
        return next((cell.start for cell in self.cells if cell.key == "id"), None)

    def json(self, row: Row) -> dict[str, Any]:
        """One row as the API shows it."""
        return _read(self._json, row)  # type: ignore[attr-defined]

    def values(self, row: Row) -> dict[str, Any]:
        """One row as Python values."""
        return _read(self._value, row)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """keys and pick: all cells at once, as if each were answered as it is. others: the cells that are not."""

    keys: tuple[str, ...]
    pick: Callable[[Row], tuple[Any, ...]]
    others: tuple[tuple[str, Callable[[Row], Any]], ...]


def _prepared(cells: tuple[Cell, ...], readers: list[Callable[[Row], Any]]) -> _Prepared:
    starts = [cell.start for cell in cells]
    others = tuple((cell.key, read) for cell, read in zip(cells, readers, strict=True) if not _plain(cell))
    pick = itemgetter(*starts) if len(starts) > 1 else lambda row: tuple(row[start] for start in starts)
    return _Prepared(tuple(cell.key for cell in cells), pick, others)


def _read(prepared: _Prepared, row: Row) -> dict[str, Any]:
    found = dict(zip(prepared.keys, prepared.pick(row), strict=True))
    for key, read in prepared.others:
        found[key] = read(row)
    return found


def _plain(cell: Cell) -> bool:
    """Whether the column's value is the answer as it is."""
    if cell.masked:
        return False
    field = cell.field
    if field is None:
        return True
    kind = type(field)
    return (
        cell.width == 1
        and kind.shown is Field.shown
        and kind.from_columns is Field.from_columns
        and kind.to_json is Field.to_json
    )


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows and what follows. next: a cursor, or "" at the end; previous: likewise, towards the start."""

    shape: Shape
    rows: list[Row]
    next: str
    previous: str = ""

    def json(self) -> list[dict[str, Any]]:
        """All rows as the API shows them."""
        read = self.shape.json
        return [read(row) for row in self.rows]

    def values(self) -> list[dict[str, Any]]:
        """All rows as Python values."""
        read = self.shape.values
        return [read(row) for row in self.rows]
