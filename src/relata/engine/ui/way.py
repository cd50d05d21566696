"""The way that a record goes: what orders the columns of its object's board, such as the stages of its pipeline."""

from __future__ import annotations

from uuid import UUID

import msgspec

from relata.engine.formula import Binary, Literal, Node, Path, all_of, parse
from relata.engine.metadata.fields import Link
from relata.engine.metadata.layout import Board
from relata.engine.metadata.object import Object
from relata.engine.query.request import Query, parse_order
from relata.engine.ui.facts import is_editable
from relata.engine.ui.listing import text_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

#: More steps than a person takes in.
MOST = 24


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """state: done, current or ahead."""

    id: str
    label: str
    state: str


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """field: what a move along it writes. is_open: whether this person may move the record."""

    field: str
    label: str
    steps: tuple[Step, ...]
    is_open: bool


async def way_of(work: Workspace, record: Record, *, may_change: bool) -> Way | None:
    """None for objects whose board has no order, and for a record that is nowhere on it."""
    one, board = record.object, work.layout(record.object.name).board
    by = one.field(board.by) if board is not None else None
    if board is None or not board.order or not isinstance(by, Link) or record[by.name] is None:
        return None
    target = work.registry.get(by.to)
    if not work.actor.readable(one, by) or not work.actor.rights.level(target, "read"):
        return None
    within, condition = one.field(board.within) if board.within else None, None
    if isinstance(within, Link):
        own = next((found for found in target.fields if isinstance(found, Link) and found.to == within.to), None)
        if own is not None and record[within.name] is not None:
            condition = Binary("=", Path((own.name,)), Literal(str(record[within.name])))
    query = Query(target.name, condition, parse_order(board.order), ("id", target.title_field), MOST)
    rows = (await work.query(query)).values()
    ends = await _ends(work, target, board, condition)
    if record[by.name] in ends:
        rows = [row for row in rows if row["id"] not in ends or row["id"] == record[by.name]]
    at = next((number for number, row in enumerate(rows) if row["id"] == record[by.name]), None)
    if at is None:
        return None
    title = target.all_fields[target.title_field]
    steps = tuple(
        Step(
            id=str(row["id"]),
            label=text_of(title, row[target.title_field]),
            state="current" if number == at else "done" if number < at else "ahead",
        )
        for number, row in enumerate(rows)
    )
    return Way(field=by.name, label=by.title, steps=steps, is_open=may_change and is_editable(work, one, by))


async def _ends(work: Workspace, target: Object, board: Board, condition: Node | None) -> set[UUID]:
    """Where the way ends."""
    if not board.ends:
        return set()
    parts = [parse(board.ends), *([condition] if condition is not None else [])]
    found = await work.query(Query(target.name, all_of(parts), (), ("id",), MOST))
    return {row["id"] for row in found.values()}
