"""A board: records as cards in columns, by a choice, a link such as the stage, or a person.

Cards of all columns are one statement. Without an order the cards that were put by hand come first, then the newest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Items, Literal, Node, Path, all_of, negate, parse
from relata.engine.metadata.fields import Choice, Field, Link
from relata.engine.metadata.layout import Board
from relata.engine.metadata.object import Object
from relata.engine.query.lanes import NEWEST, Lanes
from relata.engine.query.request import MAX_LIMIT, Order, Query, parse_order
from relata.engine.ui.board_lanes import (
    Kept,
    column_condition,
    columns_of,
    divider,
    dividers,
    kept_of,
    lane_value,
)
from relata.engine.ui.board_objects import NOTHING
from relata.engine.ui.board_totals import NO_FIGURES, Figures, figures_of
from relata.engine.ui.cards import CardFields, card_fields, cards_of
from relata.engine.ui.facts import is_editable
from relata.engine.ui.listing import ListRow
from relata.engine.ui.values import Item
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

#: Cards of one column at first, and of the whole board.
CARDS, ALL_CARDS = 40, 200


@dataclass(frozen=True, slots=True)
class BoardState:
    """What the address of a board says. by: the field that divides it, empty for the layout's. within: the value of
    the layout's own field, such as a pipeline. fixed: a condition beside the person's filter."""

    where: str = ""
    order: str = ""
    by: str = ""
    within: str = ""
    fixed: Node | None = None


class BoardColumn(msgspec.Struct, frozen=True, kw_only=True):
    """figures: of all its records; None where they are asked for by a request of their own. more: cards follow."""

    id: str
    label: str
    colour: int
    figures: Figures | None
    cards: tuple[ListRow, ...] = ()
    more: bool = False
    limit: int | None = None
    is_folded: bool = False


class BoardView(msgspec.Struct, frozen=True, kw_only=True):
    """boards: the values of the layout's `within` to choose from, such as pipelines; chosen: the one shown. left: how
    many columns there would be beside the shown ones. is_movable: whether this person may write the field."""

    object: Object
    by: Field
    dividers: tuple[Field, ...]
    columns: tuple[BoardColumn, ...]
    boards: tuple[Item, ...] = ()
    chosen: str = ""
    left: int = 0
    is_movable: bool = True
    is_sorted: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What a board stands on. condition: its whole filter. order: of the cards, after those that lie by hand."""

    one: Object
    field: Field
    layout: Board | None
    boards: tuple[Item, ...]
    chosen: str
    condition: Node | None
    cards: CardFields
    order: tuple[Order, ...]


async def ground(work: Workspace, one: Object, state: BoardState) -> Ground:
    """Invalid for a filter or a field that does not fit; NotFound for an object that nothing divides."""
    field = divider(work, one, state.by)
    layout = work.layout(one.name).board
    boards, chosen = await _boards(work, one, layout, field, state.within)
    parts = [parse(state.where)] if state.where else []
    if state.fixed is not None:
        parts.append(state.fixed)
    if chosen and layout is not None:
        parts.append(Binary("=", Path((layout.within,)), Literal(chosen)))
    paths = layout.card if layout is not None and layout.card else work.layout(one.name).columns[:5]
    shown = card_fields(work, one, [path for path in paths if path != field.name], (field.name,))
    order = parse_order(state.order) or _own_order(work, one, field, layout) or NEWEST
    return Ground(one, field, layout, boards, chosen, all_of(parts) if parts else None, shown, order)


def _own_order(work: Workspace, one: Object, field: Field, layout: Board | None) -> tuple[Order, ...]:
    """The order that the layout gives to its own columns, as far as this person may know it."""
    if layout is None or layout.by != field.name or not layout.sort:
        return ()
    order = parse_order(layout.sort)
    known = (one.field(level.path[0]) for level in order)
    return order if all(found is not None and work.actor.readable(one, found) for found in known) else ()


