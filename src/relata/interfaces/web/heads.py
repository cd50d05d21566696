"""The heads of a list's columns and the chips of its filter: each a link to the same list, otherwise sorted or
filtered."""

from __future__ import annotations

import msgspec

from relata.engine.formula import All, Node, all_of, parse, to_text
from relata.engine.metadata.fields import PersonName
from relata.engine.metadata.object import Object
from relata.engine.query.request import MAX_ORDER, parse_order
from relata.engine.ui.listing import Listing, ListRow
from relata.engine.ui.views import order_text
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, RelataError
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Column, TableRow
from relata.interfaces.web.looks import Shown, address
from relata.interfaces.web.wording import worded


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """One condition of the filter. edit: the filter's dialog. remove: the list without it."""

    label: str
    value: str
    edit: str
    remove: str


def columns_of(shown: Shown, found: Listing) -> tuple[Column, ...]:
    """Heads that sort: a first click up, a second one down, a third one back to the view's own order; with Shift
    beside what sorts already."""
    levels = _levels(shown)
    chosen = {column.path: column for column in shown.look.columns}
    columns = []
    for column in (found.title_column, *found.columns):
        look = chosen.get(column.path)
        order = {"": column.path, "ascending": f"-{column.path}", "descending": ""}[column.sorted]
        places = [path for path, down in levels]
        columns.append(
            Column(
                name=column.path,
                label=column.label,
                kind=column.kind,
                align=column.align,
                sort=shown.href(order=order) if column.sortable else "",
                sorted=column.sorted,
                add=shown.href(order=_added(levels, column.path)) if column.sortable and levels else "",
                level=places.index(column.path) + 1 if len(levels) > 1 and column.path in places else 0,
                pixels=look.width if look else 0,
                foot=look.foot if look else "",
                help=column.help,
            )
        )
    return tuple(columns)


def _levels(shown: Shown) -> list[tuple[str, bool]]:
    try:
        return [(".".join(level.path), level.descending) for level in parse_order(shown.look.order)]
    except Invalid:
        return []


def _added(levels: list[tuple[str, bool]], path: str) -> str:
    """The order with one more level: up, then down, then without it."""
    known = dict(levels)
    if path not in known:
        return order_text([*levels, (path, False)]) if len(levels) < MAX_ORDER else order_text(levels)
    if not known[path]:
        return order_text((name, down or name == path) for name, down in levels)
    return order_text((name, down) for name, down in levels if name != path)


def table_rows(one: Object, columns: tuple[Column, ...], rows: tuple[ListRow, ...]) -> tuple[TableRow, ...]:
    """Rows as the table's component reads them. columns: the title's first."""
    shape = "person" if isinstance(one.all_fields[one.title_field], PersonName) or one.name == "user" else ""
    return tuple(
        TableRow(
            id=row.id,
            title=row.title,
            href=row.href,
            peek=row.peek,
            shape=shape,
            cells=tuple((column, cell.value) for column, cell in zip(columns[1:], row.cells, strict=True)),
        )
        for row in rows
    )


async def chips_of(work: Workspace, shown: Shown) -> tuple[Chip, ...]:
    """The conditions that all must hold, one by one and in words."""
    one, where = shown.object, shown.look.where
    edit = address(one, "/filter", shown.full())
    try:
        node = parse(where) if where else None
    except RelataError:
        return (Chip(label=_("Filter"), value=where[:80], edit=edit, remove=shown.href(where="")),)
    parts: tuple[Node, ...] = () if node is None else node.items if isinstance(node, All) else (node,)
    chips = []
    for position, (label, value) in enumerate(await worded(work, one, parts)):
        rest = [other for at, other in enumerate(parts) if at != position]
        remove = shown.href(where=to_text(all_of(rest)) if rest else "")
        chips.append(Chip(label=label, value=value[:160], edit=edit, remove=remove))
    return tuple(chips)
