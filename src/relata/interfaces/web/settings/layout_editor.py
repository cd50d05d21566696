"""What the layout editor shows: areas with their items, and a palette of what no area has yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from relata.engine.formula import Unknown
from relata.engine.metadata.fields import Choice, Field, Link, MoneyField
from relata.engine.metadata.layout import Layout, Section
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.query.reader import AnyReader
from relata.engine.query.scope import FieldScope
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import FormField, Option
from relata.interfaces.web.settings.field_types import BY_TAG
from relata.interfaces.web.settings.frame import Page, options, text

#: System fields that a section or list may show; the others are of use to programs.
_SYSTEM = ("owner", "team", "created_at", "created_by", "changed_at", "changed_by")
_NUMBERS = ("integer", "decimal", "money", "percent", "duration", "formula", "roll_up")


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A field or related list. kind: field or related."""

    kind: str
    name: str
    label: str
    icon: str
    note: str = ""


class SectionView(msgspec.Struct, frozen=True, kw_only=True):
    """A section. key: ties its parts together in the form."""

    key: str
    title: str
    visible: str
    columns: int
    items: tuple[Item, ...]


class TabView(msgspec.Struct, frozen=True, kw_only=True):
    """The first page (without a key) or a tab."""

    key: str
    title: str
    visible: str
    sections: tuple[SectionView, ...]
    related: tuple[Item, ...]


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """A list of fields: key facts, columns of lists, the short form, a card. offered: what can be added."""

    name: str
    title: str
    help: str
    items: tuple[Item, ...]
    offered: tuple[Option, ...]


class RoleLink(msgspec.Struct, frozen=True):
    """Whose layout is shown. own: this role has one of its own."""

    label: str
    href: str
    current: bool
    own: bool


class LayoutPage(Page, frozen=True, kw_only=True):
    """The editor. own: the layout is the workspace's own, so it can be reset. inherits: it is another's so far."""

    name: str
    role: str
    roles: tuple[RoleLink, ...]
    own: bool
    inherits: bool
    tabs: tuple[TabView, ...]
    areas: tuple[Area, ...]
    card: Area
    board: tuple[FormField, ...]
    order: FormField
    rest: bool
    unused: tuple[Item, ...]
    unused_related: tuple[Item, ...]
    look: tuple[FormField, ...]


def editor_of(registry: Registry, one: Object, layout: Layout, shown_related: tuple[str, ...]) -> dict[str, Any]:
    """The parts of a LayoutPage that come from the layout. shown_related: the lists of the first page."""
    scope = FieldScope(registry, one, AnyReader())
    names = (*(field.name for field in one.fields), *_SYSTEM)
    items = {name: item for name in names if (item := _item(one, name)) is not None}
    lists = {
        name: Item(kind="related", name=name, label=found.title, icon="list", note=registry.get(found.child).title)
        for name, found in registry.relations[one.name].items()
    }
    keys = iter(f"k{number}" for number in range(10_000))

    def section(found: Section) -> SectionView:
        return SectionView(
            key=next(keys), title=found.title, visible=found.visible, columns=found.columns,
            items=tuple(items[name] for name in found.fields if name in items),
        )  # fmt: skip

    def related(names: Iterable[str]) -> tuple[Item, ...]:
        return tuple(lists[name] for name in names if name in lists)

    first = TabView(
        key="", title="", visible="", sections=tuple(section(each) for each in layout.sections),
        related=related(shown_related),
    )  # fmt: skip
    tabs = tuple(
        TabView(
            key=next(keys), title=tab.title, visible=tab.visible, related=related(tab.related),
            sections=tuple(section(each) for each in tab.sections),
        )
        for tab in layout.tabs
    )  # fmt: skip
    used_lists = {item.name for tab in (first, *tabs) for item in tab.related}
    own = options((name, item.label) for name, item in items.items())
    card = layout.board.card if layout.board else ()
    return {
        "tabs": (first, *tabs),
        "areas": (
            Area(
                name="highlights", title=_("Key facts"), offered=own,
                help=_("Beside the name of the record; the first six are shown."),
                items=_named(items, layout.highlights),
            ),
            Area(
                name="columns", title=_("Columns of lists"), offered=(*own, *_paths(registry, one)),
                help=_("After the title, from left to right."), items=_columns(scope, items, layout.columns),
            ),
            Area(
                name="quick", title=_("Short form"), offered=own,
                help=_("What is asked first for a new record. Empty: what is required."),
                items=_named(items, layout.quick),
            ),
        ),
        "card": Area(
            name="card", title=_("On a card"), help=_("At most five."), items=_named(items, card), offered=own
        ),
        "board": _board(one, layout),
        "order": text(
            "order", _("Sorted by"), layout.order, kind="choice", options=_orders(items, layout.order),
            placeholder=_("Newest first"),
        ),
        "rest": layout.rest,
        "unused": tuple(item for name, item in items.items() if name not in layout.named_fields),
        "unused_related": tuple(item for name, item in lists.items() if name not in used_lists),
    }  # fmt: skip


