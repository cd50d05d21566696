"""A board as it was at the end of a past day, and what has moved since.

Records that nobody changed since are read as they are; of the others the log tells what they were. The person's filter
is asked of the values of that day where it reads the record's own fields; what it reads of others is of today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Items, Literal, Path
from relata.engine.metadata.fields import Link
from relata.engine.metadata.object import Object
from relata.engine.query.lanes import Lanes
from relata.engine.query.request import MAX_LIMIT, Aggregate, Measure, Query
from relata.engine.ui.board import ALL_CARDS, CARDS, BoardColumn, BoardState, BoardView, Ground, ground
from relata.engine.ui.board_lanes import columns_of, dividers, lane_value
from relata.engine.ui.board_objects import NOTHING
from relata.engine.ui.board_totals import NO_FIGURES, Figures, summed_rows, told
from relata.engine.ui.cards import cards_of
from relata.engine.ui.past_values import end_of, filter_of, holding, made_since, unchanged
from relata.engine.workspace.rewinding import Rewound, rewindable, rewound
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _

LISTED = 50


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A record that stands elsewhere by now."""

    title: str
    href: str
    before: str
    now: str


class PastBoard(msgspec.Struct, frozen=True, kw_only=True):
    """moves: at most fifty of `moved`. made: records that came since. is_rough: the filter reads more than the records'
    own values, so it is that of today."""

    view: BoardView
    day: date
    moves: tuple[Move, ...]
    moved: int
    made: int
    is_rough: bool


