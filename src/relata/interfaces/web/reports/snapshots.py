"""The way of a report's number over its snapshots: the picture, since when, and how often they are kept."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from markupsafe import Markup

from relata.engine.metadata.fields import Choice
from relata.engine.reporting.reports import shelf
from relata.engine.reporting.snapshots.taking import Snapshot, keep, said, snapshots
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.charts.draw import draw
from relata.interfaces.html.charts.frame import Size
from relata.interfaces.html.charts.series import Chart, Mark, Series
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.words import number_words
from relata.interfaces.html.view_values import Crumb, Option, Shell
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, formatter, redirect
from relata.interfaces.web.reports.event_forms import one
from relata.interfaces.web.reports.pages import PLACE

_WIDE, _NARROW = Size(840, 300), Size(360, 260)


class Kept(msgspec.Struct, frozen=True):
    """A snapshot in the table."""

    at: str
    value: str
    records: str


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """The page. series: the one that is kept, "" for none yet. told: since when, and when the next one comes."""

    shell: Shell
    key: str
    name: str
    crumbs: tuple[Crumb, ...]
    rhythms: tuple[Option, ...]
    rhythm: str = "weekly"
    series: str = ""
    is_active: bool = False
    told: str = ""
    problem: str = ""
    picture: Markup | None = None
    small: Markup | None = None
    kept: tuple[Kept, ...] = ()


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of the page and its buttons."""

    @get(f"{PLACE}/{{key:str}}/snapshots")
    async def way(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/reports/snapshots.html", await _view(web, request, work, key))

        return await web.within(request, show)

    @post(f"{PLACE}/{{key:str}}/snapshots")
    async def begin(request: Visit, key: FromPath[str]) -> Response[bytes]:
        rhythm = one(await posted(request), "rhythm") or "weekly"

        async def write(work: Workspace) -> str:
            series = await _series(work, key)
            values = {"rhythm": rhythm, "is_active": True}
            if series is None:
                series = await work.create("report_series", {"report": key, **values})
                await keep(work.as_system(), series.id, await said(work, key))
            else:
                await work.change(series, values)
            return f"{PLACE}/{key}/snapshots"

        return redirect(await web.within(request, write, read_only=False), request)

    @post(f"{PLACE}/{{key:str}}/snapshots/now")
    async def take(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def write(work: Workspace) -> str:
            series = await _series(work, key)
            if series is not None:
                await keep(work.as_system(), series.id, await said(work, key))
            return f"{PLACE}/{key}/snapshots"

        return redirect(await web.within(request, write, read_only=False), request)

    @post(f"{PLACE}/{{key:str}}/snapshots/end")
    async def end(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def write(work: Workspace) -> str:
            series = await _series(work, key)
            if series is not None:
                await work.change(series, {"is_active": False})
            return f"{PLACE}/{key}/snapshots"

        return redirect(await web.within(request, write, read_only=False), request)

    return [way, begin, take, end]


async def _series(work: Workspace, key: str) -> Record | None:
    """The person's own."""
    found: list[Record] = await work.find("report_series", report=key, owner=work.actor.user, limit=1)
    return found[0] if found else None


async def _view(web: Web, request: Visit, work: Workspace, key: str) -> Way:
    found, series, words = await shelf.report(work, key), await _series(work, key), formatter(work)
    field = work.registry.get("report_series").all_fields["rhythm"]
    assert isinstance(field, Choice)
    plain = Way(
        shell=web.shell(request, work, "reports"), key=key, name=found.name,
        crumbs=(
            Crumb(label=_("Reports"), href=PLACE), Crumb(label=found.name, href=f"{PLACE}/{key}"),
            Crumb(label=_("Snapshots"), href=""),
        ),
        rhythms=tuple(Option(value=option.value, label=option.title) for option in field.options),
    )  # fmt: skip
    if series is None:
        return plain
    return _told(plain, series, await snapshots(work, UUID(str(series.id))), words)


def _told(plain: Way, series: Record, kept: list[Snapshot], words: Formatter) -> Way:
    measure = kept[-1].measure if kept else None

    def written(value: Decimal | None, is_short: bool = False) -> str:
        return number_words(measure, value, words, is_short=is_short) if measure and value is not None else "–"

    marks = tuple(
        Mark(value=float(one.value) if one.value is not None else None, text=written(one.value, True),
             note=words.datetime(one.at))
        for one in kept
    )  # fmt: skip
    title = measure.label if measure is not None else plain.name
    chart = Chart(
        kind="line", title=title, series=(Series(label=title, marks=marks),),
        categories=tuple(words.date(one.at) for one in kept), empty=_("No records"),
    )  # fmt: skip
    drawn = [
        draw(chart, lambda value: written(Decimal(str(value)), True), size) if len(kept) > 1 else None
        for size in (_WIDE, _NARROW)
    ]
    told = _("Kept since %(day)s, as you see it.") % {"day": words.date(kept[0].at)} if kept else ""
    if series["is_active"] and series["next_at"] is not None:
        told += " " + _("The next one: %(moment)s.") % {"moment": words.datetime(series["next_at"])}
    return msgspec.structs.replace(
        plain, series=str(series.id), is_active=bool(series["is_active"]), rhythm=series["rhythm"] or "weekly",
        told=told.strip(), problem=series["last_error"] or "", picture=drawn[0], small=drawn[1],
        kept=tuple(
            Kept(words.datetime(one.at), written(one.value), words.number(one.records)) for one in reversed(kept)
        ),
    )  # fmt: skip
