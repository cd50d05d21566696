"""Who is busy when. Times are everybody's to know, so that meetings can be planned; what it is about is shown only to
who sees the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from relata.engine.calendars.records import spans_of
from relata.engine.formula import Binary, Call, Items, Literal, Node, Not, Path, all_of, any_of, parse
from relata.engine.metadata.fields import Links
from relata.engine.metadata.object import Object, Recurs
from relata.engine.query.request import Order, Query
from relata.engine.workspace.workspace import Workspace

#: More happens in no calendar that is shown.
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Busy:
    """record: what keeps somebody busy; not to be shown to who can't see it."""

    starts: datetime
    ends: datetime
    record: UUID


async def busy(
    work: Workspace, object_name: str, who: Sequence[UUID], first: datetime, until: datetime
) -> dict[UUID, list[Busy]]:
    """The spans in [first, until) in which each of these people or things is busy, in order. Read with every right."""
    one = work.registry.get(object_name)
    recurs = one.recurs
    found: dict[UUID, list[Busy]] = {key: [] for key in who}
    if recurs is None or not who:
        return found
    everything = work.as_system()
    parts = [condition(recurs, first, until), _keeps_busy(one, recurs, who)]
    if recurs.free:
        parts.append(Not(Binary("=", Path((recurs.free,)), Literal(True))))
    if recurs.over:
        parts.append(Not(parse(recurs.over)))
    fields = ("id", *fields_of(recurs), *recurs.busy)
    for row in await rows_of(everything, Query(one.name, all_of(parts), (Order(("id",)),), fields)):
        keeps = {key for name in recurs.busy for key in _ids(row[name]) if key in found}
        for starts, ends in spans_of(recurs, row, first, until) if keeps else ():
            span = Busy(starts, ends, row["id"])
            for key in keeps:
                found[key].append(span)
    for spans in found.values():
        spans.sort(key=_in_order)
    return found


def fields_of(recurs: Recurs) -> tuple[str, ...]:
    """What must be read to know when something happens."""
    names = (recurs.start, recurs.end, recurs.rule, recurs.zone, recurs.skipped, recurs.extra, recurs.all_day)
    return tuple(name for name in names if name)


def condition(recurs: Recurs, first: datetime, until: datetime) -> Node:
    """Everything that may happen in [first, until): what happens once then, and series that have begun and go on."""
    begins, ends, rule, last = (Path((name,)) for name in (recurs.start, recurs.end, recurs.rule, recurs.last))
    low, high = moment(first), moment(until)
    inside = all_of([Binary(">=", begins, low), Binary("<", begins, high)])
    reaching = all_of([Binary("<", begins, low), Binary(">", ends, low)])
    counted = all_of([Binary("<", begins, high), Binary(">", last, low)])
    endless = all_of([Binary("<", begins, high), Not(Call("empty", (rule,))), Call("empty", (last,))])
    return any_of([inside, reaching, counted, endless])


def moment(value: datetime) -> Node:
    """A moment as the language writes it."""
    return Call("datetime", (Literal(value.astimezone(UTC).isoformat().replace("+00:00", "Z")),))


async def rows_of(work: Workspace, query: Query) -> list[dict[str, Any]]:
    """All rows in one statement, up to what no calendar shows."""
    return (await work.query(replace(query, limit=_MOST), most=_MOST)).values()


_in_order = attrgetter("starts", "ends")


def _keeps_busy(one: Object, recurs: Recurs, who: Sequence[UUID]) -> Node:
    keys = Items(tuple(Literal(str(key)) for key in who))
    return any_of(
        [
            Call("exists", (Path((name,)), Binary("in", Path(("id",)), keys)))
            if isinstance(one.field(name), Links)
            else Binary("in", Path((name,)), keys)
            for name in recurs.busy
        ]
    )


def _ids(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, (list, tuple)) else (value,)
