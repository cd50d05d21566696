"""Who is busy when: a week of the team and of what can be booked."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.ui.making import may_make
from relata.engine.ui.team_week import BusyRow, bookable, team_week
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.view_values import Option, Shell
from relata.interfaces.web.calendars import team_switch
from relata.interfaces.web.ground import Visit, Web, formatter
from relata.interfaces.web.view_bar import Switch


class TeamDay(msgspec.Struct, frozen=True, kw_only=True):
    """A column."""

    label: str
    number: str
    full: str
    href: str
    is_today: bool


class TeamSpan(msgspec.Struct, frozen=True, kw_only=True):
    """A time at which somebody is busy. time: "" for the whole day. title, href: "" for what the reader can't see."""

    time: str
    title: str
    href: str


class TeamRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, or a room, and their days."""

    id: str
    name: str
    is_person: bool
    days: tuple[tuple[TeamSpan, ...], ...]


class TeamPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. teams: of which one is shown; () where there is only one. things: label, address and icon of the lists
    of what may be booked."""

    shell: Shell
    title: str
    icon: str
    path: str
    heading: str
    days: tuple[TeamDay, ...]
    rows: tuple[TeamRow, ...]
    spans: tuple[Switch, ...]
    previous: str
    next: str
    today: str
    can_create: bool
    day: str
    teams: tuple[Option, ...]
    team: str
    things: tuple[tuple[str, str, str], ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of this page."""

    @get("/{plural:str}/calendar/team")
    async def page(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            day = _day(request.query_params.get("day", ""), work.clock.today)
            first = day - timedelta(days=(day.weekday() - work.clock.first_weekday) % 7)
            team = parse_id(request.query_params.get("team", ""))
            rows = await team_week(work, one, first, team=team)
            of = f"&team={team}" if team else ""
            form, path = formatter(work), f"/{one.path}/calendar"
            columns = [first + timedelta(days=at) for at in range(7)]
            view = TeamPage(
                shell=web.shell(request, work, one.path), title=one.title_plural, icon=one.icon, path=f"/{one.path}",
                heading=f"{form.date(first)} – {form.date(columns[-1])}", rows=tuple(_row(row, form) for row in rows),
                days=tuple(
                    TeamDay(
                        label=form.weekday(each), number=str(each.day), full=form.full_date(each),
                        href=f"{path}?span=day&day={each}", is_today=each == work.clock.today,
                    )
                    for each in columns
                ),
                spans=(
                    *(
                        Switch(label=label, href=f"{path}?span={span}&day={day}", icon="", current=False)
                        for span, label in (
                            ("month", _("Month")), ("week", _("Week")), ("day", _("Day")), ("agenda", _("Agenda")),
                        )
                    ),
                    *team_switch(one, day, current=True),
                ),
                previous=f"{path}/team?day={first - timedelta(days=7)}{of}",
                next=f"{path}/team?day={first + timedelta(days=7)}{of}", today=f"{path}/team?{of[1:]}".rstrip("?"),
                can_create=may_make(work, one), day=str(day), teams=await _teams(work),
                team=str(team or work.actor.main_team or ""),
                things=tuple((each.title_plural, f"/{each.path}", each.icon) for each in bookable(work, one)),
            )  # fmt: skip
            return web.page(work, "web/calendar_team.html", view)

        return await web.within(request, show)

    return [page]


async def _teams(work: Workspace) -> tuple[Option, ...]:
    """The teams that the reader may look at; () where there is nothing to choose."""
    if not work.actor.rights.level(work.registry.get("team"), "read"):
        return ()
    found = await work.find("team", order="name", limit=200)
    return tuple(Option(value=str(one.id), label=one.title) for one in found) if len(found) > 1 else ()


def _row(row: BusyRow, form: Formatter) -> TeamRow:
    days = tuple(
        tuple(
            TeamSpan(time="" if one.is_whole else form.wall_time(one.starts), title=one.title, href=one.href)
            for one in spans
        )
        for spans in row.days
    )
    return TeamRow(id=row.id, name=row.name, is_person=row.is_person, days=days)


def _day(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return today
    return found if 1900 <= found.year <= 2200 else today
