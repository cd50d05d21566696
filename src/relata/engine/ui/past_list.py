"""A list as it was at the end of a past day, with its totals, and what changed in it since.

As on a board of a past day (docs/decisions/0042): own values are those of the day, what is read of other records is of
today.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Items, Literal, Node, Path, parse
from relata.engine.metadata.object import Object
from relata.engine.query.request import MAX_LIMIT, Aggregate, Group, Measure, Query, parse_order
from relata.engine.ui.board_totals import NO_FIGURES, Figures, Summed, told, total_field, weighted_field
from relata.engine.ui.listing import Listing, ListState, listing, listing_of, row_paths
from relata.engine.ui.past_values import (
    MOST_WEIGHTED,
    add_changed,
    both,
    end_of,
    filter_of,
    holding,
    made_since,
    unchanged,
    weights,
)
from relata.engine.ui.values import shown, targets_of
from relata.engine.workspace.rewinding import Rewound, rewindable, rewound
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.money import Money

#: Rows of a past list; the others count in its totals.
ROWS = 200
#: Changes that are told one by one.
LISTED = 50


class ChangedValue(msgspec.Struct, frozen=True, kw_only=True):
    """A field that was otherwise. before, now: as a value is shown."""

    label: str
    kind: str
    before: Any
    now: Any


class ChangedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record of which something that the list shows changed. went: it is in the list no more; came: it was not."""

    title: str
    href: str
    values: tuple[ChangedValue, ...]
    went: bool = False
    came: bool = False


class PastList(msgspec.Struct, frozen=True, kw_only=True):
    """listing: at most 200 rows. figures: of all. changes: at most fifty of `changed` records. went, came: how many
    left the list since, and how many are in it that were not. is_rough: see `past_board.PastBoard`."""

    listing: Listing
    figures: Figures
    day: date
    changes: tuple[ChangedRecord, ...]
    changed: int
    went: int
    came: int
    is_rough: bool


@dataclass(frozen=True, slots=True)
class _Since:
    """Records that were changed since: those that were in the list, and those that are."""

    then: list[Rewound]
    now: list[Rewound]


async def past_list(
    work: Workspace, one: Object, state: ListState, columns: tuple[str, ...], day: date, fixed: Node | None = None
) -> PastList:
    """As `listing.listing`, at the end of the day where the person is; without pages."""
    at, where = end_of(work, day), _where(state, fixed)
    head = await listing(work, one, replace(state, limit=1, after=""), fixed=fixed, columns=columns)
    paths = tuple(column.path for column in head.columns)
    condition = filter_of(work, one, where)
    is_own = condition is None or condition.is_own
    layout = work.layout(one.name).board
    total = total_field(work, one, layout)
    summed = Summed(total, weighted_field(work, one, layout) if total is not None else None)
    order = parse_order(head.order)
    names = [one.title_field, *(path for path in paths if "." not in path), order[0].path[0]]
    names += [*([total.name] if total else []), *weights(work, one, summed), *(condition.reads if condition else ())]
    changed = await rewound(work, one, names, at, None if is_own else where)
    since = _Since(changed, changed)
    if condition is not None and is_own:
        since = _Since(holding(work, one, condition, changed), holding(work, one, condition, changed, now=True))
    figures = await _figures(work, one, summed, unchanged(where, at), since.then, day)
    rows = await _rows(work, one, paths, head.order, unchanged(where, at), since.then, at)
    was, is_ = {record.id for record in since.then}, {record.id for record in since.now}
    made = await work.aggregate(Aggregate(one.name, where=made_since(where, at)))
    shown_names = [field.name for field in rewindable(work, one, names) if field.name in (one.title_field, *paths)]
    other = [record for record in changed if record.id in was | is_ and _differs(record, shown_names, was, is_)]
    return PastList(
        listing=await listing_of(work, one, head.order, paths, rows), figures=figures, day=day,
        changes=await _changes(work, one, other[:LISTED], shown_names, was, is_), changed=len(other),
        went=len(was - is_), came=len(is_ - was) + int(made.rows[0]["count"]), is_rough=not is_own,
    )  # fmt: skip


