"""A list of records: which columns, which rows, how it is sorted and filtered, what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Node, Unknown, all_of, parse
from relata.engine.metadata.fields import AnyLink, Choice, Field, Link, Links
from relata.engine.metadata.object import Object
from relata.engine.query.request import DEFAULT_LIMIT, Aggregate, Order, Query, parse_order
from relata.engine.query.scope import FieldScope, Found
from relata.engine.query.select import sortable
from relata.engine.ui.values import Presenter, Shown, is_end_aligned, kind_of, presenter, record_href, targets_of
from relata.engine.workspace.titles import Titles, titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _

_LINKING = (Link, Links, AnyLink)


@dataclass(frozen=True, slots=True)
class ListState:
    """What the address of a list says. where: an expression. order: such as `-amount,name`; empty is the layout's.
    as_on: the records as they were at this moment; None for now."""

    where: str = ""
    order: str = ""
    after: str = ""
    deleted: bool = False
    limit: int = DEFAULT_LIMIT
    as_on: datetime | None = None


class ListColumn(msgspec.Struct, frozen=True, kw_only=True):
    """path: the field or path over links. kind: of its values. sorted: "", ascending or descending."""

    path: str
    label: str
    kind: str
    align: str
    sortable: bool
    sorted: str = ""
    help: str = ""


class ListRow(msgspec.Struct, frozen=True, kw_only=True):
    """One record: its title and its cells, in the order of the columns."""

    id: str
    title: str
    href: str
    cells: tuple[Shown, ...]

    @property
    def peek(self) -> str:
        """Where the side panel gets its content."""
        return f"{self.href}/peek"


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """columns: after the title's own. next, previous: cursors or "". left_out: columns and sort levels that were asked
    for and are gone or hidden from this person."""

    object: Object
    title_column: ListColumn
    columns: tuple[ListColumn, ...]
    rows: tuple[ListRow, ...]
    next: str
    previous: str
    order: str
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list that is to be read. fixed: a condition beside the person's own, such as "children of this record".
    is_empty: it is known to have no rows, so nothing is asked. few: see `Query`."""

    object: Object
    state: ListState
    fixed: Node | None = None
    columns: tuple[str, ...] = ()
    is_empty: bool = False
    few: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    """A list whose rows are there, without the titles of what they link to. values: one mapping a row."""

    object: Object
    scope: FieldScope
    order: tuple[Order, ...]
    places: list[tuple[str, Found]]
    values: list[dict[str, Any]]
    next: str = ""
    previous: str = ""
    left_out: int = 0


async def listing(
    work: Workspace, one: Object, state: ListState, *, fixed: Node | None = None, columns: tuple[str, ...] = ()
) -> Listing:
    """One page of a list. fixed: a condition beside the person's own, such as "children of this record"."""
    return (await listings(work, [Wanted(one, state, fixed, columns)]))[0]


async def listings(work: Workspace, wanted: Sequence[Wanted]) -> list[Listing]:
    """Several lists; the titles of what they link to are asked for once."""
    read = [await _read(work, one) for one in wanted]
    linked: dict[str, set[UUID]] = {}
    for one in read:
        for name, ids in _targets(one).items():
            linked.setdefault(name, set()).update(ids)
    titles = await titles_of(work.unit, linked)
    return [_listing(work, one, titles) for one in read]


async def _read(work: Workspace, wanted: Wanted) -> _Read:
    one, state = wanted.object, wanted.state
    scope = FieldScope(work.registry, one, work.actor)
    order = _order(work, scope, state)
    places = _places(scope, wanted.columns or work.layout(one.name).columns)
    left_out = _left_out(scope, wanted.columns, state.order)
    if wanted.is_empty:
        return _Read(one, scope, order, places, [])
    paths = row_paths(work, one, [path for path, _ in places])
    page = await work.query(replace(asked_by(work, one, state, wanted.fixed, paths), few=wanted.few))
    return _Read(one, scope, order, places, page.values(), page.next, page.previous, left_out)


def _order(work: Workspace, scope: FieldScope, state: ListState) -> tuple[Order, ...]:
    return parse_order(_allowed_order(scope, state.order or work.layout(scope.object.name).order or "-created_at"))


def asked_by(work: Workspace, one: Object, state: ListState, fixed: Node | None, paths: tuple[str, ...]) -> Query:
    """The question behind a list. paths: what is read of each row."""
    conditions = [found for found in (fixed, parse(state.where) if state.where else None) if found is not None]
    where = all_of(conditions) if conditions else None
    order = _order(work, FieldScope(work.registry, one, work.actor), state)
    return Query(one.name, where, order, paths, state.limit, state.after, state.deleted, as_on=state.as_on)


def _listing(work: Workspace, read: _Read, titles: Titles) -> Listing:
    one, scope, order = read.object, read.scope, read.order
    return Listing(
        object=one,
        title_column=_title_column(scope, order),
        columns=tuple(_column(path, found, label_of(found), scope, order) for path, found in read.places),
        rows=_rows(work, read, titles), next=read.next, previous=read.previous, order=",".join(map(str, order)),
        left_out=read.left_out,
    )  # fmt: skip


