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

from relata.engine.formula import Node, parse
from relata.engine.metadata.fields import Formula
from relata.engine.metadata.object import Object
from relata.engine.query.past_rows import has_past
from relata.engine.query.request import Aggregate
from relata.engine.ui.board_totals import Figures
from relata.engine.ui.listing import Listing, ListState, listing
from relata.engine.ui.past_values import both, end_of, filter_of, holding, made_since, past_figures
from relata.engine.ui.values import shown, targets_of
from relata.engine.workspace.rewinding import Rewound, rewindable, rewound
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

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
    """listing: one page. figures: of all; None where there are more pages, see `list_figures`. changes: at most fifty
    of `changed` records. went, came: how many left the list since, and how many are in it that were not. is_rough: see
    `past_board.PastBoard`. untold: columns that are as they are today, since the log does not tell what they were.
    is_far: more changed since than can be told one by one, so `changes`, `went` and `came` are empty."""

    listing: Listing
    figures: Figures | None
    day: date
    changes: tuple[ChangedRecord, ...]
    changed: int
    went: int
    came: int
    is_rough: bool
    untold: tuple[str, ...] = ()
    is_far: bool = False


@dataclass(frozen=True, slots=True)
class _Since:
    """Records that were changed since: those that were in the list, and those that are."""

    then: list[Rewound]
    now: list[Rewound]


async def past_list(
    work: Workspace, one: Object, state: ListState, columns: tuple[str, ...], day: date, fixed: Node | None = None
) -> PastList:
    """As `listing.listing`, at the end of the day where the person is."""
    at, where = end_of(work, day), _where(state, fixed)
    found = await listing(work, one, replace(state, as_on=at), fixed=fixed, columns=columns)
    is_whole = not (found.next or found.previous)
    view = PastList(
        listing=found, figures=await past_figures(work, one, where, day) if is_whole else None, day=day, changes=(),
        changed=0, went=0, came=0, is_rough=False,
        untold=tuple(column.label for column in found.columns if not _is_told(one, column.path)),
    )  # fmt: skip
    return await _with_changes(work, one, view, where, at)


async def _with_changes(work: Workspace, one: Object, view: PastList, where: Node | None, at: datetime) -> PastList:
    condition = filter_of(work, one, where)
    is_own = condition is None or condition.is_own
    names = [one.title_field, *(column.path for column in view.listing.columns if "." not in column.path)]
    read = [*names, *(condition.reads if condition else ())]
    try:
        changed = await rewound(work, one, read, at, None if is_own else where)
    except Invalid as error:
        if error.code != "too_far":
            raise
        return msgspec.structs.replace(view, is_rough=not is_own, is_far=True)
    since = _Since(changed, changed)
    if condition is not None and is_own:
        since = _Since(holding(work, one, condition, changed), holding(work, one, condition, changed, now=True))
    was, is_ = {record.id for record in since.then}, {record.id for record in since.now}
    made = await work.aggregate(Aggregate(one.name, where=made_since(where, at)))
    shown_names = [field.name for field in rewindable(work, one, names)]
    either = was | is_
    other = [record for record in changed if record.id in either and _differs(record, shown_names, was, is_)]
    return msgspec.structs.replace(
        view, changes=await _changes(work, one, other[:LISTED], shown_names, was, is_), changed=len(other),
        went=len(was - is_), came=len(is_ - was) + int(made.rows[0]["count"]), is_rough=not is_own,
    )  # fmt: skip


def _is_told(one: Object, path: str) -> bool:
    """Whether the past of a column is known; formulas follow what they are made of."""
    field = one.field(path)
    return field is not None and (field.system or isinstance(field, Formula) or has_past(one, field))


async def list_figures(work: Workspace, one: Object, state: ListState, day: date, fixed: Node | None = None) -> Figures:
    """Count and totals of all pages together."""
    return await past_figures(work, one, _where(state, fixed), day)


def _where(state: ListState, fixed: Node | None) -> Node | None:
    return both(fixed, parse(state.where) if state.where else None) if state.where or fixed is not None else None


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