async def past_board(work: Workspace, one: Object, state: BoardState, day: date) -> PastBoard:
    """As `board.board`, at the end of the day where the person is."""
    base = await ground(work, one, state)
    at = end_of(work, day)
    items, left = await columns_of(work, one, base.field, base.layout, base.chosen, base.condition)
    condition = filter_of(work, one, base.condition)
    is_own = condition is None or condition.is_own
    names = [base.field.name, *(level.path[0] for level in base.order), *(condition.reads if condition else ())]
    changed = await rewound(work, one, names, at, None if is_own else base.condition)
    if condition is not None and is_own:
        changed = holding(work, one, condition, changed)
    lanes = _by_lane(base, changed)
    shown = [*(item.value for item in items), *([NOTHING] if lanes.get(NOTHING) else [])]
    limit = min(CARDS, max(5, ALL_CARDS // max(1, len(shown))))
    rows = await _cards(work, base, shown, lanes, at, limit)
    figures: dict[str, Figures] | None = None
    if all(len(found) <= limit for found in rows):  # else by a request of its own, as today's
        figures = await past_column_figures(work, one, state, day)
    labels = {item.value: item for item in items}
    cards = await cards_of(work, base.cards, [found[:limit] for found in rows])
    columns = tuple(
        BoardColumn(
            id=value, label=labels[value].label if value in labels else "",
            colour=labels[value].colour if value in labels else 0, cards=mine, more=len(found) > limit,
            figures=None if figures is None else figures.get(value, NO_FIGURES),
        )
        for value, found, mine in zip(shown, rows, cards, strict=True)
    )  # fmt: skip
    moved = [record for record in changed if record.then.get(base.field.name) != record.now.get(base.field.name)]
    view = BoardView(
        object=one, by=base.field, dividers=tuple(dividers(work, one)), columns=columns, boards=base.boards,
        chosen=base.chosen, left=left, is_movable=False,
    )  # fmt: skip
    made = await work.aggregate(Aggregate(one.name, (Measure("count"),), where=made_since(base.condition, at)))
    return PastBoard(
        view=view, day=day, moves=await _moves(work, one, base, moved[:LISTED]), moved=len(moved),
        made=int(made.rows[0]["count"]), is_rough=not is_own,
    )  # fmt: skip


async def past_column_figures(work: Workspace, one: Object, state: BoardState, day: date) -> dict[str, Figures]:
    """Counts and totals by column at the end of the day, at its rates."""
    base = await ground(work, one, state)
    summed, rows = await summed_rows(
        work, one, base.field, base.layout, base.condition, as_on=end_of(work, day)
    )  # fmt: skip
    return await told(work, summed, rows, day)


def _by_lane(base: Ground, changed: Sequence[Rewound]) -> dict[str, list[Rewound]]:
    lanes: dict[str, list[Rewound]] = {}
    for record in changed:
        value = record.then.get(base.field.name)
        lanes.setdefault(NOTHING if value is None else str(value), []).append(record)
    return lanes


async def _cards(
    work: Workspace,
    base: Ground,
    shown: Sequence[str],
    lanes: Mapping[str, Sequence[Rewound]],
    at: datetime,
    limit: int,
) -> list[list[dict[str, Any]]]:
    """The first rows of each lane, in the order of the board as far as it goes by a field of the record's own; one more
    than `limit` where more follow."""
    known = [value for value in shown if value != NOTHING]
    asked = Lanes(
        base.one.name, base.field.name, tuple(lane_value(base.field, value) for value in known),
        unchanged(base.condition, at), base.order, base.cards.fields, limit,
    )  # fmt: skip
    same = dict(zip(known, await work.lanes(asked), strict=True))
    level = base.order[0]
    by = level.path[0] if len(level.path) == 1 else "id"

    def place(row: Mapping[str, Any]) -> tuple[bool, Any]:
        value = row.get(by)
        return (value is None, value if value is not None else 0)

    first: dict[UUID, Rewound] = {}
    for value in shown:
        ordered = sorted(lanes.get(value, ()), key=lambda record: place({"id": record.id, **record.then}))
        first |= {record.id: record for record in (ordered[::-1] if level.descending else ordered)[: limit + 1]}
    rows = await _rows(work, base, first, at)
    lists: list[list[dict[str, Any]]] = []
    for value in shown:
        both = [*same.get(value, []), *(rows[one.id] for one in lanes.get(value, ()) if one.id in rows)]
        if any(by in row for row in both):
            filled = [row for row in both if row.get(by) is not None]
            filled.sort(key=lambda row: row[by], reverse=level.descending)
            both = [*filled, *(row for row in both if row.get(by) is None)]
        lists.append(both[: limit + 1])
    return lists


async def _rows(
    work: Workspace, base: Ground, first: Mapping[UUID, Rewound], at: datetime
) -> dict[UUID, dict[str, Any]]:
    """Changed records as rows of cards: what they were, and what can't be told of the past as it is."""
    ids, rows = list(first), dict[UUID, dict[str, Any]]()
    names = [field.name for field in rewindable(work, base.one, base.cards.fields)]
    for start in range(0, len(ids), MAX_LIMIT):
        named = Binary("in", Path(("id",)), Items(tuple(Literal(str(key)) for key in ids[start : start + MAX_LIMIT])))
        then = {record.id: record.then for record in await rewound(work, base.one, names, at, named)}
        for row in (await work.query(Query(base.one.name, named, (), base.cards.fields, MAX_LIMIT))).values():
            rows[row["id"]] = {**row, **then.get(row["id"], {})}
    return rows


async def _moves(work: Workspace, one: Object, base: Ground, moved: Sequence[Rewound]) -> tuple[Move, ...]:
    field = base.field
    titles = await titles_of(work.unit, {one.name: {record.id for record in moved}}) if moved else {}
    places: Mapping[Any, str] = {}
    if isinstance(field, Link):
        ends = {end for record in moved for end in (record.then[field.name], record.now[field.name]) if end}
        known = await titles_of(work.unit, {field.to: ends}) if ends else {}
        places = {key: title for (_name, key), title in known.items()}
    else:
        places = {option.value: option.title for option in field.options}  # type: ignore[attr-defined]  # a choice

    def label(value: Any) -> str:
        return places.get(value) or (_("Nothing") if value is None else str(value))

    return tuple(
        Move(
            title=titles.get((one.name, record.id)) or _("Untitled"), href=f"/{one.path}/{record.id}",
            before=label(record.then[field.name]), now=label(record.now[field.name]),
        )
        for record in moved
    )  # fmt: skip
