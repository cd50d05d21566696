"""Saved views: how a list looks, what somebody keeps at hand, and the way from texts in an address to both."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import parse
from relata.engine.metadata.object import Object
from relata.engine.query.pages import check_where
from relata.engine.query.request import MAX_ORDER, Query, parse_order
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _

KINDS = ("table", "board", "calendar", "map", "gallery")
DENSITIES = ("compact", "default", "comfortable")
#: What only some kinds have: a board's field and which of several boards; a calendar's dates and span.
SHAPE = ("by", "board", "start", "end", "span")
FEET = ("count", "filled", "empty", "distinct", "sum", "average", "median", "min", "max")
MIN_WIDTH, MAX_WIDTH, MAX_COLUMNS = 48, 900, 40
#: What one person may see changes seldom; within a process a write is seen at once, between processes after this.
KEEP_SECONDS = 2.0
_PATH = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,5}")
_MOST = 500
_LONGEST = 100


class ViewColumn(msgspec.Struct, frozen=True, omit_defaults=True):
    """One column. width: pixels, 0 for as wide as it needs. foot: one of FEET or ""."""

    path: str
    width: int = 0
    foot: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.width or ''}:{self.foot}".rstrip(":")


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How a list looks: of a view, or of an address that lies over it. columns: empty for the layout's.
    by, board, start, end, span: see SHAPE; empty for what the page shows by itself."""

    kind: str = "table"
    where: str = ""
    order: str = ""
    columns: tuple[ViewColumn, ...] = ()
    group: str = ""
    density: str = ""
    by: str = ""
    board: str = ""
    start: str = ""
    end: str = ""
    span: str = ""

    @property
    def shape(self) -> dict[str, str]:
        """What of SHAPE is said."""
        return {name: text for name in SHAPE if (text := getattr(self, name))}

    @property
    def columns_text(self) -> str:
        """The columns as an address holds them."""
        return ",".join(map(str, self.columns))


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """A view that the person may see. is_pinned, is_default: for this person. owner: whose it is."""

    id: UUID
    object: str
    name: str
    look: Look
    owner: UUID | None
    is_pinned: bool = False
    is_default: bool = False


def read_columns(text: str) -> tuple[tuple[ViewColumn, ...], int]:
    """From `amount:120:sum,account.industry`: the columns, and how many entries were none. Never raises."""
    found: dict[str, ViewColumn] = {}
    wrong = 0
    for entry in text.split(",")[: MAX_COLUMNS * 2]:
        if not entry.strip():
            continue
        path, width, foot = (*entry.strip().split(":", 2), "", "")[:3]
        if _PATH.fullmatch(path) is None or len(found) >= MAX_COLUMNS:
            wrong += 1
            continue
        found.setdefault(path, ViewColumn(path, _width(width), foot if foot in FEET else ""))
    return tuple(found.values()), wrong


def _width(text: str) -> int:
    """Pixels that make sense; 0 for anything else."""
    pixels = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    return min(max(pixels, MIN_WIDTH), MAX_WIDTH) if pixels else 0


@dataclass(frozen=True)
class Shelf:
    """All the views that a person may see, those of all objects."""

    views: tuple[SavedView, ...] = ()

    def of(self, one: Object) -> tuple[SavedView, ...]:
        """Those of one object, in their order."""
        return tuple(view for view in self.views if view.object == one.name)

    def view(self, one: Object, key: UUID) -> SavedView:
        """One of them; NotFound for another object's, a hidden one or none."""
        for view in self.views:
            if view.id == key and view.object == one.name:
                return view
        raise NotFound(
            _("There is no such view."), code="unknown_view", hint=_("It may have been deleted or made private.")
        )

    def default(self, one: Object) -> SavedView | None:
        """What the object's list opens with, where the person chose something."""
        return next((view for view in self.views if view.object == one.name and view.is_default), None)

    @property
    def pinned(self) -> tuple[SavedView, ...]:
        """Those in the side bar."""
        return tuple(view for view in self.views if view.is_pinned)


@dataclass
class _Kept:
    shelves: dict[UUID | None, tuple[float, Shelf]] = field(default_factory=dict)


async def shelf(work: Workspace, *, fresh: bool = False) -> Shelf:
    """The person's views. fresh: not from what the process remembers."""
    if "view" not in work.registry.objects:
        return Shelf()
    kept = _kept(work)
    known = kept.shelves.get(work.actor.user)
    if not fresh and known is not None and time.monotonic() - known[0] < KEEP_SECONDS:
        return known[1]
    found = await _read(work)
    if "view" not in work.unit.written and "view_choice" not in work.unit.written:
        kept.shelves[work.actor.user] = (time.monotonic(), found)
    return found


def remembered(work: Workspace) -> Shelf:
    """What `shelf` found last for this person, for those who can't wait; empty where nobody asked yet."""
    known = _kept(work).shelves.get(work.actor.user)
    return known[1] if known else Shelf()


def _kept(work: Workspace) -> _Kept:
    found: _Kept = work.context.statements.get(("views",), _Kept)
    return found


