"""What the address of a list says, for every kind of view alike: filter, order, words, and which saved view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import msgspec

from relata.engine.formula import All, Node, all_of, parse, to_text
from relata.engine.metadata.object import Object
from relata.engine.ui.board_columns import dividers
from relata.engine.ui.calendar import calendar_fields
from relata.engine.ui.places import place_field
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.wording import worded

#: The kinds of view, as the last part of their address; the list has none.
KINDS = ("", "board", "calendar", "gallery", "map")


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """One condition of the filter. edit: the filter's dialog. remove: the view without it."""

    label: str
    value: str
    edit: str
    remove: str


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """Another way to look at the same records."""

    label: str
    href: str
    icon: str
    current: bool = False


class FilterBar(msgspec.Struct, frozen=True, kw_only=True):
    """Search, chips, and where the filter's dialog is. keep: what the search's form must send along."""

    chips: tuple[Chip, ...]
    search: str
    words: str
    add: str
    clear: str
    keep: tuple[tuple[str, str], ...]
    error: str = ""


@dataclass(frozen=True)
class Asked:
    """kind: see KINDS. further: what only this kind knows, such as the board's field."""

    kind: str
    where: str = ""
    order: str = ""
    words: str = ""
    view: str = ""
    further: tuple[tuple[str, str], ...] = ()

    def address(self, one: Object, **changed: str) -> str:
        """The view with other values; an empty one is left out."""
        values = {
            "view": self.view, "where": self.where, "order": self.order, "q": self.words, **dict(self.further),
            **changed,
        }  # fmt: skip
        kept = {name: value for name, value in values.items() if value}
        path = f"/{one.path}/{self.kind}" if self.kind else f"/{one.path}"
        return f"{path}?{urlencode(kept, quote_via=quote)}" if kept else path


def asked(kind: str, query: Mapping[str, str], *further: str) -> Asked:
    """From an address. further: names of this kind's own values."""
    return Asked(
        kind, query.get("where", ""), query.get("order", ""), query.get("q", ""), query.get("view", ""),
        tuple((name, query.get(name, "")) for name in further if query.get(name)),
    )  # fmt: skip


def switches(work: Workspace, one: Object, now: Asked) -> tuple[Switch, ...]:
    """The kinds of view that make sense for the object, with the same filter."""
    kinds = [("", _("List"), "list")]
    if work.registry.layout(one.name).board is not None or dividers(work, one):
        kinds.append(("board", _("Board"), "square-kanban"))
    if calendar_fields(work, one):
        kinds.append(("calendar", _("Calendar"), "calendar"))
    kinds.append(("gallery", _("Gallery"), "layout-grid"))
    if place_field(work, one) is not None:
        kinds.append(("map", _("Map"), "map-pin"))
    return tuple(
        Switch(
            label=label,
            href=Asked(kind, now.where, now.order if kind in ("", "gallery") else "", now.words).address(one),
            icon=icon,
            current=kind == now.kind,
        )
        for kind, label, icon in kinds
    )


async def filter_bar(work: Workspace, one: Object, now: Asked, error: str = "") -> FilterBar:
    """The bar above a view. error: why the filter could not be used."""
    values = {"where": now.where, "order": now.order, "q": now.words, "view": now.view, "kind": now.kind}
    values.update(now.further)
    kept = {name: value for name, value in values.items() if value}
    add = f"/{one.path}/filter?{urlencode(kept, quote_via=quote)}"
    return FilterBar(
        chips=await _chips(work, one, now, add),
        search=now.address(one).partition("?")[0],
        words=now.words,
        add=add,
        clear=now.address(one, where="", q=""),
        keep=tuple(
            (name, value) for name, value in kept.items() if name not in ("q", "kind", "day")
        ),
        error=error,
    )  # fmt: skip


async def _chips(work: Workspace, one: Object, now: Asked, edit: str) -> tuple[Chip, ...]:
    try:
        node = parse(now.where) if now.where else None
    except RelataError:
        return (Chip(label=_("Filter"), value=now.where[:80], edit=edit, remove=now.address(one, where="")),)
    parts: tuple[Node, ...] = () if node is None else node.items if isinstance(node, All) else (node,)
    chips = []
    for position, (label, value) in enumerate(await worded(work, one, parts)):
        rest = [other for at, other in enumerate(parts) if at != position]
        remove = now.address(one, where=to_text(all_of(rest)) if rest else "")
        chips.append(Chip(label=label, value=value[:160], edit=edit, remove=remove))
    return tuple(chips)
