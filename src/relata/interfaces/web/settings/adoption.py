"""Adoption: what is used, by teams and never by persons; what lies idle; where people get stuck."""

from __future__ import annotations

from datetime import date

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from relata.engine.automation.flows.idle import idle_flows
from relata.engine.metadata.object import Object
from relata.engine.reporting.adoption.idle import idle, made
from relata.engine.reporting.adoption.summary import DAYS, IDLE_SHARE, GroupUse, Stuck, Used, adoption, filled
from relata.engine.reporting.dashboards.shelf import board
from relata.engine.reporting.reports.shelf import report
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import LimitReached, RelataError
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Column, Option
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.frame import Page, frame, options

_PLACE = "/settings/adoption"
_SHOWN = 12


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A group of people. before: opened in the thirty days before."""

    name: str
    people: int
    opened: int
    saved: int
    before: int
    href: str = ""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """Something with how often it was opened, or what lies idle of it."""

    label: str
    href: str = ""
    count: int = 0


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """Views, reports or dashboards: how many of those made were opened, and some that were not."""

    label: str
    made: int
    used: int
    names: tuple[Thing, ...]


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """A form in which people get stuck."""

    label: str
    opened: int
    abandoned: int
    refused: int
    fields: str
    href: str = ""


class FieldFill(msgspec.Struct, frozen=True, kw_only=True):
    """A field with the share of records on which it is filled."""

    label: str
    href: str
    share: float
    is_idle: bool


class AdoptionPage(Page, frozen=True, kw_only=True):
    """since: the first day that was counted. is_early: too few days to call anything idle. fields: of the chosen
    object; too_slow: they could not be counted in time."""

    since: date | None
    is_early: bool
    days: int
    lines: tuple[Line, ...]
    columns: tuple[Column, ...]
    trouble_columns: tuple[Column, ...]
    used: tuple[Thing, ...]
    shelves: tuple[Shelf, ...]
    flows: tuple[Thing, ...]
    troubles: tuple[Trouble, ...]
    objects: tuple[Option, ...]
    object: str
    records: int
    fields: tuple[FieldFill, ...]
    too_slow: bool


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of the page."""

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        await web.within(request, _allowed)
        credentials = web.person(request)
        assert credentials.workspace is not None
        key = await web.door.key_of(credentials.workspace)
        await web.usage.flush(web.database)
        everything = await web.door.run(key, None, made, read_only=True)

        async def build(work: Workspace) -> Response[bytes]:
            found = await adoption(work)
            today = work.clock.today
            shelves = [] if found.is_early(today) else await idle(work, everything, found)
            flows = [] if found.is_early(today) else await idle_flows(work, DAYS)
            name = request.query_params.get("object", "")
            chosen = work.registry.objects.get(name) or next(iter(_objects(work)), None)
            records, fields, too_slow = await _filled(work, chosen) if chosen else (0, (), False)
            view = AdoptionPage(
                **frame(web, request, work, _PLACE),
                since=found.since,
                is_early=found.is_early(today),
                days=DAYS,
                lines=tuple(_line(one) for one in found.groups),
                columns=(
                    Column(name="team", label=_("Team")), Column(name="people", label=_("People"), align="end"),
                    Column(name="opened", label=_("Opened"), align="end"),
                    Column(name="saved", label=_("Saved"), align="end"),
                    Column(name="before", label=_("Opened before"), align="end"),
                ),
                trouble_columns=(
                    Column(name="form", label=_("Form")), Column(name="opened", label=_("Opened"), align="end"),
                    Column(name="abandoned", label=_("Abandoned"), align="end"),
                    Column(name="refused", label=_("Sent back"), align="end"),
                    Column(name="fields", label=_("Most at")),
                ),
                used=tuple([thing for one in found.used[:60] if (thing := await _thing(work, one))][:_SHOWN]),
                shelves=tuple(
                    Shelf(
                        label=_shelf_words()[one.kind], made=one.made, used=one.used,
                        names=tuple(Thing(label=title, href=_href(one.kind, str(key))) for key, title in one.names),
                    )
                    for one in shelves
                    if one.made
                ),
                flows=tuple(Thing(label=title, href=f"/settings/flows/{key}") for key, title in flows),
                troubles=tuple(found_one for one in found.stuck if (found_one := _trouble(work, one))),
                objects=options((one.name, one.title_plural) for one in _objects(work)),
                object=chosen.name if chosen else "",
                records=records,
                fields=fields,
                too_slow=too_slow,
            )  # fmt: skip
            return web.page(work, "web/settings/adoption.html", view)

        return await web.within(request, build)

    return [page]


async def _allowed(work: Workspace) -> None:
    require(work, "manage_users")


def _objects(work: Workspace) -> list[Object]:
    """What has a place in the navigation, as far as the reader may read it."""
    return [
        one
        for one in work.registry.objects.values()
        if one.nav and not one.personal and work.actor.rights.level(one, "read")
    ]


def _line(one: GroupUse) -> Line:
    return Line(
        name=one.group.name or _("All others"), people=one.group.people, opened=one.opened, saved=one.saved,
        before=one.before,
    )  # fmt: skip


def _href(kind: str, key: str) -> str:
    return {"report": f"/report/{key}", "dashboard": f"/dashboard/{key}"}.get(kind, "")


def _shelf_words() -> dict[str, str]:
    return {"view": _("Saved views"), "report": _("Reports"), "dashboard": _("Dashboards")}


async def _thing(work: Workspace, used: Used) -> Thing | None:
    """With its name; None for what the reader does not see, or what is no page of its own."""
    if used.kind in ("list", "board", "calendar", "map", "gallery"):
        one = _by_path(work, used.what)
        words = {
            "list": _("%(of)s: list"), "board": _("%(of)s: board"), "calendar": _("%(of)s: calendar"),
            "map": _("%(of)s: map"), "gallery": _("%(of)s: gallery"),
        }  # fmt: skip
        if one is None:
            return None
        suffix = "" if used.kind == "list" else f"/{used.kind}"
        label = words[used.kind] % {"of": one.title_plural}
        return Thing(label=label, href=f"/{one.path}{suffix}", count=used.count)
    if used.kind not in ("report", "dashboard"):
        return None
    try:
        name = (await (report if used.kind == "report" else board)(work, used.what)).name
    except RelataError:
        return None
    return Thing(label=name, href=_href(used.kind, used.what), count=used.count)


def _by_path(work: Workspace, path: str) -> Object | None:
    return next((one for one in _objects(work) if one.path == path), None)


def _trouble(work: Workspace, one: Stuck) -> Trouble | None:
    about = _by_path(work, one.object)
    if about is None:
        return None
    titles = [(field.title if (field := about.field(name)) else name, count) for name, count in one.fields]
    return Trouble(
        label=about.title_plural, opened=one.opened, abandoned=one.abandoned, refused=one.refused,
        fields=", ".join(f"{title} ({count})" for title, count in titles),
    )  # fmt: skip


async def _filled(work: Workspace, one: Object) -> tuple[int, tuple[FieldFill, ...], bool]:
    try:
        count, fields = await filled(work, one)
    except LimitReached:
        return 0, (), True
    found = [
        FieldFill(
            label=one.all_fields[name].title, href=f"/settings/objects/{one.name}/fields/{name}",
            share=number / count * 100, is_idle=number * 100 < count * IDLE_SHARE,
        )
        for name, number in fields
        if count
    ]  # fmt: skip
    return count, tuple(sorted(found, key=lambda each: each.share)), False
