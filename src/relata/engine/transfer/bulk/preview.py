"""What a bulk change would do, found out by doing it to the first records and rolling it back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, NoReturn, TypeVar
from uuid import UUID

from relata.engine.history.entries import Entry, entry_of
from relata.engine.history.opening import opened
from relata.engine.storage.planner import quoted
from relata.engine.transfer.bulk import chosen
from relata.engine.transfer.bulk.applying import Done, apply
from relata.engine.transfer.bulk.order import Order, check
from relata.engine.transfer.bulk.running import chunk_size
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.workspace import Workspace
from relata.foundation.ids import new_id

T = TypeVar("T")
#: How many records are shown before and after.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Preview(Generic[T]):
    """total: all records. looked: those that were tried; their counts and remarks are exact. seen: what `look` made of
    the first changes."""

    total: int
    looked: int
    done: Done
    seen: T


#: Makes something of the changes while they are there: entries of the log.
Look = Callable[[Workspace, list[Entry]], Awaitable[T]]


class _RolledBack(Exception, Generic[T]):
    def __init__(self, preview: Preview[T]) -> None:
        self.preview = preview


async def preview(door: Door, key: str, who: Who, order: Order, look: Look[T]) -> Preview[T]:
    """Try the first chunk and keep nothing. Raises Denied, Invalid as beginning it would."""

    async def attempt(work: Workspace) -> NoReturn:
        check(work, order)
        total, probe = await chosen.total(work, order), new_id()
        found = await chosen.page(work, order, probe, "", chunk_size(order))
        work.unit.actor = work.unit.actor.through("bulk", bulk=str(probe))
        done = await apply(work, order, found.ids)
        seen = await look(work, await _changes(work, order, probe))
        raise _RolledBack(Preview(total, len(found.ids), done, seen))

    try:
        await door.run(key, who, attempt, via="bulk")
    except _RolledBack as ended:
        return ended.preview
    raise AssertionError("unreachable")


async def _changes(work: Workspace, order: Order, probe: UUID) -> list[Entry]:
    """The first changes, without the values of fields that the person may not read."""
    rows = await work.unit.connection.fetch(
        "select id, object, record, action, at, actor, via, source, before, after"
        f" from {quoted(work.context.schema)}._change where source ->> 'bulk' = %s and object = %s"
        " and action in ('changed', 'deleted', 'restored') order by id limit %s",
        (str(probe), order.object, SHOWN),
    )
    found = [entry_of(row) for row in rows]
    found = await opened(work.unit.connection, work.context.schema, work.context.sealer, found)
    return [work.without_hidden(work.registry.get(order.object), entry) for entry in found]
