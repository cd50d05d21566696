"""By what a board can be divided, and which columns that makes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Call, Items, Literal, Node, Path, all_of
from relata.engine.metadata.fields import Choice, Field, Link
from relata.engine.metadata.layout import Board
from relata.engine.metadata.object import Object
from relata.engine.query.request import Aggregate, Group, Query, parse_order
from relata.engine.ui.board_objects import BOARD_COLUMN, FOLDED_COLUMN, NOTHING
from relata.engine.ui.listing import text_of
from relata.engine.ui.values import Item, colour_number
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _

#: Columns of one board; a link with more targets shows those with the most records.
MAX_COLUMNS = 30
#: Fields that say how a record came about, not where it stands.
_NEVER = ("created_by", "changed_by")


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed on for a column. places: ids of cards in the order by hand."""

    limit: int | None = None
    places: tuple[UUID, ...] = ()
    is_folded: bool = False


def dividers(work: Workspace, one: Object) -> list[Field]:
    """The fields that can divide a board of this object: choices and links that this person may read."""
    return [
        field
        for field in one.all_fields.values()
        if isinstance(field, (Choice, Link))
        and field.name not in _NEVER
        and not field.hidden
        and work.actor.readable(one, field)
    ]


def divider(work: Workspace, one: Object, by: str) -> Field:
    """The field that was asked for, else the layout's, else the first choice. Invalid for one that can't divide."""
    known = {field.name: field for field in dividers(work, one)}
    if by and by not in known:
        names = ", ".join(field.title for field in known.values())
        raise Invalid(
            _("%(objects)s can't be put into columns by %(by)s.") % {"objects": one.title_plural, "by": by[:60]},
            code="board_by", field="by", hint=_("Choose one of: %(names)s.") % {"names": names} if known else None,
        )  # fmt: skip
    layout = work.layout(one.name).board
    usual = (by, layout.by if layout else "", one.lifecycle.field if one.lifecycle else "", *known)
    found = next((known[name] for name in usual if name in known), None)
    if found is None:
        raise NotFound(
            _("%(objects)s have no board.") % {"objects": one.title_plural},
            code="no_board",
            hint=_("Open them as a list."),
        )
    return found


def column_condition(field: Field, value: str) -> Node:
    """The records of one column."""
    path = Path((field.name,))
    return Call("empty", (path,)) if value == NOTHING else Binary("=", path, Literal(value))


def lane_value(field: Field, value: str) -> Any:
    """A column's value as the database has it."""
    return UUID(value) if isinstance(field, Link) else value


async def columns_of(
    work: Workspace, one: Object, field: Field, layout: Board | None, chosen: str, where: Node | None
) -> tuple[list[Item], int]:
    """The columns with a value, and how many more there would be."""
    if isinstance(field, Choice):
        options = [option for option in field.options if not option.retired]
        items = [Item(value=o.value, label=o.title, colour=colour_number(o.colour)) for o in options]
        return items[:MAX_COLUMNS], max(0, len(items) - MAX_COLUMNS)
    assert isinstance(field, Link)
    target = work.registry.get(field.to)
    condition: Node | None = None
    if layout is not None and chosen and target.field(layout.within):
        condition = Binary("=", Path((layout.within,)), Literal(chosen))
    ordered = layout.order if layout is not None and layout.by == field.name and layout.order else target.title_field
    found = await _targets(work, target, condition, ordered, MAX_COLUMNS + 1)
    if len(found) <= MAX_COLUMNS:
        return found, 0
    groups = await work.aggregate(Aggregate(one.name, group_by=(Group(field.name),), where=where, limit=1000))
    filled = [str(row[field.name]) for row in groups.rows if row[field.name] is not None]
    most = filled[:MAX_COLUMNS]
    named = Binary("in", Path(("id",)), _items(most))
    labelled = {item.value: item for item in await _targets(work, target, named, ordered, MAX_COLUMNS)} if most else {}
    return [labelled[value] for value in most if value in labelled], max(0, len(filled) - len(most))


def _items(values: list[str]) -> Node:
    return Items(tuple(Literal(value) for value in values))


async def _targets(work: Workspace, target: Object, where: Node | None, order: str, limit: int) -> list[Item]:
    title = target.all_fields[target.title_field]
    coloured = next(
        (one for one in target.fields if isinstance(one, Choice) and work.actor.readable(target, one)), None
    )
    shown = (title.name,) if work.actor.readable(target, title) else ()
    fields = ("id", *shown, *((coloured.name,) if coloured else ()))
    levels = [level for level in parse_order(order) if work.actor.readable(target, target.all_fields[level.path[0]])]
    page = await work.query(Query(target.name, where, tuple(levels), fields, limit, few=True))
    items = []
    for row in page.values():
        option = coloured.option(row[coloured.name]) if coloured and row[coloured.name] else None
        items.append(
            Item(
                value=str(row["id"]),
                label=text_of(title, row.get(title.name)) or _("Untitled"),
                colour=colour_number(option.colour) if option else 0,
            )
        )
    return items


async def kept_of(work: Workspace, one: Object, by: str) -> dict[str, Kept]:
    """By value: limits and orders that everyone shares, and what this person folded."""
    here = [Binary("=", Path(("object",)), Literal(one.name)), Binary("=", Path(("by",)), Literal(by))]
    shared = Query(BOARD_COLUMN.name, all_of(here), (), ("value", "limit", "places"), 500, few=True)
    mine = all_of([*here, Binary("=", Path(("owner",)), Call("me", ()))])
    folded = Query(FOLDED_COLUMN.name, mine, (), ("value",), 500, few=True)
    closed = {row["value"] for row in (await work.query(folded)).values()} if work.actor.user else set()
    found = {value: Kept(is_folded=True) for value in closed}
    for row in (await work.query(shared)).values():
        places = tuple(UUID(place) for place in row["places"] or ())
        found[row["value"]] = Kept(limit=row["limit"], places=places, is_folded=row["value"] in closed)
    return found