def _where(state: ListState, fixed: Node | None) -> Node | None:
    return both(fixed, parse(state.where) if state.where else None) if state.where or fixed is not None else None


async def _figures(
    work: Workspace, one: Object, summed: Summed, where: Node, changed: Sequence[Rewound], day: date
) -> Figures:
    """Count and sums of all records of the list, at the rates of the day."""
    if len(changed) > MOST_WEIGHTED:
        summed = Summed(summed.total, None)
    measures, groups = [Measure("count")], []
    for field in (summed.total, summed.weighted):
        measures += [Measure("sum", field.name)] if field is not None else []
    if summed.total is not None and summed.total.type_name == "money":
        groups.append(Group(f"{summed.total.name}.currency"))
    found = await work.aggregate(Aggregate(one.name, tuple(measures), tuple(groups), where))
    rows = {"": list(found.rows)}
    add_changed(work, one, summed, rows, {"": changed})
    return (await told(work, summed, rows, day)).get("", NO_FIGURES)


async def _rows(
    work: Workspace, one: Object, paths: Sequence[str], order: str, where: Node, changed: Sequence[Rewound],
    at: datetime,
) -> list[dict[str, Any]]:  # fmt: skip
    """The first of those that are as they were and of the others together."""
    levels = parse_order(order)
    level = levels[0]
    by = level.path[0] if len(level.path) == 1 else "id"
    fields = tuple(dict.fromkeys((*row_paths(work, one, paths), by)))
    same = list((await work.query(Query(one.name, where, levels, fields, ROWS))).values())
    then = {record.id: record.then for record in changed}
    first = _sorted([{"id": key, by: key, **values} for key, values in then.items()], by, level.descending)[:ROWS]
    if not first:
        return same
    named = Binary("in", Path(("id",)), Items(tuple(Literal(str(row["id"])) for row in first)))
    for row in (await work.query(Query(one.name, named, (), fields, MAX_LIMIT))).values():
        was = then[row["id"]]
        same.append({name: was.get(name, value) for name, value in row.items()})
    return _sorted(same, by, level.descending)[:ROWS]


def _sorted(rows: list[dict[str, Any]], by: str, descending: bool) -> list[dict[str, Any]]:
    """By one value; those without it last."""
    filled = sorted((row for row in rows if row.get(by) is not None), key=lambda row: _place(row[by]))
    return [*(filled[::-1] if descending else filled), *(row for row in rows if row.get(by) is None)]


def _place(value: Any) -> Any:
    if isinstance(value, Money):
        return value.amount
    return value.casefold() if isinstance(value, str) else value


def _differs(record: Rewound, names: Sequence[str], was: set[UUID], is_: set[UUID]) -> bool:
    return (record.id in was) != (record.id in is_) or any(record.then[name] != record.now[name] for name in names)


async def _changes(
    work: Workspace, one: Object, records: Sequence[Rewound], names: Sequence[str], was: set[UUID], is_: set[UUID]
) -> tuple[ChangedRecord, ...]:
    fields = [one.all_fields[name] for name in names]
    ends = targets_of((field, side[field.name]) for record in records for side in (record.then, record.now)
                      for field in fields)  # fmt: skip
    ends.setdefault(one.name, set()).update(record.id for record in records)
    titles = await titles_of(work.unit, ends) if records else {}
    found = []
    for record in records:
        values = []
        for field in fields:
            if record.then[field.name] != record.now[field.name]:
                before, now = [shown(work.registry, field, side[field.name], titles, "")
                               for side in (record.then, record.now)]  # fmt: skip
                values.append(ChangedValue(label=field.title, kind=now.kind, before=before.value, now=now.value))
        found.append(
            ChangedRecord(
                title=titles.get((one.name, record.id)) or _("Untitled"), href=f"/{one.path}/{record.id}",
                values=tuple(values), went=record.id not in is_, came=record.id not in was,
            )
        )  # fmt: skip
    return tuple(found)
