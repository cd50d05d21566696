"""A board: records as cards in columns, by a choice or by a link such as the stage."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Literal, Node, Path, all_of, parse
from relata.engine.metadata.fields import Choice, Field, Link, MoneyField
from relata.engine.metadata.layout import Board
from relata.engine.metadata.object import Object
from relata.engine.query.request import Aggregate, Group, Measure
from relata.engine.ui.listing import ListRow, ListState, Wanted, listings
from relata.engine.ui.values import Item, colour_number
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.money import Money

#: Cards of one column at first, and of the whole board; the rest is a list away.
CARDS, ALL_CARDS = 40, 200


class BoardColumn(msgspec.Struct, frozen=True, kw_only=True):
    """total: the sum of the layout's field over all its records, not only the shown ones; None where currencies mix."""

    id: str
    label: str
    colour: int
    count: int
    total: Any
    cards: tuple[ListRow, ...]
    more: bool


class BoardView(msgspec.Struct, frozen=True, kw_only=True):
    """boards: the values of the layout's `within` to choose from, such as pipelines; chosen: the one shown."""

    object: Object
    by: str
    columns: tuple[BoardColumn, ...]
    boards: tuple[Item, ...] = ()
    chosen: str = ""


async def board(work: Workspace, one: Object, *, where: str = "", within: str = "") -> BoardView:
    """The board of an object. NotFound for an object without one."""
    layout = work.layout(one.name).board
    if layout is None:
        raise NotFound(f"{one.title_plural} have no board.", code="no_board", hint="Open them as a list.")
    boards, chosen = await _boards(work, one, layout, within)
    fixed = [parse(where)] if where else []
    if chosen:
        fixed.append(Binary("=", Path((layout.within,)), Literal(chosen)))
    places = await _places(work, one, layout, chosen)
    sums = await _sums(work, one, layout, fixed)
    state = ListState(limit=min(CARDS, ALL_CARDS // max(1, len(places))))
    wanted = []
    for place in places:
        condition = all_of([*fixed, Binary("=", Path((layout.by,)), Literal(place.value))])
        wanted.append(Wanted(one, state, condition, layout.card, is_empty=place.value not in sums))
    columns = []
    for place, found in zip(places, await listings(work, wanted), strict=True):
        count, total = sums.get(place.value, (0, None))
        columns.append(
            BoardColumn(
                id=place.value,
                label=place.label,
                colour=place.colour,
                count=count,
                total=total,
                cards=found.rows,
                more=bool(found.next),
            )
        )
    return BoardView(object=one, by=layout.by, columns=tuple(columns), boards=boards, chosen=chosen)


async def _boards(work: Workspace, one: Object, layout: Board, within: str) -> tuple[tuple[Item, ...], str]:
    field = one.field(layout.within) if layout.within else None
    if not isinstance(field, Link):
        return (), ""
    found = await work.find(field.to, order="created_at")
    items = tuple(Item(value=str(record.id), label=record.title) for record in found)
    known = {item.value for item in items}
    return items, within if within in known else items[0].value if items else ""


async def _places(work: Workspace, one: Object, layout: Board, chosen: str) -> list[Item]:
    """The columns: a choice's options, or the link's targets in their own order."""
    field = one.all_fields[layout.by]
    if isinstance(field, Choice):
        return [
            Item(value=o.value, label=o.title, colour=colour_number(o.colour)) for o in field.options if not o.retired
        ]
    assert isinstance(field, Link)
    target = work.registry.get(field.to)
    equals: dict[str, Any] = {layout.within: UUID(chosen)} if chosen and target.field(layout.within) else {}
    found = await work.find(field.to, order=layout.order or target.title_field, **equals)
    return [Item(value=str(record.id), label=record.title, colour=_colour(target, record.values)) for record in found]


def _colour(target: Object, values: dict[str, Any]) -> int:
    """The colour of the target's first choice, such as a stage's category."""
    for field in target.fields:
        if isinstance(field, Choice) and values.get(field.name):
            option = field.option(values[field.name])
            return colour_number(option.colour) if option else 0
    return 0


async def _sums(work: Workspace, one: Object, layout: Board, fixed: list[Node]) -> dict[str, tuple[int, Any]]:
    """Count and total per column, by currency where the total is money."""
    field = one.field(layout.total) if layout.total else None
    measured = field is not None and work.actor.readable(one, field)
    measures = (Measure("count"), Measure("sum", layout.total)) if measured else (Measure("count"),)
    groups = [Group(layout.by)]
    if measured and isinstance(field, MoneyField):
        groups.append(Group(f"{layout.total}.currency"))
    request = Aggregate(one.name, measures, tuple(groups), all_of(fixed) if fixed else None, limit=2000)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in (await work.aggregate(request)).rows:
        found.setdefault(str(row[layout.by]), []).append(row)
    return {key: (sum(row["count"] for row in rows), _total(field, layout, rows)) for key, rows in found.items()}


def _total(field: Field | None, layout: Board, rows: list[dict[str, Any]]) -> Any:
    name = f"sum_{layout.total}"
    present = [row for row in rows if row.get(name) is not None]
    if not isinstance(field, MoneyField):
        return sum(row[name] for row in present) if present else None
    currencies = {row[f"{layout.total}.currency"] for row in present}
    return Money(sum(row[name] for row in present), currencies.pop()) if len(currencies) == 1 else None
