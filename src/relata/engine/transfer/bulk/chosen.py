"""The records of an order, page by page: memory for one page, and a keyset, so that the last page costs what the first
one does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from relata.engine.formula import parse
from relata.engine.history.opening import opened
from relata.engine.query.request import Aggregate, Query
from relata.engine.query.request import Order as SortBy
from relata.engine.storage.planner import quoted
from relata.engine.transfer.bulk.order import Order
from relata.engine.workspace.workspace import Workspace

#: What of an undone change the log must tell; what went along with another record comes back with it.
_UNDOABLE = "action in ('changed', 'deleted', 'restored', 'created') and not source ? 'with'"
#: The indexes over the log are for just these; see the tables.
_TRACES = {"bulk": "source ->> 'bulk' = %s", "import": "source ->> 'import' = %s"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """ids: of records, or of rows in the log where an undo reads it. next: where to go on, "" at the end."""

    ids: list[UUID]
    next: str


async def total(work: Workspace, order: Order) -> int:
    """How many records the order is about."""
    key, traced = order.trace
    if key:
        rows = await work.unit.connection.fetch(
            f"select count(distinct record) from {quoted(work.context.schema)}._change"
            f" where {_TRACES[key]} and {_UNDOABLE}",
            (traced,),
        )
        return int(rows[0][0])
    if order.ids is not None:
        return len(order.ids)
    where = parse(order.where) if order.where else None
    return int((await work.aggregate(Aggregate(order.object, where=where, deleted=order.deleted))).rows[0]["count"])


async def page(work: Workspace, order: Order, bulk: UUID, position: str, limit: int) -> Chosen:
    """The next records. bulk: its id bounds the filter's, since ids ascend with time: what was made later is not
    meant."""
    if order.ids is not None:
        start = int(position or 0)
        more = start + limit < len(order.ids)
        return Chosen(list(order.ids[start : start + limit]), str(start + limit) if more else "")
    where = parse(order.where) if order.where else None
    query = Query(order.object, where, (SortBy(("id",)),), ("id",), limit, position, order.deleted)
    found = await work.query(query)
    ids = [row[0] for row in found.rows]
    meant = [one for one in ids if one < bulk]
    return Chosen(meant, found.next if len(meant) == len(ids) else "")


@dataclass(frozen=True, slots=True)
class Undoable:
    """What one record went through in a bulk change: of each field the value before and the one after, as the log
    shows them."""

    object: str
    record: UUID
    action: str
    before: dict[str, Any]
    after: dict[str, Any]


async def undoable(work: Workspace, order: Order, position: str, limit: int) -> tuple[list[Undoable], str]:
    """What is to be undone next, the newest first; and where to go on."""
    key, traced = order.trace
    after = "case when action <> 'created' then after end"  # what was created goes as a whole
    rows = await work.unit.connection.fetch(
        f"select id, object, record, action, before, {after} from {quoted(work.context.schema)}._change"
        f" where {_TRACES[key]} and {_UNDOABLE} and id < %s order by id desc limit %s",
        (traced, int(position or 2**62), limit),
    )
    found: dict[tuple[UUID, str], Undoable] = {}
    read = [
        Undoable(name, record, action, before or {}, after or {}) for _, name, record, action, before, after in rows
    ]
    for older in await opened(work.unit.connection, work.context.schema, work.context.sealer, read):
        name, record, action = older.object, older.record, older.action
        known = found.get((record, action))
        if known is not None:
            older = Undoable(name, record, action, {**known.before, **older.before}, {**older.after, **known.after})
        found[record, action] = older
    return list(found.values()), str(rows[-1][0]) if len(rows) == limit else ""
