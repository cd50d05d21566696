"""Records on a calendar: which of them lie in a month, week or day, as the person's own clock shows them.

Times are wall-clock times of the person's zone. Moving keeps the wall clock: what begins at nine still does when the
clocks were changed in between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from relata.engine.calendars.free_busy import condition as happening_in
from relata.engine.calendars.free_busy import fields_of
from relata.engine.calendars.records import happens, spans_in
from relata.engine.formula import Binary, Call, Literal, Node, Path, all_of, any_of, parse
from relata.engine.metadata.fields import Choice, Date, DateTime, Field
from relata.engine.metadata.object import Object, Recurs
from relata.engine.query.request import MAX_LIMIT, Order, Query
from relata.engine.ui.facts import is_editable
from relata.engine.ui.listing import shows_title, text_of
from relata.engine.ui.values import colour_number, record_href
from relata.engine.workspace.workspace import Workspace
from relata.foundation.clock import Clock
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _

SPANS = ("month", "week", "day", "agenda")
#: Days of an agenda.
AGENDA_DAYS = 30
#: Records of one calendar page; more are said to be left out.
MOST = 2000
#: How long something lasts that has a moment but no end.
USUAL = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class CalendarState:
    """What the address of a calendar says. start, end: fields, empty for the usual ones. fixed: a condition beside the
    person's filter."""

    day: date
    span: str = "month"
    start: str = ""
    end: str = ""
    where: str = ""
    fixed: Node | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One record, or one of a series. at: the moment at which the series has it, "" for what happens once. starts,
    ends: wall-clock times of the person, without a zone; ends is the first moment after it, of whole days the first day
    after it at midnight."""

    id: str
    title: str
    href: str
    starts: datetime
    ends: datetime
    is_all_day: bool
    colour: int = 0
    at: str = ""
    repeats: bool = False

    def is_on(self, day: date) -> bool:
        """Whether any of it is on that day."""
        return self.starts.date() <= day and (self.ends > datetime.combine(day, time()) or self.starts.date() == day)


class CalendarView(msgspec.Struct, frozen=True, kw_only=True):
    """first, last: the days shown. is_complete: False when there are more records than are shown."""

    object: Object
    start: Field
    end: Field | None
    fields: tuple[Field, ...]
    first: date
    last: date
    entries: tuple[Entry, ...]
    is_complete: bool
    is_movable: bool
    is_resizable: bool


def calendar_fields(work: Workspace, one: Object) -> list[Field]:
    """The days and moments of this object that can be laid out, without those that the system writes."""
    return [
        field
        for field in one.fields
        if isinstance(field, (Date, DateTime)) and not field.hidden and work.actor.readable(one, field)
    ]


def chosen_fields(work: Workspace, one: Object, start: str, end: str) -> tuple[Field, Field | None]:
    """Start and end; Invalid for fields that can't be, NotFound for an object without days."""
    known = {field.name: field for field in calendar_fields(work, one)}
    if not known:
        raise NotFound(
            _("%(objects)s have no dates.") % {"objects": one.title_plural},
            code="no_calendar",
            hint=_("Open them as a list."),
        )
    if (start and start not in known) or (end and end != "-" and end not in known):
        raise Invalid(
            _("%(objects)s have no such date.") % {"objects": one.title_plural},
            code="calendar_field",
            field="start" if start else "end",
        )
    usual = next((name for name in known if name.startswith("start")), None) or next(
        (name for name in known if name.startswith(("due", "close"))), next(iter(known))
    )
    first = known[start or usual]
    guess = first.name.replace("start", "end", 1) if "start" in first.name else ""
    last = None if end == "-" else known.get(end or guess)
    if last is not None and (last.name == first.name or last.type_name != first.type_name):
        last = None
    return first, last


def days_of(state: CalendarState, first_weekday: int) -> tuple[date, date]:
    """The first and the last day shown: whole weeks for a month."""
    if state.span == "day":
        return state.day, state.day
    if state.span == "agenda":
        return state.day, state.day + timedelta(days=AGENDA_DAYS - 1)
    begin = state.day if state.span == "week" else state.day.replace(day=1)
    first = begin - timedelta(days=(begin.weekday() - first_weekday) % 7)
    if state.span == "week":
        return first, first + timedelta(days=6)
    following = (begin + timedelta(days=32)).replace(day=1)
    last = following - timedelta(days=1)
    return first, last + timedelta(days=(first_weekday + 6 - last.weekday()) % 7)


def step(state: CalendarState, by: int) -> date:
    """The day that the page before (-1) or after (1) is about."""
    if state.span == "month":
        year, month = divmod(state.day.year * 12 + state.day.month - 1 + by, 12)
        return date(year, month + 1, 1)
    return state.day + timedelta(days=by * {"week": 7, "agenda": AGENDA_DAYS}.get(state.span, 1))


