"""What the address of a list says, for every kind of view alike: filter, order, words, and which saved view."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

import msgspec

from relata.engine.formula import All, Node, all_of, parse, to_text
from relata.engine.metadata.object import Object
from relata.engine.ui.views import SHAPE
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.ground import Visit
from relata.interfaces.web.heads import Chip
from relata.interfaces.web.kinds import kinds_of
from relata.interfaces.web.looks import shown_as, shown_by
from relata.interfaces.web.view_bar import Switch, ViewBar, view_bar
from relata.interfaces.web.wording import worded

#: The kinds of view, as the last part of their address; the list has none.
KINDS = ("", "board", "calendar", "gallery", "map")


class FilterBar(msgspec.Struct, frozen=True, kw_only=True):
    """Search, chips, and where the filter's dialog is. keep: what the search's form must send along."""

    chips: tuple[Chip, ...]
    search: str
    words: str
    add: str
    clear: str
    keep: tuple[tuple[str, str], ...]
    views: ViewBar
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
        told = ("where", "order", *SHAPE) if self.view else ()  # what the view says is overruled by an empty value
        kept = {name: value for name, value in values.items() if value or name in told}
        path = f"/{one.path}/{self.kind}" if self.kind else f"/{one.path}"
        return f"{path}?{urlencode(kept, quote_via=quote)}" if kept else path


async def asked(work: Workspace, request: Visit, one: Object, kind: str, *further: str) -> Asked:
    """From the request's address: what it says lies over its saved view. A view of another kind gives its filter,
    not its order. further: names of this kind's own values."""
    shown, query = await shown_by(work, request, one), request.query_params
    is_ordered = "order" in query or kind == "gallery" or shown.look.kind == kind
    own = {name: str(getattr(shown.look, name)) if name in SHAPE else query.get(name, "") for name in further}
    return Asked(
        kind, shown.look.where, shown.look.order if is_ordered else "", shown.words, shown.key,
        tuple((name, value) for name, value in own.items() if value or (name in SHAPE and name in query)),
    )  # fmt: skip


def switches(work: Workspace, one: Object, now: Asked) -> tuple[Switch, ...]:
    """The kinds of view that make sense for the object, with the same filter."""
    return tuple(
        Switch(
            label=label,
            href=Asked("" if kind == "table" else kind, now.where, now.order, now.words, now.view).address(one),
            icon=icon,
            current=kind == now.kind,
        )
        for kind, label, icon in kinds_of(work, one)
    )


async def filter_bar(work: Workspace, one: Object, now: Asked, error: str = "") -> FilterBar:
    """The bar above a view. error: why the filter could not be used."""
    values = {"where": now.where, "order": now.order, "q": now.words, "view": now.view, "kind": now.kind}
    values.update(now.further)
    kept = {name: value for name, value in values.items() if value or (now.view and name in ("where", "order"))}
    add = f"/{one.path}/filter?{urlencode(kept, quote_via=quote)}"
    shape = {name: value for name, value in now.further if name in SHAPE}
    shown = await shown_as(work, one, now.view, now.kind, now.where, now.order, now.words, shape)
    return FilterBar(
        views=await view_bar(work, shown, now.kind),
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