def forget(work: Workspace) -> None:
    """What the process remembers is out of date as soon as this unit of work is committed."""
    kept = _kept(work)

    async def clear() -> None:
        kept.shelves.clear()

    work.unit.after_commit.append(clear)


async def _read(work: Workspace) -> Shelf:
    fields = ("id", "object", "name", "kind", "filter", "sorting", "columns", "grouping", "density", "shape", "owner")
    order = parse_order("position,created_at")
    page = await work.query(Query("view", order=order, fields=fields, limit=_MOST, few=True))
    chosen = await work.query(Query("view_choice", fields=("view", "is_pinned", "is_default"), limit=_MOST, few=True))
    choices = {row["view"]: row for row in chosen.values()}
    return Shelf(tuple(_view(row, choices.get(row["id"], {})) for row in page.values()))


def _view(row: dict[str, Any], choice: dict[str, Any]) -> SavedView:
    look = Look(
        kind=row["kind"] if row["kind"] in KINDS else "table", where=row["filter"] or "", order=row["sorting"] or "",
        columns=_stored_columns(row["columns"]), group=row["grouping"] or "", density=row["density"] or "",
        **_stored_shape(row["shape"]),
    )  # fmt: skip
    return SavedView(
        id=row["id"], object=row["object"], name=row["name"] or "", look=look, owner=row["owner"],
        is_pinned=bool(choice.get("is_pinned")), is_default=bool(choice.get("is_default")),
    )  # fmt: skip


def _stored_shape(stored: object) -> dict[str, str]:
    """What lies in the record, as far as it can be."""
    known = stored if isinstance(stored, dict) else {}
    return {name: text for name in SHAPE if isinstance(text := known.get(name), str) and len(text) <= _LONGEST}


def _stored_columns(stored: object) -> tuple[ViewColumn, ...]:
    """What lies in the record, which an API may have written: what is no column is left out."""
    if not isinstance(stored, list):
        return ()
    texts = []
    for entry in stored:
        if isinstance(entry, dict):
            texts.append(f"{entry.get('path', '')}:{entry.get('width', '') or ''}:{entry.get('foot', '')}")
        elif isinstance(entry, str):
            texts.append(entry)
    return read_columns(",".join(text.replace(",", "") for text in texts))[0]


async def save_new(work: Workspace, one: Object, name: str, look: Look) -> Record:
    """A new view of the person's own. Invalid for a filter or an order that does not fit."""
    last = len((await shelf(work)).of(one))
    made = await work.create("view", {"object": one.name, "name": name, "position": last, **_values(work, one, look)})
    forget(work)
    return made


async def save(work: Workspace, one: Object, key: UUID, look: Look) -> None:
    """The view as it looks now. Denied for somebody else's that is open for reading only."""
    await _of(work, one, key)
    await work.change(("view", key), _values(work, one, look))
    forget(work)


async def rename(work: Workspace, one: Object, key: UUID, name: str) -> None:
    """The view under another name."""
    await _of(work, one, key)
    await work.change(("view", key), {"name": name})
    forget(work)


async def remove(work: Workspace, one: Object, key: UUID) -> None:
    """The view into the bin."""
    await _of(work, one, key)
    await work.delete(("view", key))
    forget(work)


async def keep(
    work: Workspace, one: Object, key: UUID, *, pinned: bool | None = None, default: bool | None = None
) -> None:
    """Whether the view stands in the person's side bar, and whether the object's list opens with it."""
    await _of(work, one, key)
    mine = {record["view"]: record for record in await work.find("view_choice", object=one.name)}
    if default:
        for view, record in mine.items():
            if view != key and record["is_default"]:
                await work.change(record, {"is_default": False})
    values: dict[str, Any] = {"is_pinned": pinned, "is_default": default}
    values = {name: value for name, value in values.items() if value is not None}
    if key in mine:
        await work.change(mine[key], values)
    else:
        await work.create("view_choice", {"object": one.name, "view": key, **values})
    forget(work)


async def _of(work: Workspace, one: Object, key: UUID) -> Record:
    """The view's record; NotFound for a view of another object."""
    record = await work.get("view", key)
    if record["object"] != one.name:
        raise NotFound(_("There is no such view."), code="unknown_view")
    return record


def _values(work: Workspace, one: Object, look: Look) -> dict[str, Any]:
    """The record's values; what can't be is refused before it is kept."""
    if look.where:
        check_where(work.context.ground, one.name, parse(look.where), work.actor)
    parse_order(look.order)
    return {
        "kind": look.kind, "filter": look.where or None, "sorting": look.order or None,
        "columns": [msgspec.to_builtins(column) for column in look.columns] or None, "grouping": look.group or None,
        "density": look.density or None,
        "shape": look.shape or None,
    }  # fmt: skip


def named(name: str) -> str:
    """A view's name as it was typed; Invalid for none."""
    if not name.strip():
        raise Invalid.of([Problem("required", _("Give the view a name."), "name", _("Such as: Customers in Berlin."))])
    return name.strip()


def order_text(levels: Iterable[tuple[str, bool]]) -> str:
    """An order from paths and whether they go down; at most as many levels as a query takes."""
    return ",".join(f"{'-' if down else ''}{path}" for path, down in list(levels)[:MAX_ORDER])
