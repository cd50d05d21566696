"""A list in groups: by a choice, a link, a person, yes or no, or the month of a day. Groups and their figures are one
statement; the records of a group are a list like any other, with one condition more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Call, Literal, Node, Path, all_of, parse
from relata.engine.metadata.fields import Boolean, Choice, Date, DateTime, Field, Link
from relata.engine.metadata.object import Object
from relata.engine.query.request import MAX_LIMIT, Aggregate, Group, Measure, Query, parse_order
from relata.engine.query.scope import FieldScope
from relata.engine.ui.columns import find
from relata.engine.ui.feet import Figure, empty, equal, feet_of_groups
from relata.engine.ui.listing import ListState
from relata.engine.ui.values import Item, colour_number
from relata.engine.ui.views import ViewColumn
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _

MOST = 200
#: What stands for the records without a value.
NOTHING = "none"


class RecordGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One group. key: stands for it in addresses. kind: choice, link, boolean or month. value: what that kind shows,
    None for the records without one. figures: those that the columns ask for, as far as groups have them."""

    key: str
    kind: str
    value: Any
    count: int
    figures: tuple[Figure, ...] = ()


async def groups(
    work: Workspace,
    one: Object,
    state: ListState,
    path: str,
    fixed: Node | None = None,
    columns: Sequence[ViewColumn] = (),
) -> tuple[list[RecordGroup], bool]:
    """The groups in their order, and whether there are more than are told. Invalid for a field that groups nothing."""
    field = grouping_field(work, one, path)
    group = _group(field, path)
    parts = [found for found in (fixed, parse(state.where) if state.where else None) if found is not None]
    where = all_of(parts) if parts else None
    found = await work.aggregate(Aggregate(one.name, (Measure("count"),), (group,), where, MOST, state.deleted))
    counts = [(row[group.name], row["count"]) for row in found.rows]
    figures = await feet_of_groups(work, one, state, columns, group, where)
    named = await _named(work, one, path, field, counts)
    told = (
        [msgspec.structs.replace(found, figures=tuple(figures.get(_raw(found), ()))) for found in named]
        if figures
        else named
    )
    return told, not found.complete


def _raw(group: RecordGroup) -> str:
    """The group's value as an aggregate gives it, as text."""
    return {NOTHING: _("None"), "yes": _("True"), "no": _("False")}.get(group.key, group.key)


def grouping_field(work: Workspace, one: Object, path: str) -> Field:
    """The field at the end of the path; Invalid for one that is gone, hidden, or groups nothing."""
    found = find(FieldScope(work.registry, one, work.actor), tuple(path.split(".")))
    if found is None or found.part or not isinstance(found.field, (Choice, Link, Boolean, Date, DateTime)):
        raise Invalid(
            _("Records can't be grouped by this field."),
            code="not_groupable",
            field="group",
            hint=_("Choose a choice, link, person, day, or yes and no."),
        )
    return found.field


def _group(field: Field, path: str) -> Group:
    return Group(path, "month") if isinstance(field, (Date, DateTime)) else Group(path)


async def _named(
    work: Workspace, one: Object, path: str, field: Field, counts: list[tuple[Any, int]]
) -> list[RecordGroup]:
    if isinstance(field, Link):
        ids = {UUID(str(value)) for value, _ in counts if value is not None}
        titles = await titles_of(work.unit, {field.to: ids})
        named = [
            (titles.get((field.to, UUID(str(value))), "") if value else "", value, count) for value, count in counts
        ]
        places = await _places(work, one, path, field)
        named.sort(key=lambda one: (one[1] is None, places.get(str(one[1]), len(places)), one[0].casefold()))
        shape = "person" if field.to == "user" else ""
        return [
            RecordGroup(
                key=str(value) if value else NOTHING,
                kind="link",
                count=count,
                value=Item(value=str(value), label=label or _("Not visible to you"), shape=shape) if value else None,
            )
            for label, value, count in named
        ]
    if isinstance(field, Choice):
        places = {option.value: place for place, option in enumerate(field.options)}
        counts = sorted(counts, key=lambda found: (found[0] is None, places.get(found[0], len(places))))
        return [
            RecordGroup(key=value or NOTHING, kind="choice", value=_option(field, value), count=count)
            for value, count in counts
        ]
    if isinstance(field, Boolean):
        counts = sorted(counts, key=lambda one: (one[0] is None, not one[0]))
        keys = {True: "yes", False: "no", None: NOTHING}
        return [RecordGroup(key=keys[value], kind="boolean", value=value, count=count) for value, count in counts]
    months = [(date.fromisoformat(str(value)[:10]) if value else None, count) for value, count in counts]
    months.sort(key=lambda one: (one[0] is None, -(one[0].toordinal() if one[0] else 0)))
    return [
        RecordGroup(key=day.isoformat() if day else NOTHING, kind="month", value=day, count=count)
        for day, count in months
    ]


async def _places(work: Workspace, one: Object, path: str, field: Link) -> dict[str, int]:
    """The order of what is linked to, where it has one of its own, such as the stages of a pipeline."""
    target = work.registry.get(field.to)
    board = work.layout(one.name).board
    order = board.order if board and board.by == path else work.layout(field.to).order
    if not target.reference or not order or field.to == "user":
        return {}
    page = await work.query(Query(field.to, order=parse_order(order), fields=("id",), limit=MAX_LIMIT))
    return {str(row[0]): place for place, row in enumerate(page.rows)}


def _option(field: Choice, value: str | None) -> Item | None:
    if value is None:
        return None
    option = field.option(value)
    return Item(
        value=value, label=option.title if option else value, colour=colour_number(option.colour if option else "")
    )


def condition(work: Workspace, one: Object, path: str, key: str) -> Node:
    """The condition of one group. NotFound for a key that stands for none."""
    field = grouping_field(work, one, path)
    if key == NOTHING:
        return empty(path) if not isinstance(field, Boolean) else Binary("=", _path(path), Literal(None))
    if isinstance(field, Boolean):
        if key not in ("yes", "no"):
            raise _no_group()
        return equal(path, key == "yes")
    if not isinstance(field, (Date, DateTime)):
        return equal(path, key)
    try:
        first = date.fromisoformat(key).replace(day=1)
        after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    except ValueError:
        raise _no_group() from None
    return all_of([_compared(path, ">=", first), _compared(path, "<", after)])


def _no_group() -> NotFound:
    return NotFound(_("There is no such group."), code="unknown_group", hint=_("Load the list again."))


def _path(path: str) -> Path:
    return Path(tuple(path.split(".")))


def _compared(path: str, operator: str, day: date) -> Node:
    return Binary(operator, _path(path), Call("date", (Literal(day.isoformat()),)))