def _item(one: Object, name: str) -> Item | None:
    field = one.field(name)
    if field is None or field.hidden:
        return None
    note = _("Required") if field.required else ""
    return Item(kind="field", name=name, label=field.title, icon=_icon(field), note=note)


def _icon(field: Field) -> str:
    kind = BY_TAG.get(field.type_name)
    return kind.icon if kind else "square"


def _named(items: Mapping[str, Item], names: Iterable[str]) -> tuple[Item, ...]:
    return tuple(items[name] for name in names if name in items)


def _columns(scope: FieldScope, items: Mapping[str, Item], paths: Iterable[str]) -> tuple[Item, ...]:
    found = []
    for path in paths:
        if path in items:
            found.append(items[path])
            continue
        try:
            place = scope.find(tuple(path.split(".")))
        except Unknown:
            continue
        label = " › ".join([*(link.title for _one, link in place.links), place.field.title if place.field else "Id"])
        found.append(Item(kind="field", name=path, label=label, icon="link"))
    return tuple(found)


def _paths(registry: Registry, one: Object) -> tuple[Option, ...]:
    """Fields of what the record links to."""
    found: list[Option] = []
    for link in one.fields:
        if isinstance(link, Link) and not link.hidden and link.to in registry.objects:
            target = registry.get(link.to)
            pairs = ((f"{link.name}.{field.name}", field.title) for field in target.fields if not field.hidden)
            found.extend(options(pairs, link.title))
    return tuple(found)


def _orders(items: Mapping[str, Item], chosen: str) -> tuple[Option, ...]:
    pairs = [(chosen, chosen)] if "," in chosen else []
    for name, item in items.items():
        pairs.append((name, _("%(field)s, ascending") % {"field": item.label}))
        pairs.append((f"-{name}", _("%(field)s, descending") % {"field": item.label}))
    return options(pairs)


def _board(one: Object, layout: Layout) -> tuple[FormField, ...]:
    board = layout.board
    columns = [(field.name, field.title) for field in one.fields if isinstance(field, (Choice, Link))]
    numbers = [(field.name, field.title) for field in one.fields if _is_summed(field)]
    links = [(field.name, field.title) for field in one.fields if isinstance(field, Link)]
    chosen = (board.by, board.total, board.within) if board else ("", "", "")
    return (
        text(
            "board.by", _("Columns by"), chosen[0], kind="choice", options=options(columns), placeholder=_("No board"),
            help=_("A choice or a link, such as the stage."),
        ),
        text(
            "board.total", _("Total of each column"), chosen[1], kind="choice",
            options=options(numbers), placeholder=_("None"),
        ),
        text(
            "board.within", _("A board for each"), chosen[2], kind="choice",
            options=options(links), placeholder=_("One for all"), help=_("Such as one board for each pipeline."),
        ),
    )  # fmt: skip


def _is_summed(field: Field) -> bool:
    return field.type_name in _NUMBERS and (isinstance(field, MoneyField) or not field.hidden)
