"""A board as it was at the end of a past day, and what has moved since.

Records that nobody changed since are read as they are; of the others the log tells what they were. The person's filter
is asked of the values of that day where it reads the record's own fields; what it reads of others is of today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from relata.engine.formula import Binary, Checked, Items, Literal, Node, Path, all_of, evaluate, references, to_text
from relata.engine.metadata.fields import Formula, Link, MoneyField
from relata.engine.metadata.object import Object
from relata.engine.query.lanes import Lanes
from relata.engine.query.pages import context_of
from relata.engine.query.request import MAX_LIMIT, Aggregate, Measure, Query
from relata.engine.query.scope import FieldScope
from relata.engine.rules.condition import Condition, condition_of
from relata.engine.rules.own_values import OwnValues
from relata.engine.ui.board import ALL_CARDS, CARDS, BoardColumn, BoardState, BoardView, Ground, ground
from relata.engine.ui.board_lanes import columns_of, dividers, lane_value
from relata.engine.ui.board_objects import NOTHING
from relata.engine.ui.board_totals import NO_FIGURES, Summed, summed_rows, told
from relata.engine.ui.cards import cards_of
from relata.engine.workspace.rewinding import Rewound, rewindable, rewound
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.money import Money

LISTED = 50
#: Of more records that changed since, weighted sums are not told: working them out one by one takes too long.
MOST_WEIGHTED = 1000


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
    at = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(work.actor.zone)) - timedelta(microseconds=1)
    items, left = await columns_of(work, one, base.field, base.layout, base.chosen, base.condition)
    condition = _condition(work, one, base)
    is_own = condition is None or condition.is_own
    summed, rows = await summed_rows(work, one, base.field, base.layout, _unchanged(base, at))
    names = [base.field.name, *(level.path[0] for level in base.order)]
    names += [field.name for field in (summed.total,) if field is not None]
    names += [*_weights(work, one, summed), *(condition.reads if condition else ())]
    changed = await rewound(work, one, names, at, None if is_own else base.condition)
    if condition is not None and is_own:
        changed = _holding(work, one, condition, changed)
    if len(changed) > MOST_WEIGHTED:
        summed = Summed(summed.total, None)
    lanes = _by_lane(base, changed)
    _add(work, one, base, summed, rows, lanes)
    figures = await told(work, summed, rows, day)
    shown = [*(item.value for item in items), *([NOTHING] if lanes.get(NOTHING) else [])]
    limit = min(CARDS, max(5, ALL_CARDS // max(1, len(shown))))
    found = await _cards(work, base, shown, lanes, at, limit)
    labels = {item.value: item for item in items}
    columns = tuple(
        BoardColumn(
            id=value, label=labels[value].label if value in labels else "",
            colour=labels[value].colour if value in labels else 0, figures=figures.get(value, NO_FIGURES), cards=cards,
            more=figures.get(value, NO_FIGURES).count > len(cards),
        )
        for value, cards in zip(shown, found, strict=True)
    )  # fmt: skip
    moved = [record for record in changed if record.then.get(base.field.name) != record.now.get(base.field.name)]
    view = BoardView(
        object=one, by=base.field, dividers=tuple(dividers(work, one)), columns=columns, boards=base.boards,
        chosen=base.chosen, left=left, is_movable=False,
    )  # fmt: skip
    since = Binary(">", Path(("created_at",)), Literal(at.isoformat()))
    made = await work.aggregate(Aggregate(one.name, (Measure("count"),), where=_with(base, since)))
    return PastBoard(
        view=view, day=day, moves=await _moves(work, one, base, moved[:LISTED]), moved=len(moved),
        made=int(made.rows[0]["count"]), is_rough=not is_own,
    )  # fmt: skip


def _condition(work: Workspace, one: Object, base: Ground) -> Condition | None:
    return condition_of(work.registry, one, to_text(base.condition), work.actor) if base.condition is not None else None


def _with(base: Ground, *parts: Node) -> Node:
    return all_of([*([base.condition] if base.condition is not None else []), *parts])


def _unchanged(base: Ground, at: datetime) -> Node:
    """Records that are as they were: nobody changed them since."""
    moment = Literal(at.isoformat())
    return _with(base, *(Binary("<=", Path((name,)), moment) for name in ("changed_at", "created_at")))


def _holding(work: Workspace, one: Object, condition: Condition, changed: Sequence[Rewound]) -> list[Rewound]:
    """Those for which the condition held; asked once for equal values."""
    context, reads = context_of(work.actor), sorted(condition.reads)
    known: dict[tuple[Any, ...], bool] = {}
    found = []
    for record in changed:
        key = tuple(record.then.get(name) for name in reads)
        if key not in known or "id" in reads:
            own = OwnValues(one, record.then, record_id=record.id, formulas=condition.formulas, context=context)
            known[key] = evaluate(condition.checked, own, context) is True
        if known[key]:
            found.append(record)
    return found


def _by_lane(base: Ground, changed: Sequence[Rewound]) -> dict[str, list[Rewound]]:
    lanes: dict[str, list[Rewound]] = {}
    for record in changed:
        value = record.then.get(base.field.name)
        lanes.setdefault(NOTHING if value is None else str(value), []).append(record)
    return lanes


def _weights(work: Workspace, one: Object, summed: Summed) -> list[str]:
    """The fields that the weighted sum is worked out from."""
    checked = _formula(work, one, summed)
    return sorted({ref.path[0] for ref in references(checked)}) if checked is not None else []


def _formula(work: Workspace, one: Object, summed: Summed) -> Checked | None:
    if not isinstance(summed.weighted, Formula):
        return None
    return FieldScope(work.registry, one, work.actor).formula(one, summed.weighted)


def _add(
    work: Workspace, one: Object, base: Ground, summed: Summed, rows: dict[str, list[dict[str, Any]]],
    lanes: Mapping[str, Sequence[Rewound]],
) -> None:  # fmt: skip
    """What changed records counted then, beside what the others do."""
    total, formula, context = summed.total, _formula(work, one, summed), context_of(work.actor)
    for value, records in lanes.items():
        for record in records:
            row: dict[str, Any] = {"count": 1}
            if total is not None:
                amount = record.then.get(total.name)
                row[f"sum_{total.name}"] = _number(amount)
                row[f"{total.name}.currency"] = amount.currency if isinstance(amount, Money) else None
            if summed.weighted is not None:
                found = (
                    evaluate(formula, OwnValues(one, record.then, record_id=record.id), context) if formula else None
                )
                row[f"sum_{summed.weighted.name}"] = _number(found)
            rows.setdefault(value, []).append(row)
    if isinstance(total, MoneyField):
        for value in rows:
            rows[value] = _joined(rows[value], total.name, summed.weighted.name if summed.weighted else "")


def _number(value: Any) -> Decimal | None:
    return None if value is None else value.amount if isinstance(value, Money) else Decimal(value)


def _joined(rows: list[dict[str, Any]], total: str, weighted: str) -> list[dict[str, Any]]:
    """One row for each currency."""
    found: dict[str | None, dict[str, Any]] = {}
    for row in rows:
        known = found.setdefault(row[f"{total}.currency"], {f"{total}.currency": row[f"{total}.currency"], "count": 0})
        known["count"] += row["count"]
        for name in (f"sum_{total}", *([f"sum_{weighted}"] if weighted else [])):
            known[name] = _sum(known.get(name), row.get(name))
    return list(found.values())


def _sum(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else one + other


async def _cards(
    work: Workspace,
    base: Ground,
    shown: Sequence[str],
    lanes: Mapping[str, Sequence[Rewound]],
    at: datetime,
    limit: int,
) -> list[tuple[Any, ...]]:
    """The first cards of each lane, in the order of the board as far as it goes by a field of the record's own."""
    known = [value for value in shown if value != NOTHING]
    asked = Lanes(
        base.one.name, base.field.name, tuple(lane_value(base.field, value) for value in known), _unchanged(base, at),
        base.order, base.cards.fields, limit,
    )  # fmt: skip
    unchanged = dict(zip(known, await work.lanes(asked), strict=True))
    level = base.order[0]
    by = level.path[0] if len(level.path) == 1 else "id"

    def place(row: Mapping[str, Any]) -> tuple[bool, Any]:
        value = row.get(by)
        return (value is None, value if value is not None else 0)

    first: dict[UUID, Rewound] = {}
    for value in shown:
        ordered = sorted(lanes.get(value, ()), key=lambda record: place({"id": record.id, **record.then}))
        first |= {record.id: record for record in (ordered[::-1] if level.descending else ordered)[:limit]}
    rows = await _rows(work, base, first, at)
    lists: list[list[dict[str, Any]]] = []
    for value in shown:
        both = [*unchanged.get(value, []), *(rows[one.id] for one in lanes.get(value, ()) if one.id in rows)]
        if any(by in row for row in both):
            filled = [row for row in both if row.get(by) is not None]
            filled.sort(key=lambda row: row[by], reverse=level.descending)
            both = [*filled, *(row for row in both if row.get(by) is None)]
        lists.append(both[:limit])
    return await cards_of(work, base.cards, lists)


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
