"""What people do on a board: move a card, put it in order by hand, limit a column, fold one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from relata.engine.formula import Binary, Items, Literal, Path
from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.ui.board_lanes import divider
from relata.engine.ui.board_objects import BOARD_COLUMN, FOLDED_COLUMN, NOTHING
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid
from relata.foundation.i18n import gettext as _


async def move_card(
    work: Workspace, one: Object, by: str, card: UUID, column: str, places: Sequence[UUID] | None
) -> tuple[str, str]:
    """Give the card the column's value, and remember where it stands. places: the column's cards from the top down to
    this one; None where the board is sorted by a field. Answers the columns that it left and came to. What a rule or
    the life-cycle refuses is raised as everywhere."""
    field = divider(work, one, by)
    record = await work.get(one.name, card)
    before = _value_of(record, field)
    if before != column:
        if field.required and column == NOTHING:
            raise Invalid(_("%(field)s can't be empty.") % {"field": field.title}, code="required", field=field.name)
        await work.change(record, {field.name: None if column == NOTHING else column})
    elif not await work.may(record, "change"):
        raise Denied(_("You may not move this %(noun)s.") % {"noun": one.noun}, code="denied_change")
    if places:
        await _remember(work, one, field, column, places[:MAX_LIMIT])
    return before, column


async def move_row(work: Workspace, one: Object, field: Field, card: UUID, row: str) -> None:
    """Give the card the row's value. row: "" leaves it where it is."""
    record = await work.get(one.name, card)
    if row and _value_of(record, field) != row:
        await work.change(record, {field.name: None if row == NOTHING else row})


async def limit_column(work: Workspace, one: Object, by: str, column: str, limit: int | None) -> None:
    """How many cards the column should hold at most; None for any number. For those who may configure boards."""
    field = divider(work, one, by)
    known = await _agreed(work, one, field, column)
    if known is not None:
        await work.change(known, {"limit": limit})
    elif limit is not None:
        await work.create(BOARD_COLUMN.name, {**_named(one, field, column), "limit": limit})


async def fold_column(work: Workspace, one: Object, by: str, column: str, *, is_folded: bool) -> None:
    """Fold or unfold a column, for this person alone."""
    named: dict[str, Any] = {**_named(one, divider(work, one, by), column)}
    known = await work.find(FOLDED_COLUMN.name, owner=work.actor.user, **named)
    if is_folded and not known:
        await work.create(FOLDED_COLUMN.name, named)
    elif not is_folded:
        for record in known:
            await work.delete(record)


async def limit_of(work: Workspace, one: Object, by: str, column: str) -> int | None:
    """The column's limit."""
    known = await _agreed(work, one, divider(work, one, by), column)
    return None if known is None else known["limit"]


async def _remember(work: Workspace, one: Object, field: Field, column: str, places: Sequence[UUID]) -> None:
    """The order is everyone's and follows from the right to move cards, so it is written with the system's right; only
    cards that this person sees can be put into it."""
    named = Binary("in", Path(("id",)), Items(tuple(Literal(str(place)) for place in places)))
    page = await work.query(Query(one.name, named, (), ("id",), MAX_LIMIT))
    visible = {row[0] for row in page.rows}
    await work.lock(f"board:{one.name}:{field.name}:{column}")
    system = work.as_system()
    known = await _agreed(system, one, field, column)
    wanted = [str(place) for place in dict.fromkeys(places) if place in visible]
    older: list[str] = [place for place in (known["places"] or () if known else ()) if place not in wanted]
    values: dict[str, Any] = {"places": [*wanted, *older][:MAX_LIMIT]}
    if known is not None:
        await system.change(known, values)
    else:
        await system.create(BOARD_COLUMN.name, {**_named(one, field, column), **values})


async def _agreed(work: Workspace, one: Object, field: Field, column: str) -> Record | None:
    return await work.first(BOARD_COLUMN.name, **_named(one, field, column))


def _named(one: Object, field: Field, column: str) -> dict[str, str]:
    return {"object": one.name, "by": field.name, "value": column[:80]}


def _value_of(record: Record, field: Field) -> str:
    value = record[field.name]
    return NOTHING if value is None else str(value)