async def calendar(work: Workspace, one: Object, state: CalendarState) -> CalendarView:
    """What lies in the days shown."""
    start, end = chosen_fields(work, one, state.start, state.end)
    state = replace(state, span=state.span if state.span in SPANS else "month")
    first, last = days_of(state, work.clock.first_weekday)
    parts = [parse(state.where)] if state.where else []
    parts += [state.fixed] if state.fixed is not None else []
    recurs = recurring(work, one, start, end)
    here = within(start, end, first, last, work.clock)
    parts.append(here if recurs is None else _happening(recurs, first, last, work))
    coloured = _coloured(work, one)
    title = (one.title_field,) if shows_title(work, one) else ()
    fields = ("id", *title, start.name, *((end.name,) if end else ()), *((coloured.name,) if coloured else ()))
    fields = tuple(dict.fromkeys((*fields, *fields_of(recurs)))) if recurs else fields
    rows, is_complete = await _rows(work, Query(one.name, all_of(parts), (Order((start.name,)),), fields, MAX_LIMIT))
    zone = ZoneInfo(work.clock.zone)
    entries = [_entry(work, one, row, start, end, coloured, zone) for row in rows]
    if recurs is not None:
        spans = [_edge(first, work), _edge(last + timedelta(days=1), work)]
        pairs = zip(rows, entries, strict=True)
        entries = [made for row, entry in pairs for made in _occurrences(recurs, row, entry, spans, zone)]
    return CalendarView(
        object=one, start=start, end=end, fields=tuple(calendar_fields(work, one)), first=first, last=last,
        entries=tuple(entries), is_complete=is_complete,
        is_movable=is_editable(work, one, start) and (end is None or is_editable(work, one, end)),
        is_resizable=end is not None and is_editable(work, one, end),
    )  # fmt: skip


def within(start: Field, end: Field | None, first: date, last: date, clock: Clock) -> Node:
    """The records of which something lies in these days."""
    after = last + timedelta(days=1)
    begins = Path((start.name,))
    low, high = edge(start, first, clock), edge(start, after, clock)
    inside = all_of([Binary(">=", begins, low), Binary("<", begins, high)])
    if end is None:
        return inside
    ends = Path((end.name,))
    reaching = all_of([Binary("<", begins, low), Binary(">=" if isinstance(end, Date) else ">", ends, low)])
    return any_of([inside, reaching])


def edge(field: Field, day: date, clock: Clock) -> Node:
    """The first moment of a day in the person's zone; for a field of days, the day."""
    if isinstance(field, Date):
        return Call("date", (Literal(day.isoformat()),))
    moment = datetime.combine(day, time(), ZoneInfo(clock.zone)).astimezone(UTC)
    return Call("datetime", (Literal(moment.isoformat().replace("+00:00", "Z")),))


def recurring(work: Workspace, one: Object, start: Field, end: Field | None) -> Recurs | None:
    """How records repeat, where these are the fields that say when, and the person may read all that it takes."""
    recurs = one.recurs
    if recurs is None or start.name != recurs.start or end is None or end.name != recurs.end:
        return None
    names = (*fields_of(recurs), recurs.last)
    is_readable = all(work.actor.readable(one, one.all_fields[name]) for name in names)
    return recurs if is_readable else None


def _edge(day: date, work: Workspace) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(work.clock.zone)).astimezone(UTC)


def _happening(recurs: Recurs, first: date, last: date, work: Workspace) -> Node:
    return happening_in(recurs, _edge(first, work), _edge(last + timedelta(days=1), work))


def _occurrences(
    recurs: Recurs, row: dict[str, Any], entry: Entry, spans: list[datetime], zone: ZoneInfo
) -> list[Entry]:
    """The entry as often as it happens in these days; whole days are days of where it is at home."""
    found = happens(recurs, row)
    repeats = found.series.rule is not None or bool(found.series.extra)
    here = ZoneInfo(found.series.zone) if found.of_days else zone
    made = []
    for start, end in spans_in(found, spans[0] - timedelta(days=1 if found.of_days else 0), spans[1]):
        starts, ends = spread(start, end, here)
        at = start.isoformat() if repeats else ""
        made.append(
            msgspec.structs.replace(
                entry, starts=starts, ends=ends, is_all_day=found.of_days, at=at, repeats=repeats,
                href=f"{entry.href}?at={quote(at)}" if at else entry.href,
            )
        )  # fmt: skip
    return made


async def _rows(work: Workspace, query: Query) -> tuple[list[dict[str, Any]], bool]:
    rows: list[dict[str, Any]] = []
    after = ""
    while len(rows) < MOST:
        page = await work.query(replace(query, after=after))
        rows.extend(page.values())
        after = page.next
        if not after:
            return rows, True
    return rows, False


