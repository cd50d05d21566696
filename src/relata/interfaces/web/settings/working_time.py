"""Working time: the calendars, what the next weeks look like by them, and holidays by country or from a file."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import msgspec
from babel import Locale
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler

from relata.engine.automation.working_time import Calendar, spans_text
from relata.engine.automation.working_time.entering import enter_holidays
from relata.engine.automation.working_time.holidays_of import Day, countries, holidays_in, holidays_in_file
from relata.engine.automation.working_time.reading import calendar_by_id, workspace_calendar
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import FormField
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, redirect
from relata.interfaces.web.settings import absences
from relata.interfaces.web.settings.frame import (
    Form,
    Page,
    Refused,
    errors_of,
    frame,
    last,
    options,
    status_of,
    text,
)

_PLACE = "/settings/working-time"
_WEEKS = 4
_MOST = 200


class CalendarLine(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar in the list; href: its record, "" for the hours of the settings."""

    name: str
    zone: str
    href: str
    shown: str
    current: bool
    is_default: bool


class DayCell(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the preview. note: the holiday's name."""

    day: date
    hours: str
    is_today: bool
    is_special: bool
    note: str


class WorkingTimePage(Page, frozen=True, kw_only=True):
    """The page. calendar: the id of the calendar that is looked at; "" for the workspace's hours."""

    calendars: tuple[CalendarLine, ...]
    calendar: str
    calendar_name: str
    weeks: tuple[tuple[DayCell, ...], ...]
    country: tuple[FormField, ...]
    holidays: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(request: Visit, form: Form | None = None, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            require(work, "manage_users")
            asked = parse_id(last(form or {}, "calendar") or request.query_params.get("calendar", ""))
            view = await _view(web, request, work, asked, form or {}, error)
            return web.page(work, "web/settings/working_time.html", view, status=status_of(error))

        return await web.within(request, build)

    async def enter(request: Visit, form: Form, found: list[Day]) -> Response[bytes]:
        calendar = parse_id(last(form, "calendar"))

        async def run(work: Workspace) -> None:
            await enter_holidays(work, calendar, found)

        await web.within(request, run, read_only=False)
        return redirect(f"{_PLACE}?done=holidays{f'&calendar={calendar}' if calendar else ''}")

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(f"{_PLACE}/country")
    async def by_country(request: Visit) -> Response[bytes]:
        form = await posted(request)
        try:
            country, _dash, part = last(form, "country").partition("-")
            year, language = last(form, "year"), await web.within(request, _language)
            if not year.isdecimal():
                raise Invalid.of([Problem("invalid_value", _("This is no year."), "year")])
            return await enter(request, form, holidays_in(country, int(year), part, language))
        except Invalid as error:
            return await show(request, form, error)

    @post(f"{_PLACE}/file")
    async def by_file(request: Visit) -> Response[bytes]:
        sent = await request.form()
        form = {"calendar": [str(sent.get("calendar") or "")], "year": [str(sent.get("year") or "")]}
        file, year = sent.get("file"), last(form, "year")
        content = await file.read() if isinstance(file, UploadFile) else b""
        try:
            return await enter(request, form, holidays_in_file(content, int(year) if year.isdecimal() else None))
        except Invalid as error:
            return await show(request, form, error)

    return [page, by_country, by_file, *absences.routes(web)]


async def _language(work: Workspace) -> str:
    return work.settings.language


async def _view(
    web: Web, request: Visit, work: Workspace, asked: UUID | None, form: Form, error: Refused | None
) -> WorkingTimePage:
    records = await work.find("working_calendar", None, order="name", limit=_MOST)
    chosen = next((one for one in records if one.id == asked), None) or next(
        (one for one in records if one["is_default"]), None
    )
    calendar = await calendar_by_id(work, chosen.id) if chosen else await workspace_calendar(work)
    lines = [
        CalendarLine(
            name=one.title, zone=one["zone"], href=f"/working_calendars/{one.id}", shown=f"{_PLACE}?calendar={one.id}",
            current=chosen is not None and one.id == chosen.id, is_default=bool(one["is_default"]),
        )
        for one in records
    ]  # fmt: skip
    if not any(one.is_default for one in lines):
        lines.insert(0, CalendarLine(name=work.settings.name, zone=work.settings.zone, href="", shown=_PLACE,
                                     current=chosen is None, is_default=True))  # fmt: skip
    errors, today = errors_of(error), work.clock.today
    return WorkingTimePage(
        **frame(web, request, work, _PLACE, error=error, known=("country", "year", "file")),
        calendars=tuple(lines),
        calendar=str(chosen.id) if chosen else "",
        calendar_name=calendar.name,
        weeks=await _weeks(work, calendar, chosen.id if chosen else None, today),
        country=(
            text("country", _("Country"), last(form, "country") or work.settings.region, errors, kind="choice",
                 required=True, options=_places(work)),
            text("year", _("Year"), last(form, "year") or str(today.year), errors, kind="integer", required=True),
        ),
        holidays=f"/holidays?calendar={chosen.id}" if chosen else "/holidays",
    )  # fmt: skip


def _places(work: Workspace) -> tuple[object, ...]:
    """The countries by their names, each followed by its parts."""
    names = Locale.parse(work.actor.locale.replace("-", "_")).territories
    found = []
    for country, parts in sorted(countries().items(), key=lambda one: str(names.get(one[0], one[0]))):
        label = str(names.get(country, country))
        found.append((country, label))
        found += [(f"{country}-{part}", f"{label}: {part}") for part in parts]
    return options(found)


async def _weeks(
    work: Workspace, calendar: Calendar, chosen: UUID | None, today: date
) -> tuple[tuple[DayCell, ...], ...]:
    first = today - timedelta(days=(today.weekday() - work.settings.first_weekday) % 7)
    last_day = first + timedelta(days=_WEEKS * 7)
    names = {
        one["day"]: one["name"]
        for one in await work.find("holiday", None, order="-day", limit=500, calendar=chosen)
        if first <= one["day"] < last_day
    }
    days = [first + timedelta(days=at) for at in range(_WEEKS * 7)]
    cells = [
        DayCell(
            day=day, hours=spans_text(calendar.hours(day)), is_today=day == today, is_special=day in names,
            note=names.get(day, ""),
        )
        for day in days
    ]  # fmt: skip
    return tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7))
