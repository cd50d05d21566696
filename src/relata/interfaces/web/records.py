"""A record's page, what can be done with the record, and the side panel that peeks at it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.ui.listing import ListRow
from relata.engine.ui.record_page import RecordPage, RelatedList, record_page
from relata.engine.ui.timeline import TimelineEntry, timeline
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.html.view_values import Column, Crumb, Shell
from relata.interfaces.web.actions import action_form, perform
from relata.interfaces.web.erasing import may_erase
from relata.interfaces.web.files import FileView, views_of
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect

TIMELINE = 15


class Day(msgspec.Struct, frozen=True):
    """The changes of one day."""

    label: str
    entries: tuple[TimelineEntry, ...]


class RelatedView(msgspec.Struct, frozen=True, kw_only=True):
    """A related list as tables read it. all: the whole list, when there is more. add: the form of a new child."""

    label: str
    singular: str
    columns: tuple[Column, ...]
    rows: tuple[ListRow, ...]
    all: str
    add: str
    icon: str


class RecordView(msgspec.Struct, frozen=True, kw_only=True):
    """The page. more: address of earlier changes."""

    shell: Shell
    record: RecordPage
    path: str
    crumbs: tuple[Crumb, ...]
    related: tuple[RelatedView, ...]
    files: tuple[FileView, ...]
    upload: str
    days: tuple[Day, ...]
    more: str
    csrf: str
    erase: str


class TimelineView(msgspec.Struct, frozen=True, kw_only=True):
    """Earlier changes, as they follow."""

    days: tuple[Day, ...]
    more: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of single records."""

    @get("/{plural:str}/{key:str}")
    async def page(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            view = await _view(web, request, work, plural, record_id(key))
            return web.page(work, "web/record.html", view)

        return await web.within(request, show)

    @get("/{plural:str}/{key:str}/peek")
    async def peek(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            view = await _view(web, request, work, plural, record_id(key))
            return web.page(work, "web/peek.html", view)

        return await web.within(request, show)

    @get("/{plural:str}/{key:str}/timeline")
    async def earlier(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            text = request.query_params.get("before", "")
            before = int(text) if text.isdecimal() and len(text) < 19 else None
            record = await work.get(one.name, record_id(key), deleted=None)
            days, more = await _days(work, record, before)
            return web.page(work, "web/timeline.html", TimelineView(days=days, more=more))

        return await web.within(request, show)

    @post("/{plural:str}/{key:str}/delete")
    async def delete(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def remove(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            await work.delete((one.name, record_id(key)))
            return f"/{one.path}?undo={record_id(key)}"

        return redirect(await web.within(request, remove, read_only=False), request)

    @post("/{plural:str}/{key:str}/restore")
    async def restore(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        async def bring_back(work: Workspace) -> str:
            one = work.registry.by_path(plural)
            await work.restore((one.name, record_id(key)))
            return f"/{one.path}/{record_id(key)}"

        return redirect(await web.within(request, bring_back, read_only=False), request)

    @get("/{plural:str}/{key:str}/actions/{name:str}")
    async def ask(request: Visit, plural: FromPath[str], key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(
                work, "web/action.html", await action_form(web, request, work, plural, record_id(key), name)
            )

        return await web.within(request, show)

    @post("/{plural:str}/{key:str}/actions/{name:str}")
    async def act(request: Visit, plural: FromPath[str], key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        return await perform(web, request, plural, record_id(key), name, await posted(request))

    return [page, peek, earlier, delete, restore, ask, act]


async def _view(web: Web, request: Visit, work: Workspace, plural: str, key: UUID) -> RecordView:
    one = work.registry.by_path(plural)
    record = await record_page(work, one, key)
    days, more = await _days(work, record.record, None)
    shell = web.shell(request, work, one.path)
    files = await views_of(work, record.record)
    return RecordView(
        shell=shell,
        record=record,
        path=f"/{one.path}/{key}",
        crumbs=(Crumb(one.title_plural, f"/{one.path}"),),
        days=days,
        related=tuple(_related(found, key) for found in record.related),
        files=files,
        upload=f"/files/{one.path}/{key}" if record.may_change else "",
        more=more,
        csrf=shell.csrf,
        erase=f"/{one.path}/{key}/erase" if may_erase(work, one) else "",
    )


def _related(found: RelatedList, key: UUID) -> RelatedView:
    child = found.listing.object
    columns = (found.listing.title_column, *found.listing.columns)
    where = quote(f'{found.link} = "{key}"')
    return RelatedView(
        label=found.label, singular=child.title.lower(), rows=found.listing.rows,
        columns=tuple(Column(name=column.path, label=column.label, align=column.align) for column in columns),
        all=f"/{child.path}?where={where}" if found.more else "",
        add=f"/{child.path}/new?{found.link}={found.given}" if found.can_add else "", icon=child.icon,
    )  # fmt: skip


async def _days(work: Workspace, record: Record, before: int | None) -> tuple[tuple[Day, ...], str]:
    one = record.object
    entries = await timeline(work, one, record, before=before, limit=TIMELINE)
    more = f"/{one.path}/{record.id}/timeline?before={entries[-1].id}" if len(entries) == TIMELINE else ""
    return tuple(_by_day(entries, work)), more


def _by_day(entries: Iterable[TimelineEntry], work: Workspace) -> Iterable[Day]:
    zone, today = ZoneInfo(work.actor.zone), work.clock.today

    def day(entry: TimelineEntry) -> date:
        return entry.when.astimezone(zone).date()

    for found, part in groupby(entries, key=day):
        yield Day(_day_name(found, today), tuple(part))


def _day_name(day: date, today: date) -> str:
    if day == today:
        return "Today"
    return "Yesterday" if day == today - timedelta(days=1) else day.strftime("%-d %B %Y")