async def board(work: Workspace, one: Object, state: BoardState) -> BoardView:
    """The board of an object, with the first cards of each column."""
    base = await ground(work, one, state)
    field = base.field
    items, left = await columns_of(work, one, field, base.layout, base.chosen, base.condition)
    kept = await kept_of(work, one, field.name)
    limit = min(CARDS, max(5, ALL_CARDS // max(1, len(items))))
    rows = await _rows(work, base, state, items, kept, limit)
    if isinstance(field, Link) and (base.layout is None or base.layout.by != field.name or not base.layout.order):
        by_use = sorted(zip(items, rows, strict=True), key=lambda pair: not pair[1])  # people without records come last
        items, rows = [pair[0] for pair in by_use], [pair[1] for pair in by_use]
    if not field.required or left == 0:
        none = await _unplaced(work, base, state, limit) if not kept.get(NOTHING, Kept()).is_folded else []
        if none or kept.get(NOTHING, Kept()).is_folded:
            items = [Item(value=NOTHING, label=""), *items]
            rows = [none, *rows]
    figures: dict[str, Figures] | None = None
    is_whole = all(len(found) <= limit for found in rows) and not any(one.is_folded for one in kept.values())
    if is_whole:
        figures = await figures_of(work, one, field, base.layout, base.condition)
    cards = await cards_of(work, base.cards, [found[:limit] for found in rows])
    columns = tuple(
        BoardColumn(
            id=item.value, label=item.label, colour=item.colour, cards=shown, more=len(found) > limit,
            figures=figures.get(item.value, NO_FIGURES) if figures is not None else None,
            limit=kept.get(item.value, Kept()).limit, is_folded=kept.get(item.value, Kept()).is_folded,
        )
        for item, found, shown in zip(items, rows, cards, strict=True)
    )  # fmt: skip
    return BoardView(
        object=one, by=field, dividers=tuple(dividers(work, one)), columns=columns, boards=base.boards,
        chosen=base.chosen, left=left, is_movable=is_editable(work, one, field), is_sorted=bool(state.order),
    )  # fmt: skip


async def column_cards(
    work: Workspace, one: Object, state: BoardState, column: str, shown: int
) -> tuple[tuple[ListRow, ...], bool]:
    """The cards of a column after those that are shown, and whether more follow."""
    base = await ground(work, one, state)
    places = () if state.order else (await kept_of(work, one, base.field.name)).get(column, Kept()).places
    known = await _by_hand(work, base, places, column) if places else []
    parts = [column_condition(base.field, column), *([base.condition] if base.condition is not None else [])]
    if places:
        parts.append(negate(_named(places)))
    skipped = max(0, shown - len(known))
    limit = min(MAX_LIMIT, skipped + CARDS)
    page = await work.query(Query(one.name, all_of(parts), base.order, base.cards.fields, limit))
    rows = [*known[shown:], *page.values()[skipped:]]
    cards = (await cards_of(work, base.cards, [rows]))[0]
    return cards, bool(page.next) and limit < MAX_LIMIT


async def one_card(work: Workspace, one: Object, state: BoardState, record: UUID) -> ListRow:
    """One record as a card of this board."""
    base = await ground(work, one, state)
    page = await work.query(Query(one.name, _named((record,)), (), base.cards.fields, 1))
    found = (await cards_of(work, base.cards, [page.values()]))[0]
    if not found:
        raise NotFound(_("This %(noun)s does not exist.") % {"noun": one.noun}, hint=_("It may have been deleted."))
    return found[0]


async def column_figures(
    work: Workspace, one: Object, state: BoardState, only: tuple[str, ...] = ()
) -> dict[str, Figures]:
    """Counts and totals of the columns, over the records that the board would show. only: of these columns."""
    base = await ground(work, one, state)
    return await figures_of(work, one, base.field, base.layout, base.condition, only)


async def column_limits(work: Workspace, one: Object, state: BoardState) -> dict[str, int | None]:
    """The columns of the board, each with the limit that was agreed on."""
    base = await ground(work, one, state)
    items, _left = await columns_of(work, one, base.field, base.layout, base.chosen, base.condition)
    kept = await kept_of(work, one, base.field.name)
    return {value: kept.get(value, Kept()).limit for value in (NOTHING, *(item.value for item in items))}


async def _boards(
    work: Workspace, one: Object, layout: Board | None, field: Field, within: str
) -> tuple[tuple[Item, ...], str]:
    link = one.field(layout.within) if layout is not None and layout.within and layout.by == field.name else None
    if not isinstance(link, Link) or not work.actor.readable(one, link):
        return (), ""
    target = work.registry.get(link.to)
    page = await work.query(Query(target.name, None, parse_order("created_at"), ("id", target.title_field), 50))
    items = tuple(Item(value=str(row["id"]), label=str(row[target.title_field])) for row in page.values())
    known = {item.value for item in items}
    return items, within if within in known else items[0].value if items else ""


async def _rows(
    work: Workspace, base: Ground, state: BoardState, items: list[Item], kept: dict[str, Kept], limit: int
) -> list[list[dict[str, Any]]]:
    """The rows of each column, one more than `limit` where more follow; none of a folded one."""
    open_items = [item.value for item in items if not kept.get(item.value, Kept()).is_folded]
    asked = Lanes(
        base.one.name, base.field.name, tuple(lane_value(base.field, value) for value in open_items), base.condition,
        base.order, base.cards.fields, limit,
    )  # fmt: skip
    found = dict(zip(open_items, await work.lanes(asked), strict=True))
    if not state.order:
        await _put_first(work, base, found, kept)
    return [found.get(item.value, []) for item in items]


async def _put_first(
    work: Workspace, base: Ground, found: dict[str, list[dict[str, Any]]], kept: dict[str, Kept]
) -> None:
    """Cards in the order by hand before all others."""
    places = {value: one.places for value, one in kept.items() if one.places and value in found}
    if not places:
        return
    known = await _records(work, base, [card for cards in places.values() for card in cards])
    for value, cards in places.items():
        mine = [known[card] for card in cards if card in known and str(known[card][base.field.name]) == value]
        placed = {row["id"] for row in mine}
        found[value] = [*mine, *(row for row in found[value] if row["id"] not in placed)]


async def _by_hand(work: Workspace, base: Ground, places: tuple[UUID, ...], column: str) -> list[dict[str, Any]]:
    known = await _records(work, base, list(places))
    return [known[card] for card in places if card in known and str(known[card][base.field.name]) == column]


async def _records(work: Workspace, base: Ground, ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    parts = [_named(ids[:MAX_LIMIT]), *([base.condition] if base.condition is not None else [])]
    page = await work.query(Query(base.one.name, all_of(parts), (), base.cards.fields, MAX_LIMIT))
    return {row["id"]: row for row in page.values()}


async def _unplaced(work: Workspace, base: Ground, state: BoardState, limit: int) -> list[dict[str, Any]]:
    """Records without a value in the dividing field, or with a choice that is no longer offered."""
    field, nothing = base.field, column_condition(base.field, NOTHING)
    if isinstance(field, Choice) and field.required:
        return []
    parts = [nothing, *([base.condition] if base.condition is not None else [])]
    page = await work.query(Query(base.one.name, all_of(parts), base.order, base.cards.fields, limit + 1))
    return page.values()


def _named(ids: tuple[UUID, ...] | list[UUID]) -> Node:
    return Binary("in", Path(("id",)), Items(tuple(Literal(str(one)) for one in ids)))
