"""The head of a list: its views as tabs, what can be done with the one that is open, and what is unsaved."""

from __future__ import annotations

import msgspec

from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.web.kinds import kinds_of
from relata.interfaces.web.looks import ALL, Shown, address, kind_address


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """Another way to look at the same records."""

    label: str
    href: str
    icon: str
    current: bool = False


class ViewTab(msgspec.Struct, frozen=True, kw_only=True):
    """A view to go to. key: "" for the module's own list."""

    label: str
    href: str
    key: str = ""
    current: bool = False
    is_pinned: bool = False
    is_default: bool = False
    is_mine: bool = True


class ViewBar(msgspec.Struct, frozen=True, kw_only=True):
    """current: the open view, None for the module's own list. save, save_as: where to post and where the dialog is,
    both with the look in the address. may_change: whether the open view may be overwritten."""

    tabs: tuple[ViewTab, ...]
    current: ViewTab | None
    at: str
    is_changed: bool
    may_change: bool
    save: str
    save_as: str
    reset: str


async def view_bar(work: Workspace, shown: Shown, kind: str = "table") -> ViewBar:
    """The bar for an open page. kind: of the page, with which a view is saved. Whether the view may be changed is asked
    only where that matters."""
    one, view = shown.object, shown.view
    is_other = view is not None and view.look.kind != kind
    asked = {**shown.query(), "kind": kind} if is_other or (view is None and kind != "table") else shown.query()
    place = "" if kind == "table" else f"/{kind}"
    tabs = [ViewTab(label=_("All"), href=_all(shown, place), current=view is None)]
    for found in shown.shelf.of(one):
        tabs.append(
            ViewTab(
                label=found.name,
                href=kind_address(one, found),
                key=str(found.id),
                current=view is not None and view.id == found.id,
                is_pinned=found.is_pinned,
                is_default=found.is_default,
                is_mine=found.owner == work.actor.user,
            )
        )
    current = next((tab for tab in tabs if tab.current and tab.key), None)
    may_change = view is not None and (
        view.owner == work.actor.user or await work.may(await work.get("view", view.id), "change")
    )
    return ViewBar(
        tabs=tuple(tabs),
        current=current,
        at=f"/{one.path}/views/{current.key}" if current else "",
        is_changed=(shown.is_changed or is_other) and not shown.deleted,
        may_change=may_change,
        save=address(one, f"/views/{current.key}/save", asked) if current else "",
        save_as=address(one, "/views/new", asked),
        reset=kind_address(one, view) if view else _all(shown, place),
    )


def _all(shown: Shown, place: str) -> str:
    return address(shown.object, place, {"view": ALL if shown.shelf.default(shown.object) else ""})


def switches(work: Workspace, shown: Shown, current: str) -> tuple[Switch, ...]:
    """The kinds of pages on which these records can be looked at, with the same filter. current: the kind of this
    page."""
    return tuple(
        Switch(label=label, href=shown.href("" if kind == "table" else f"/{kind}"), icon=icon, current=kind == current)
        for kind, label, icon in kinds_of(work, shown.object)
    )