def row_paths(work: Workspace, one: Object, columns: Sequence[str]) -> tuple[str, ...]:
    """What a row is read with: its id, its title as far as it may be known, and the columns."""
    title = (one.title_field,) if shows_title(work, one) else ()
    return ("id", *title, *(path for path in columns if path != one.title_field))


def shown_paths(work: Workspace, one: Object, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The same for a list of these columns, without those that are gone or hidden from this person."""
    return row_paths(work, one, [path for path, _found in _places(FieldScope(work.registry, one, work.actor), columns)])


async def total(work: Workspace, one: Object, state: ListState, fixed: Node | None = None) -> int:
    """How many records the list has in all; asked for by a request of its own, since counting a million takes a
    while."""
    conditions = [found for found in (fixed, parse(state.where) if state.where else None) if found is not None]
    where = all_of(conditions) if conditions else None
    request = Aggregate(one.name, where=where, deleted=state.deleted, as_on=state.as_on)
    return int((await work.aggregate(request)).rows[0]["count"])


def shows_title(work: Workspace, one: Object) -> bool:
    """Whether this person may know at least that a record has a title."""
    field = one.all_fields[one.title_field]
    return work.actor.readable(one, field) or work.actor.masked(one, field)


def _title_column(scope: FieldScope, order: tuple[Order, ...]) -> ListColumn:
    """The first column; who may not read titles finds what leads to the record in it, and can't sort by it."""
    one = scope.object
    found = _found(scope, (one.title_field,))
    if found is None:
        return ListColumn(path="id", label=one.title, kind="text", align="start", sortable=False)
    return _column(one.title_field, found, one.all_fields[one.title_field].title, scope, order)


def _allowed_order(scope: FieldScope, order: str) -> str:
    """The order without fields that are gone, that this person may not read, or that nothing can be sorted by."""
    kept = [str(level) for level in parse_order(order) if _sorts(scope, level.path)]
    return ",".join(kept) or "-created_at"


def _sorts(scope: FieldScope, path: tuple[str, ...]) -> bool:
    found = _found(scope, path)
    return found is not None and sortable(found)


def _left_out(scope: FieldScope, columns: tuple[str, ...], order: str) -> int:
    """How much of what was asked for can't be shown."""
    gone = [path for path in columns if _found(scope, tuple(path.split("."))) is None]
    return len(gone) + sum(not _sorts(scope, level.path) for level in parse_order(order))


def _places(scope: FieldScope, paths: tuple[str, ...]) -> list[tuple[str, Found]]:
    """The columns that this person may see; a layout may name fields that are hidden from them or gone."""
    places = []
    for path in paths:
        found = _found(scope, tuple(path.split(".")))
        if found is not None and path != scope.object.title_field:
            places.append((path, found))
    return places


def _found(scope: FieldScope, path: tuple[str, ...]) -> Found | None:
    try:
        return scope.find(path)
    except Unknown:
        return None


def label_of(found: Found) -> str:
    """What a column of these values is called."""
    name = found.field.title if found.field else "Id"
    return f"{found.links[-1][1].title} {name.lower()}" if found.links else name


def _column(path: str, found: Found, label: str, scope: FieldScope, order: tuple[Order, ...]) -> ListColumn:
    kind = "text" if found.field is None or found.part else kind_of(found.field, str(found.type.kind))
    level = next((level for level in order if ".".join(level.path) == path), None)
    return ListColumn(
        path=path, label=label, kind=kind, align="end" if is_end_aligned(kind) else "start", sortable=sortable(found),
        sorted="" if level is None else "descending" if level.descending else "ascending",
        help=found.field.advice if found.field else "",
    )  # fmt: skip


def _targets(read: _Read) -> dict[str, set[UUID]]:
    """What the rows link to; most columns hold no links, so they are not looked at row by row."""
    linking = [
        (path, found.field) for path, found in read.places if not found.part and isinstance(found.field, _LINKING)
    ]
    return targets_of((field, row.get(path)) for path, field in linking for row in read.values)


def _rows(work: Workspace, read: _Read, titles: Titles) -> tuple[ListRow, ...]:
    one = read.object
    title_field = one.all_fields[one.title_field]
    columns = [(path, _presenter(work, found, titles)) for path, found in read.places]
    return tuple(
        ListRow(
            id=str(row["id"]),
            title=text_of(title_field, row.get(one.title_field)) or _("Untitled"),
            href=record_href(work.registry, one.name, row["id"]),
            cells=tuple([show(row.get(path)) for path, show in columns]),
        )
        for row in read.values
    )


def _presenter(work: Workspace, found: Found, titles: Titles) -> Presenter:
    if found.field is None or found.part:
        return lambda value: Shown("text" if isinstance(value, str) or value is None else "number", value)
    return presenter(work.registry, found.field, titles, str(found.type.kind))


def text_of(field: Field, value: Any) -> str:
    """A value as one line of text; a choice by its label."""
    if value is None:
        return ""
    if isinstance(field, Choice):
        option = field.option(value)
        return option.title if option else str(value)
    return value if isinstance(value, str) else field.to_text(value)
