"""A board in rows: one for each person, team, account or choice, each with the board's columns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from relata.engine.formula import all_of
from relata.engine.metadata.fields import Choice, Field, Link
from relata.engine.metadata.object import Object
from relata.engine.query.request import Aggregate, Group
from relata.engine.ui.board import BoardState, BoardView, board, ground
from relata.engine.ui.board_lanes import column_condition, dividers
from relata.engine.ui.board_objects import NOTHING
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: Rows of one board; those with the most records.
MOST = 12


class Swimlane(msgspec.Struct, frozen=True, kw_only=True):
    """A row. id: the value of the field, `-` for none."""

    id: str
    label: str
    count: int
    view: BoardView


class Swimlanes(msgspec.Struct, frozen=True, kw_only=True):
    """left: how many rows there would be beside the shown ones."""

    by: Field
    rows: tuple[Swimlane, ...]
    left: int
    choices: tuple[Field, ...]


def row_field(work: Workspace, one: Object, name: str, by: str) -> Field:
    """Invalid for a field that can't make rows beside these columns."""
    found = next((field for field in dividers(work, one) if field.name == name and name != by), None)
    if found is None:
        raise Invalid(_("Rows can't be made by %(field)s.") % {"field": name[:60]}, code="board_rows", field="rows")
    return found


async def swimlanes(work: Workspace, one: Object, state: BoardState, rows: str) -> Swimlanes:
    """The board in rows by a field."""
    base = await ground(work, one, state)
    field = row_field(work, one, rows, base.field.name)
    asked = Aggregate(one.name, group_by=(Group(field.name),), where=base.condition, limit=500)
    groups = (await work.aggregate(asked)).rows
    counts = {NOTHING if row[field.name] is None else str(row[field.name]): int(row["count"]) for row in groups}
    ordered = sorted(counts, key=lambda value: (value == NOTHING, -counts[value]))
    labels = await _labels(work, field, [row[field.name] for row in groups if row[field.name] is not None])
    found = []
    for value in ordered[:MOST]:
        condition = column_condition(field, value)
        fixed = all_of([state.fixed, condition]) if state.fixed is not None else condition
        view = await board(work, one, replace(state, fixed=fixed))
        label = labels.get(value) or _("No %(field)s") % {"field": field.noun}
        found.append(Swimlane(id=value, label=label, count=counts[value], view=view))
    choices = tuple(one_ for one_ in dividers(work, one) if one_.name != base.field.name)
    return Swimlanes(by=field, rows=tuple(found), left=max(0, len(ordered) - MOST), choices=choices)


async def _labels(work: Workspace, field: Field, values: list[Any]) -> dict[str, str]:
    if isinstance(field, Choice):
        return {option.value: option.title for option in field.options}
    assert isinstance(field, Link)
    titles = await titles_of(work.unit, {field.to: set(values)}) if values else {}
    return {str(key): title for (_name, key), title in titles.items()}
