"""A person's events as a calendar that other programs read: exactly what the person may see, and is part of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from relata.engine.calendars.free_busy import condition, fields_of, rows_of
from relata.engine.calendars.item import Item
from relata.engine.calendars.records import USUAL
from relata.engine.calendars.writing import write_calendar
from relata.engine.formula import Binary, Call, Literal, Node, Path, all_of, any_of, parse
from relata.engine.metadata.fields import Entry, Link, Links
from relata.engine.metadata.object import Object, Recurs
from relata.engine.query.request import Order, Query
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound

#: The scope of a key that opens such a calendar, and nothing else.
SCOPE = "calendar_feed:read"
#: How far a calendar goes back, and ahead for what happens once.
BACK, AHEAD = timedelta(days=180), timedelta(days=1100)


async def feed(work: Workspace, object_name: str) -> bytes:
    """The calendar of the actor."""
    one = work.registry.get(object_name)
    if one.recurs is None or work.actor.user is None:
        raise NotFound("There is no such calendar.", code="no_calendar")
    work.readable_object(one.name)
    now = work.clock.now
    where = all_of([condition(one.recurs, now - BACK, now + AHEAD), _of_person(one, one.recurs, work.actor.user)])
    items = await items_where(work, one, where)
    return write_calendar(items, now=now, name=f"{work.settings.name}: {one.title_plural}")


async def items_where(work: Workspace, one: Object, where: Node, *, deleted: bool = False) -> list[Item]:
    """The records as events; fields that the actor may not read are left out."""
    recurs = one.recurs
    assert recurs is not None
    told = (recurs.uid, recurs.sequence, recurs.series, recurs.original, recurs.place, recurs.text, recurs.link)
    names = dict.fromkeys(("id", one.title_field, *fields_of(recurs), recurs.free, *told, "changed_at"))
    fields = tuple(name for name in names if name and _is_readable(work, one, name))
    rows = await rows_of(work, Query(one.name, where, (Order((recurs.start,)),), fields, 500, deleted=deleted))
    over = set()
    if recurs.over:
        ended = all_of([where, parse(recurs.over)])
        found = await rows_of(work, Query(one.name, ended, (), ("id",), 500, deleted=deleted))
        over = {row["id"] for row in found}
    return list(_with_series(recurs, [(row, _item(one, recurs, row, row["id"] in over)) for row in rows]))


def _with_series(recurs: Recurs, pairs: list[tuple[dict[str, Any], Item]]) -> Iterable[Item]:
    """One of a series that is otherwise is told as such; what the series leaves out for it is not left out as well."""
    by_series: dict[str, set[datetime]] = {}
    for row, item in pairs:
        if item.original is not None:
            by_series.setdefault(str(row.get(recurs.series)), set()).add(item.original)
    for row, item in pairs:
        own = by_series.get(str(row["id"]), set())
        yield replace(item, skipped=tuple(one for one in item.skipped if one not in own)) if own else item


def _is_readable(work: Workspace, one: Object, name: str) -> bool:
    return name == "id" or work.actor.readable(one, one.all_fields[name])


def _item(one: Object, recurs: Recurs, row: dict[str, Any], is_over: bool) -> Item:
    starts, ends = row[recurs.start], row.get(recurs.end)
    series = row.get(recurs.series)
    original = row.get(recurs.original) if series else None
    return Item(
        uid=str(row.get(recurs.uid) or f"{row['id']}@relata"), subject=str(row.get(one.title_field) or one.title),
        starts=starts, ends=ends if isinstance(ends, datetime) and ends >= starts else starts + USUAL,
        zone=row.get(recurs.zone) or "UTC", is_all_day=bool(row.get(recurs.all_day)), rule=row.get(recurs.rule) or "",
        skipped=_moments(row.get(recurs.skipped)), extra=_moments(row.get(recurs.extra)),
        original=original if isinstance(original, datetime) else None, sequence=int(row.get(recurs.sequence) or 0),
        status="cancelled" if is_over else "planned", location=str(row.get(recurs.place) or ""),
        description=str(row.get(recurs.text) or ""), link=_first(row.get(recurs.link)),
        changed=row.get("changed_at"), is_free=bool(row.get(recurs.free)),
    )  # fmt: skip


def _moments(stored: Any) -> tuple[datetime, ...]:
    return tuple(datetime.fromisoformat(one) for one in stored) if isinstance(stored, (list, tuple)) else ()


def _first(value: Any) -> str:
    found = value[0] if isinstance(value, (list, tuple)) and value else value
    if isinstance(found, Entry):
        return found.value
    return str(found.get("value") or "") if isinstance(found, dict) else str(found or "")


def _of_person(one: Object, recurs: Recurs, person: UUID) -> Node:
    """What keeps the person busy, or would."""
    key = Literal(str(person))
    parts: list[Node] = []
    for name in recurs.busy:
        field = one.field(name)
        if isinstance(field, Links) and field.to == "user":
            parts.append(Call("exists", (Path((name,)), Binary("=", Path(("id",)), key))))
        elif isinstance(field, Link) and field.to == "user":
            parts.append(Binary("=", Path((name,)), key))
    return any_of(parts)
