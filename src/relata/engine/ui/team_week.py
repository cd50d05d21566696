"""Who is busy when in a week: a row for each person, what it is only for who may see it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from relata.engine.calendars.free_busy import Busy, busy
from relata.engine.metadata.object import Object
from relata.engine.ui.values import record_href
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound

#: Rows of one page.
MOST = 40


class BusySpan(msgspec.Struct, frozen=True, kw_only=True):
    """starts, ends: wall-clock times of the reader, within the day. title, href: "" for what the reader can't see."""

    starts: datetime
    ends: datetime
    title: str
    href: str
    is_whole: bool


class BusyRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, or a room, and their days."""

    id: str
    name: str
    is_person: bool
    days: tuple[tuple[BusySpan, ...], ...]


async def team_week(
    work: Workspace, one: Object, first: date, *, days: int = 7, team: UUID | None = None
) -> list[BusyRow]:
    """The people of a team (the reader's own without one, everybody without any), and what may be booked."""
    if one.recurs is None or not one.recurs.busy:
        raise NotFound("There is no such page.", code="no_calendar")
    work.readable_object(one.name)
    people = await _people(work, team or work.actor.main_team, is_asked=team is not None)
    things = await _things(work, one)
    zone = ZoneInfo(work.clock.zone)
    begin = datetime.combine(first, time(), zone).astimezone(UTC)
    until = datetime.combine(first + timedelta(days=days), time(), zone).astimezone(UTC)
    found = await busy(work, one.name, [record.id for record in (*people, *things)], begin, until)
    records = {span.record for spans in found.values() for span in spans}
    titles = await titles_of(work.unit, {one.name: records}) if records else {}
    rows = []
    for record in (*people, *things):
        spans = [_span(work, one, span, titles, zone) for span in found[record.id]]
        rows.append(
            BusyRow(
                id=str(record.id), name=record.title, is_person=record.object.name == "user",
                days=tuple(_on(spans, first + timedelta(days=at)) for at in range(days)),
            )
        )  # fmt: skip
    return rows


async def _people(work: Workspace, team: UUID | None, *, is_asked: bool) -> list[Record]:
    """The team's; everybody where there is none, or where the reader's own has nobody else in it."""
    where = 'status = "active" and is_external = false'
    if team is not None:
        found = await work.find("user", where, team=team, order="name", limit=MOST)
        if len(found) > 1 or (is_asked and found):
            return found
    return await work.find("user", where, order="name", limit=MOST)


def bookable(work: Workspace, one: Object) -> list[Object]:
    """What is kept busy and is no person, such as rooms; as far as the reader sees any."""
    assert one.recurs is not None
    names = {getattr(one.field(name), "to", "user") for name in one.recurs.busy} - {"user"}
    known = [work.registry.get(name) for name in sorted(names)]
    return [each for each in known if work.actor.rights.level(each, "read")]


async def _things(work: Workspace, one: Object) -> list[Record]:
    found: list[Record] = []
    for each in bookable(work, one):
        found += await work.find(each.name, order=each.title_field, limit=MOST)
    return found


def _span(work: Workspace, one: Object, span: Busy, titles: dict[tuple[str, UUID], str], zone: ZoneInfo) -> BusySpan:
    title = titles.get((one.name, span.record), "")
    return BusySpan(
        starts=span.starts.astimezone(zone).replace(tzinfo=None), ends=span.ends.astimezone(zone).replace(tzinfo=None),
        title=title, href=record_href(work.registry, one.name, span.record) if title else "", is_whole=False,
    )  # fmt: skip


def _on(spans: list[BusySpan], day: date) -> tuple[BusySpan, ...]:
    """What lies on a day, cut to it."""
    begin = datetime.combine(day, time())
    end = begin + timedelta(days=1)
    return tuple(
        msgspec.structs.replace(
            one, starts=max(one.starts, begin), ends=min(one.ends, end),
            is_whole=one.starts <= begin and one.ends >= end,
        )
        for one in spans
        if one.starts < end and one.ends > begin
    )  # fmt: skip
