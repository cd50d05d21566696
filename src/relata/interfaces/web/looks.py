"""The address of a list: which view, and what lies over it. `/accounts?view=<id>&where=…` shows a view with another
filter; what equals the view is left out of the address, so that it is plain whether something is unsaved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from relata.engine.metadata.object import Object
from relata.engine.ui import views
from relata.engine.ui.listing import ListState
from relata.engine.ui.past_values import end_of
from relata.engine.ui.views import DENSITIES, KINDS, SHAPE, Look, SavedView, Shelf, read_columns
from relata.engine.workspace.workspace import Workspace
from relata.foundation.ids import parse_id
from relata.interfaces.web.ground import Visit, record_id

#: The list as its module declares it, also for somebody who starts with a view.
ALL = "all"
#: What an address may say about the look, by its name there.
_NAMES = ("where", "order", "columns", "group", "density", *SHAPE)


@dataclass(frozen=True)
class Shown:
    """A list as an address asks for it. view: None for the module's own list. look: the view's with the address's over
    it. left_out: columns of the address that were none. day, as_on: the past day that is shown, and its end."""

    object: Object
    shelf: Shelf
    view: SavedView | None
    look: Look
    words: str = ""
    after: str = ""
    deleted: bool = False
    left_out: int = 0
    base: Look = field(default_factory=Look)
    day: date | None = None
    as_on: datetime | None = None

    @property
    def is_changed(self) -> bool:
        """Whether it differs from the view as it was saved."""
        return self._differences(self.look) != {}

    @property
    def state(self) -> ListState:
        """What the list asks the engine."""
        return ListState(self.look.where, self.look.order, self.after, self.deleted, as_on=self.as_on)

    @property
    def paths(self) -> tuple[str, ...]:
        """The chosen columns; empty for the layout's."""
        return tuple(column.path for column in self.look.columns)

    def href(self, suffix: str = "", *, words: str | None = None, after: str = "", **changes: Any) -> str:
        """The address with other parts of the look. suffix: such as `/total`. The page is left behind."""
        return address(self.object, suffix, {**self.query(words, **changes), "after": after})

    def query(self, words: str | None = None, **changes: Any) -> dict[str, str]:
        """What stands in the address, empty values only where the view has one."""
        look = msgspec.structs.replace(self.look, **changes)
        found = {
            "view": self.key,
            **self._differences(look),
            "q": self.words if words is None else words,
            "deleted": "true" if self.deleted else "",
            "at": self.day.isoformat() if self.day else "",
        }
        return {name: value for name, value in found.items() if value or name in _NAMES}

    def full(self) -> dict[str, str]:
        """Everything that an address can say, said; for dialogs, which change parts of it."""
        found = {
            "view": self.key or ALL,
            **_texts(self.look),
            "q": self.words,
            "deleted": "true" if self.deleted else "",
        }
        said = {name for name in _NAMES if name not in SHAPE or getattr(self.base, name)}
        return {name: value for name, value in found.items() if value or name in said}

    def reset(self) -> str:
        """The view as it was saved."""
        return address(self.object, "", {"view": self.key})

    @property
    def key(self) -> str:
        """The view's name in the address."""
        if self.view is not None:
            return str(self.view.id)
        return ALL if self.shelf.default(self.object) is not None else ""

    def _differences(self, look: Look) -> dict[str, str]:
        mine, theirs = _texts(look), _texts(self.base)
        return {name: mine[name] for name in _NAMES if mine[name] != theirs[name]}


def _texts(look: Look) -> dict[str, str]:
    return {
        "where": look.where,
        "order": look.order,
        "columns": look.columns_text,
        "group": look.group,
        "density": look.density,
        **{name: getattr(look, name) for name in SHAPE},
    }


def address(one: Object, suffix: str, query: Mapping[str, str]) -> str:
    """An address below an object's list."""
    kept = {name: value for name, value in query.items() if value or name in _NAMES}
    return f"/{one.path}{suffix}?{urlencode(kept, quote_via=quote)}" if kept else f"/{one.path}{suffix}"


async def shown_by(work: Workspace, request: Visit, one: Object) -> Shown:
    """What the request's address asks for. NotFound for a view that is not there, or another object's."""
    query = request.query_params
    key = query.get("view", "")
    shelf = await views.shelf(work, fresh="done" in query)
    view: SavedView | None = None
    if key and key != ALL:
        found = record_id(key)
        if parse_id(key) not in {one.id for one in shelf.views}:
            shelf = await views.shelf(work, fresh=True)  # made a moment ago, perhaps by another process
        view = shelf.view(one, found)
    elif not key and not any(name in query for name in (*_NAMES, "deleted", "q", "after")):
        view = shelf.default(one)
    base = view.look if view else Look()
    day = past_day(query.get("at", ""), work.clock.today)
    return Shown(
        one,
        shelf,
        view,
        _over(base, query),
        query.get("q", ""),
        query.get("after", ""),
        query.get("deleted") == "true",
        read_columns(query.get("columns", ""))[1],
        base,
        day,
        end_of(work, day) if day else None,
    )


def past_day(asked_for: str, today: date) -> date | None:
    """The day that an address names; None for what is no day, or to come."""
    try:
        day = date.fromisoformat(asked_for)
    except ValueError:
        return None
    return day if day <= today else None


def _over(base: Look, query: Mapping[str, str]) -> Look:
    """The view's look with what the address says over it."""
    changes: dict[str, Any] = {name: query[name] for name in ("where", "order", "group", *SHAPE) if name in query}
    if query.get("density", " ") in ("", *DENSITIES):
        changes["density"] = query["density"]
    if query.get("kind") in KINDS:
        changes["kind"] = query["kind"]
    if "columns" in query:
        changes["columns"] = read_columns(query["columns"])[0]
    return msgspec.structs.replace(base, **changes) if changes else base


def kind_address(one: Object, view: SavedView) -> str:
    """Where a saved view is shown: each kind has its own page."""
    suffix = "" if view.look.kind == KINDS[0] else f"/{view.look.kind}"
    return address(one, suffix, {"view": str(view.id)})


async def shown_as(
    work: Workspace, one: Object, key: str, kind: str, where: str, order: str, words: str, shape: Mapping[str, str]
) -> Shown:
    """A page of another kind as a list's address would say it. order: "" where the page has none of its own. shape: of
    `views.SHAPE`, what this kind has."""
    shelf = await views.shelf(work)
    view = next((found for found in shelf.of(one) if str(found.id) == key), None)
    base = view.look if view else Look()
    look = msgspec.structs.replace(base, kind=kind, where=where, order=order or base.order, **shape)
    return Shown(one, shelf, view, look, words, base=base)


def has_boxes(request: Visit) -> bool:
    """Whether the table that asks for more of itself has check boxes before its rows."""
    return request.query_params.get("selectable") == "true"
