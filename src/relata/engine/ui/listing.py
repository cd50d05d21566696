"""A list of records: which columns, which rows, how it is sorted and filtered, what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Node, Unknown, all_of, parse
from relata.engine.metadata.fields import Choice, Field
from relata.engine.metadata.object import Object
from relata.engine.query.request import DEFAULT_LIMIT, Aggregate, Order, Query, parse_order
from relata.engine.query.result import Page
from relata.engine.query.scope import FieldScope, Found
from relata.engine.query.select import sortable
from relata.engine.ui.values import Shown, is_end_aligned, kind_of, record_href, shown, targets_of
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ListState:
    """What the address of a list says. where: an expression. order: such as `-amount,name`; empty is the layout's."""

    where: str = ""
    order: str = ""
    after: str = ""
    deleted: bool = False
    limit: int = DEFAULT_LIMIT


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
    """columns: after the title's own. next, previous: cursors or ""."""

    object: Object
    title_column: ListColumn
    columns: tuple[ListColumn, ...]
    rows: tuple[ListRow, ...]
    next: str
    previous: str
    order: str


async def listing(work: Workspace, one: Object, state: ListState, *, fixed: Node | None = None, columns: tuple[str, ...] = ()) -> Listing:
    """One page of a list. fixed: a condition beside the person's own, such as "children of this record"."""
    layout = work.registry.layout(one.name)
    scope = FieldScope(work.registry, one, work.actor)
    order = parse_order(state.order or _allowed_order(scope, layout.order or "-created_at"))
    places = _places(scope, columns or layout.columns)
    title = one.title_field
    conditions = [found for found in (fixed, parse(state.where) if state.where else None) if found is not None]
    titles = (title,) if shows_title(work, one) else ()
    query = Query(
        one.name, all_of(conditions) if conditions else None, order, ("id", *titles, *(path for path, _ in places)),
        state.limit, state.after, state.deleted,
    )  # fmt: skip
    page = await work.query(query)
    rows = await _rows(work, one, scope, places, page)
    return Listing(
        object=one,
        title_column=_title_column(scope, order),
        columns=tuple(_column(path, found, _label(found), scope, order) for path, found in places),
        rows=rows, next=page.next, previous=page.previous, order=",".join(map(str, order)),
    )  # fmt: skip


async def total(work: Workspace, one: Object, state: ListState, fixed: Node | None = None) -> int:
    """How many records the list has in all; asked for by a request of its own, since counting a million takes a while."""
    conditions = [found for found in (fixed, parse(state.where) if state.where else None) if found is not None]
    request = Aggregate(one.name, where=all_of(conditions) if conditions else None, deleted=state.deleted)
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
    """The layout's order without fields that this person may not read."""
    kept = [str(level) for level in parse_order(order) if _found(scope, level.path) is not None]
    return ",".join(kept) or "-created_at"


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


def _label(found: Found) -> str:
    name = found.field.title if found.field else "Id"
    return f"{found.links[-1][1].title} {name.lower()}" if found.links else name


def _column(path: str, found: Found, label: str, scope: FieldScope, order: tuple[Order, ...]) -> ListColumn:
    kind = "text" if found.field is None or found.part else kind_of(found.field, str(found.type.kind))
    level = next((level for level in order if ".".join(level.path) == path), None)
    return ListColumn(
        path=path, label=label, kind=kind, align="end" if is_end_aligned(kind) else "start", sortable=sortable(found),
        sorted="" if level is None else "descending" if level.descending else "ascending",
        help=found.field.help if found.field else "",
    )  # fmt: skip


async def _rows(work: Workspace, one: Object, scope: FieldScope, places: list[tuple[str, Found]], page: Page) -> tuple[ListRow, ...]:
    values = page.values()
    wanted: dict[str, set[UUID]] = {}
    for row in values:
        for name, ids in targets_of((found.field if not found.part else None, row.get(path)) for path, found in places).items():
            wanted.setdefault(name, set()).update(ids)
    titles = await titles_of(work.unit, wanted)
    title_field = one.all_fields[one.title_field]
    return tuple(
        ListRow(
            id=str(row["id"]),
            title=text_of(title_field, row.get(one.title_field)) or "Untitled",
            href=record_href(work.registry, one.name, row["id"]),
            cells=tuple(_cell(work, found, row.get(path), titles) for path, found in places),
        )
        for row in values
    )


def _cell(work: Workspace, found: Found, value: Any, titles: dict[tuple[str, UUID], str]) -> Shown:
    if found.field is None or found.part:
        return Shown("text" if isinstance(value, str) or value is None else "number", value)
    return shown(work.registry, found.field, value, titles, str(found.type.kind))


def text_of(field: Field, value: Any) -> str:
    """A value as one line of text; a choice by its label."""
    if value is None:
        return ""
    if isinstance(field, Choice):
        option = field.option(value)
        return option.title if option else str(value)
    return value if isinstance(value, str) else field.to_text(value)
