"""A layout as the editor's form sends it: one list of parts in the order in which they stand on the screen.

A part is `area:NAME`, `tab:KEY`, `section:KEY`, `field:NAME` or `related:NAME`; a tab or section begins where it is
named, and what follows belongs to it. What they are called and when they show comes under their keys (`title.KEY`,
`visible.KEY`, `columns.KEY`). So a script only moves elements about, and nothing has to be numbered anew.
"""

from __future__ import annotations

from typing import Any

from relata.engine.metadata.fields import Link
from relata.engine.metadata.layout import Board
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.interfaces.web.settings.frame import Form, last

#: The areas that are lists of names, as the layout calls them; `card` belongs to its board.
LISTS = ("highlights", "columns", "quick", "card")
PAGE = "page"
_MAX_PARTS = 1000


def read_layout(registry: Registry, one: Object, form: Form, known: Board | None) -> dict[str, Any]:
    """The layout that the form describes, ready for `Administration.put`. known: the board so far."""
    reading = _Reading(form)
    for part in form.get("part", [])[:_MAX_PARTS]:
        kind, _, name = part.partition(":")
        reading.take(kind, name)
    first, *tabs = reading.tabs
    found: dict[str, Any] = {
        "object": one.name,
        "order": last(form, "order"),
        "sections": first["sections"],
        "related": first["related"],
        "no_related": not first["related"],
        "tabs": [tab for tab in tabs if tab["title"] or tab["sections"] or tab["related"]],
        "rest": "rest" in form,
        **{area: names for area, names in reading.lists.items() if area != "card"},
    }
    if by := last(form, "board.by"):
        found["board"] = {
            "by": by,
            "card": reading.lists["card"],
            "total": last(form, "board.total"),
            "weighted": known.weighted if known is not None and known.by == by else "",
            "within": last(form, "board.within"),
            "order": _order(registry, one, by, known),
        }
    return found


def _order(registry: Registry, one: Object, by: str, known: Board | None) -> str:
    """What orders a board's columns: as it was, else the position of what they stand for."""
    if known is not None and known.by == by:
        return known.order
    field = one.field(by)
    target = registry.objects.get(field.to) if isinstance(field, Link) else None
    return "position" if target is not None and target.field("position") else ""


class _Reading:
    """Where the parts that follow go."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._area = ""
        self.lists: dict[str, list[str]] = {name: [] for name in LISTS}
        self.tabs: list[dict[str, Any]] = [{"sections": [], "related": []}]

    def take(self, kind: str, name: str) -> None:
        """The next part."""
        if kind == "area":
            self._area = name
        elif kind == "tab":
            self._area = PAGE
            self.tabs.append({**self._named(name), "sections": [], "related": []})
        elif kind == "section":
            columns = 2 if last(self._form, f"columns.{name}") == "2" else 1
            self.tabs[-1]["sections"].append({**self._named(name), "columns": columns, "fields": []})
        elif kind == "related":
            self.tabs[-1]["related"].append(name)
        elif kind == "field":
            self._field(name)

    def _field(self, name: str) -> None:
        if self._area in self.lists:
            self.lists[self._area].append(name)
        elif self.tabs[-1]["sections"]:
            self.tabs[-1]["sections"][-1]["fields"].append(name)

    def _named(self, key: str) -> dict[str, Any]:
        return {"title": last(self._form, f"title.{key}"), "visible": last(self._form, f"visible.{key}")}