def _coloured(work: Workspace, one: Object) -> Choice | None:
    """The choice whose colour an entry takes: the life-cycle's state, else the first one."""
    names = [one.lifecycle.field] if one.lifecycle else []
    choices = [one.field(name) for name in names] + [field for field in one.fields if isinstance(field, Choice)]
    return next((one_ for one_ in choices if isinstance(one_, Choice) and work.actor.readable(one, one_)), None)


def _entry(
    work: Workspace, one: Object, row: dict[str, Any], start: Field, end: Field | None, coloured: Choice | None,
    zone: ZoneInfo,
) -> Entry:  # fmt: skip
    starts, ends = spread(row[start.name], row[end.name] if end else None, zone)
    option = coloured.option(row[coloured.name]) if coloured and row[coloured.name] else None
    return Entry(
        id=str(row["id"]),
        title=text_of(one.all_fields[one.title_field], row.get(one.title_field)) or _("Untitled"),
        href=record_href(work.registry, one.name, row["id"]),
        starts=starts, ends=ends, is_all_day=not isinstance(row[start.name], datetime),
        colour=colour_number(option.colour) if option else 0,
    )  # fmt: skip


def spread(start: date | datetime, end: date | datetime | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Wall-clock start, and the first wall-clock moment after it. An end before the start counts as none."""
    if isinstance(start, datetime):
        starts = start.astimezone(zone).replace(tzinfo=None)
        ends = end.astimezone(zone).replace(tzinfo=None) if isinstance(end, datetime) else starts + USUAL
        return starts, ends if ends > starts else starts + USUAL
    last = end if end is not None and end > start else start
    return datetime.combine(start, time()), datetime.combine(last + timedelta(days=1), time())


async def move_entry(
    work: Workspace, one: Object, record_id: UUID, *, start: str, end: str, to: datetime | None, until: datetime | None
) -> None:
    """Give a record another start (to), and with it the end, or another end (until); wall-clock times of the person.

    Invalid where it would end before it starts."""
    first, last = chosen_fields(work, one, start, end)
    record = await work.get(one.name, record_id)
    before, after = record[first.name], record[last.name] if last else None
    if before is None:
        raise Invalid(_("%(field)s is empty.") % {"field": first.title}, code="calendar_move", field=first.name)
    zone = ZoneInfo(work.clock.zone)
    if one.recurs is not None and one.recurs.all_day and record[one.recurs.all_day] and one.recurs.zone:
        zone = ZoneInfo(record[one.recurs.zone] or work.clock.zone)
    values: dict[str, Any] = {}
    if to is not None:
        values[first.name] = placed(before, to, zone)
        if last is not None and after is not None:
            values[last.name] = placed(after, wall(after, zone) + (_kept(before, to) - wall(before, zone)), zone)
    elif until is not None and last is not None:
        shown = until - timedelta(days=1) if not isinstance(before, datetime) else until
        if shown < wall(before, zone):
            raise Invalid(
                _("%(field)s can't end before it starts.") % {"field": one.title}, code="calendar_move", field=last.name
            )
        values[last.name] = placed(before, shown, zone)
    await work.change(record, values)


async def move_one(
    work: Workspace, one: Object, record_id: UUID, at: str, scope: str, *, to: datetime | None, until: datetime | None
) -> None:
    """Move one of a series by the action that its object names; wall-clock times of the person, `at` a moment."""
    action = work.action(one.name, one.recurs.move if one.recurs else "")
    zone = ZoneInfo(work.clock.zone)
    values: dict[str, Any] = {one.name: record_id, "at": at, "scope": scope}
    values |= {
        name: shown.replace(tzinfo=zone).astimezone(UTC) for name, shown in (("to", to), ("until", until)) if shown
    }
    try:
        command = msgspec.convert(values, action.command, strict=False)
    except msgspec.ValidationError:
        hint = _("Open it, and change it there.")
        raise Invalid(_("This can't be moved."), code="calendar_move", hint=hint) from None
    await work.run(command)


def wall(value: date | datetime, zone: ZoneInfo) -> datetime:
    """What the person's clock shows; midnight of a day."""
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None)
    return datetime.combine(value, time())


def placed(like: date | datetime, shown: datetime, zone: ZoneInfo) -> date | datetime:
    """A wall-clock time as the field's kind of value. A time that the clocks skip becomes the one an hour later."""
    return shown.replace(tzinfo=zone).astimezone(UTC) if isinstance(like, datetime) else shown.date()


def _kept(before: date | datetime, to: datetime) -> datetime:
    return to if isinstance(before, datetime) else datetime.combine(to.date(), time())
