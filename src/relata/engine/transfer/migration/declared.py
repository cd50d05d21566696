"""How the export of another system is described: its tables, what of them is ours, and which of its numbers lead
where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from relata.engine.transfer.mapping import Column, Skip

if TYPE_CHECKING:
    from relata.engine.transfer.migration.export import Export

#: A row of an export: text by column.
Cells = dict[str, str]
Prepare = Callable[[Cells], Cells]
Derive = Callable[["Export"], Iterator[Cells]]


@dataclass(frozen=True, slots=True)
class Pointer:
    """A link that the export gives by a number of its own. ways: column and tables, tried in turn; the first that leads
    to a record counts. A link may name several tables, since their numbers differ."""

    field: str
    ways: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def tables(self) -> frozenset[str]:
        """All that it may lead to."""
        return frozenset(name for _column, names in self.ways for name in names)


def to(field: str, column: str, *tables: str) -> Pointer:
    """A pointer with one way."""
    return Pointer(field, ((column, tables),))


@dataclass(frozen=True, slots=True)
class Closing:
    """What becomes of some rows once everything else is there. when: a column and the texts in which it is true; for
    "*" any text counts. values: written then. pointers: links that are set then."""

    when: tuple[str, tuple[str, ...]]
    values: dict[str, Any]
    pointers: tuple[Pointer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of an export.

    name: what the system calls it, and the file is called; files: a regular expression for files of other names. of:
    the object that its rows become; where the workspace has none, it is made, called `labels`. key: the columns that
    tell rows apart; () for a table without any, whose rows are told apart by their content. columns: what we know; each
    counts only where file and object have it. title: the column that names a record of an object that is made. aliases:
    further names under which other tables know its rows, as (table, column). kept: columns that fill a field, and whose
    words are kept in a field of their own as well. left: columns that mean nothing here. made, changed, made_by: the
    columns that say so. adopt: fields by which rows are records that are here already; these are left as they are.
    shape: what is done to each row before. rows: rows that are made of other tables, in place of those of its file.
    heads: the columns that `shape` or `rows` add.
    """

    name: str
    of: str
    key: tuple[str, ...] = ("Id",)
    files: str = ""
    columns: tuple[Column, ...] = ()
    pointers: tuple[Pointer, ...] = ()
    closing: Closing | None = None
    title: str = ""
    labels: tuple[str, str] = ("", "")
    icon: str = "box"
    aliases: tuple[tuple[str, str], ...] = ()
    kept: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    skip: tuple[Skip, ...] = ()
    made: str = ""
    changed: str = ""
    made_by: str = ""
    adopt: tuple[str, ...] = ()
    shape: Prepare | None = None
    rows: Derive | None = None
    heads: tuple[str, ...] = ()


def _same(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The table that tells of attached files. place: where a row's file lies in the export."""

    table: str
    key: str
    parent: str
    parents: tuple[str, ...]
    name: str
    place: Callable[[Cells], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A system from which people move here. people: the table of its users. left: columns that mean nothing here in any
    table. silent: tables that become nothing by themselves. unknown: how a table is read that is not declared.
    label_of: what a column is called on screens. number: the same number in one spelling. moments: how it writes
    moments, for strptime, where that is not ISO 8601. own_column: what it calls a field or object of one's own, None
    where the way back is not known; own_id: the column that holds our ids there."""

    name: str
    label: str
    tables: tuple[Table, ...]
    people: str
    left: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    unknown: Table = field(default_factory=lambda: Table(name="", of="", key=()))
    label_of: Callable[[str], str] = _same
    number: Callable[[str], str] = _same
    moments: tuple[str, ...] = ()
    files: tuple[Files, ...] = ()
    own_column: Callable[[str], str] | None = None
    own_id: str = ""
