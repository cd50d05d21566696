"""The calendar of any object with days or moments: month, week and day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.fields import DateTime
from relata.engine.metadata.object import Object
from relata.engine.ui.calendar import (
    SPANS,
    CalendarState,
    CalendarView,
    Entry,
    calendar,
    chosen_fields,
    move_entry,
    move_one,
    step,
)
from relata.engine.ui.making import may_make
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.view_values import Shell
from relata.interfaces.web.asked import Asked, FilterBar, asked, filter_bar, switches
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, formatter, record_id, redirect
from relata.interfaces.web.view_bar import Switch

#: Entries in one day of a month; the rest is behind "+3 more".
SHOWN = 3


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One entry on one day. start, minutes: where it stands in the day's column, in minutes; continues: it began on an
    earlier day. at: which of a series; until: when it ends, in words."""

    id: str
    title: str
    href: str
    time: str
    colour: int
    start: int
    minutes: int
    lane: int = 0
    lanes: int = 1
    continues: bool = False
    day: str = ""
    at: str = ""
    repeats: bool = False
    until: str = ""


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """One day. more: how many entries do not fit; href: its own page. whole: entries of the whole day."""

    day: str
    number: str
    label: str
    full: str
    href: str
    new: str
    is_today: bool
    is_outside: bool
    shown: tuple[Shown, ...]
    whole: tuple[Shown, ...]
    timed: tuple[Shown, ...]
    more: int


class CalendarPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a calendar."""

    shell: Shell | None
    title: str
    icon: str
    path: str
    query: str
    heading: str
    span: str
    days: tuple[Day, ...]
    weekdays: tuple[str, ...]
    hours: tuple[str, ...]
    views: tuple[Switch, ...]
    spans: tuple[Switch, ...]
    starts: tuple[Switch, ...]
    start_label: str
    bar: FilterBar
    previous: str
    next: str
    today: str
    can_create: bool
    is_timed: bool
    is_movable: bool
    is_resizable: bool
    is_complete: bool
    is_empty: bool


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of calendars."""

    @get("/{plural:str}/calendar")
    async def page(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            view = await _page(work, one, await _asked(work, request, one), web.shell(request, work, one.path))
            return web.page(work, "web/calendar.html", view)

        return await web.within(request, show)

    @get("/{plural:str}/calendar/new")
    async def new(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        """The form of a new record with the day, and the time if one was pointed at."""

        async def show(work: Workspace) -> Response[bytes]:
            one, query = work.registry.by_path(plural), request.query_params
            start, end = chosen_fields(work, one, query.get("start", ""), query.get("end", ""))
            begin = _moment(query.get("at", ""))
            values = {start.name: _sent(start, begin, work)}
            if end is not None and isinstance(end, DateTime):
                values[end.name] = _sent(end, begin + timedelta(hours=1), work)
            return redirect(f"/{one.path}/new?{urlencode(values)}")

        return await web.within(request, show)

    @post("/{plural:str}/calendar/move")
    async def move(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        def sent(name: str) -> str:
            return (form.get(name) or [""])[0]

        async def change(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            now = await _asked(work, request, one)
            further = dict(now.further)
            to = _moment(sent("to")) if sent("to") else None
            until = _moment(sent("until")) if sent("until") else None
            if sent("at") and not sent("scope"):
                return web.page(work, "web/calendar_scope.html", _question(request, one, now, form), headers=_IN_DIALOG)
            if sent("at"):
                key = record_id(sent("id"))
                await move_one(work, one, key, sent("at"), sent("scope"), to=to, until=until)
                if not request.headers.get("hx-request"):
                    return redirect(now.address(one))
                view, headers = await _page(work, one, now, None), {"hx-trigger": "close-dialog"}
                return web.page(work, "web/calendar_grid.html", view, headers=headers)
            await move_entry(
                work, one, record_id(sent("id")), start=further.get("start", ""), end=further.get("end", ""), to=to,
                until=until,
            )  # fmt: skip
            return web.page(work, "web/calendar_grid.html", await _page(work, one, now, None))

        return await web.within(request, change, read_only=False)

    return [page, new, move]


#: What is asked back is asked in the dialog; the calendar waits.
_IN_DIALOG = {"x-dialog": "true"}


class ScopeView(msgspec.Struct, frozen=True, kw_only=True):
    """What of a series is to be moved. hidden: names and values that are sent along."""

    action: str
    title: str
    csrf: str
    hidden: tuple[tuple[str, str], ...]
    scopes: tuple[tuple[str, str], ...]


def _question(request: Visit, one: Object, now: Asked, form: Mapping[str, list[str]]) -> ScopeView:
    sent = ("id", "at", "to", "until")
    kept = tuple((name, values[-1]) for name, values in form.items() if name in sent and values[-1])
    query = "".join(now.address(one).partition("?")[1:])
    return ScopeView(
        action=f"/{one.path}/calendar/move{query}", title=_("Move which of the series?"), hidden=kept,
        csrf=exchange(request).csrf_token(),
        scopes=(
            ("this", _("Only this one")), ("following", _("This and the following ones")), ("all", _("All of them")),
        ),
    )  # fmt: skip


def _sent(field: object, moment: datetime, work: Workspace) -> str:
    if isinstance(field, DateTime):
        return moment.replace(tzinfo=ZoneInfo(work.clock.zone)).astimezone(UTC).isoformat()
    return moment.date().isoformat()


async def _asked(work: Workspace, request: Visit, one: Object) -> Asked:
    return await asked(work, request, one, "calendar", "start", "end", "span", "day")


def _moment(text: str) -> datetime:
    """A wall-clock time such as 2026-11-21T09:30, or a day."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(_("This is no day."), hint=_("Write it as 2026-11-21.")) from None
    if not 1900 <= found.year <= 2200:
        raise Invalid(_("This day is too far away."))
    return found.replace(tzinfo=None)


def _state(work: Workspace, one: Object, now: Asked) -> CalendarState:
    further = dict(now.further)
    try:
        day = _moment(further.get("day", "")).date()
    except Invalid:
        day = work.clock.today
    span = further.get("span", "month")
    return CalendarState(
        day, span if span in SPANS else "month", further.get("start", ""), further.get("end", ""), now.where,
        search_condition(work, one, now.words),
    )  # fmt: skip


async def _page(work: Workspace, one: Object, now: Asked, shell: Shell | None) -> CalendarPage:
    state, error = _state(work, one, now), ""
    try:
        found = await calendar(work, one, state)
    except Invalid as refused:
        error = f"{refused.message} {refused.hint or ''}".strip()
        state = CalendarState(state.day, state.span)
        found = await calendar(work, one, state)
    form = formatter(work)
    days = tuple(_days(work, one, now, state, found, form))
    labels = {"month": _("Month"), "week": _("Week"), "day": _("Day"), "agenda": _("Agenda")}
    return CalendarPage(
        shell=shell,
        title=one.title_plural,
        icon=one.icon,
        path=f"/{one.path}",
        query="".join(now.address(one).partition("?")[1:]),
        heading=_heading(form, state, found),
        span=state.span,
        days=days,
        weekdays=tuple(form.weekday(found.first + timedelta(days=at)) for at in range(7)),
        hours=tuple(form.wall_time(datetime.combine(date.min, time(hour))) for hour in range(24)),
        views=switches(work, one, now),
        spans=tuple(
            Switch(label=labels[span], href=now.address(one, span=span), icon="", current=span == state.span)
            for span in SPANS
        )
        + team_switch(one, state.day, current=False),
        starts=tuple(
            Switch(
                label=field.title,
                href=now.address(one, start=field.name, end=""),
                icon="",
                current=field is found.start,
            )
            for field in found.fields
        ),
        start_label=found.start.title,
        bar=await filter_bar(work, one, now, error),
        previous=now.address(one, day=step(state, -1).isoformat()),
        next=now.address(one, day=step(state, 1).isoformat()),
        today=now.address(one, day=""),
        can_create=may_make(work, one),
        is_timed=isinstance(found.start, DateTime),
        is_movable=found.is_movable,
        is_resizable=found.is_resizable,
        is_complete=found.is_complete,
        is_empty=not found.entries,
    )


def team_switch(one: Object, day: date, *, current: bool) -> tuple[Switch, ...]:
    """The way to who is busy when, for objects that keep people busy."""
    if one.recurs is None or not one.recurs.busy:
        return ()
    return (Switch(label=_("Team"), href=f"/{one.path}/calendar/team?day={day}", icon="", current=current),)


def _heading(form: Formatter, state: CalendarState, found: CalendarView) -> str:
    if state.span == "day":
        return form.full_date(state.day)
    if state.span in ("week", "agenda"):
        return f"{form.date(found.first)} – {form.date(found.last)}"
    return form.month(state.day)


def _days(
    work: Workspace, one: Object, now: Asked, state: CalendarState, found: CalendarView, form: Formatter
) -> list[Day]:
    made = []
    for at in range((found.last - found.first).days + 1):
        day = found.first + timedelta(days=at)
        entries = [entry for entry in found.entries if entry.is_on(day)]
        entries.sort(key=lambda entry: (not entry.is_all_day and entry.starts.date() >= day, entry.starts))
        shown = [_shown(entry, day, form) for entry in entries]
        whole = [one_ for one_, entry in zip(shown, entries, strict=True) if _is_whole(entry)]
        timed = [one_ for one_, entry in zip(shown, entries, strict=True) if not _is_whole(entry)]
        fits = shown if len(shown) <= SHOWN + 1 else shown[:SHOWN]
        query = {"at": day.isoformat(), **{k: v for k, v in now.further if k in ("start", "end")}}
        made.append(
            Day(
                day=day.isoformat(), number=str(day.day), label=form.weekday(day), full=form.full_date(day),
                href=now.address(one, span="day", day=day.isoformat()),
                new=f"/{one.path}/calendar/new?{urlencode(query)}", is_today=day == work.clock.today,
                is_outside=state.span == "month" and day.month != state.day.month, shown=tuple(fits),
                whole=tuple(whole), timed=tuple(side_by_side(timed)), more=len(shown) - len(fits),
            )
        )  # fmt: skip
    return made


def _is_whole(entry: Entry) -> bool:
    return entry.is_all_day or entry.ends - entry.starts >= timedelta(days=1)


def _shown(entry: Entry, day: date, form: Formatter) -> Shown:
    midnight = datetime.combine(day, time())
    begin = max(entry.starts, midnight)
    finish = min(entry.ends, midnight + timedelta(days=1))
    continues = entry.starts < midnight
    return Shown(
        id=entry.id, title=entry.title, href=entry.href, colour=entry.colour, continues=continues,
        time="" if entry.is_all_day or continues else form.wall_time(entry.starts),
        until="" if entry.is_all_day or entry.ends > midnight + timedelta(days=1) else form.wall_time(entry.ends),
        at=entry.at, repeats=entry.repeats,
        start=int((begin - midnight).total_seconds() // 60),
        minutes=max(15, int((finish - begin).total_seconds() // 60)),
        day=entry.starts.isoformat(timespec="minutes"),
    )  # fmt: skip


def side_by_side(entries: list[Shown]) -> list[Shown]:
    """Entries that overlap get lanes beside each other; those that only follow one another keep the whole width."""
    placed: list[Shown] = []
    cluster: list[tuple[Shown, int]] = []
    ends: list[int] = []

    def close() -> None:
        placed.extend(msgspec.structs.replace(one, lane=lane, lanes=len(ends)) for one, lane in cluster)
        cluster.clear()
        ends.clear()

    for entry in sorted(entries, key=lambda one: (one.start, -one.minutes)):
        if ends and entry.start >= max(ends):
            close()
        lane = next((at for at, end in enumerate(ends) if end <= entry.start), len(ends))
        if lane == len(ends):
            ends.append(0)
        ends[lane] = entry.start + entry.minutes
        cluster.append((entry, lane))
    close()
    return placed
