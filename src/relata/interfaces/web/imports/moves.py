"""Moving in from another system on the screen: bring its export, see what becomes what, watch it come, and see that
everything is here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import IO

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.files.attachments import receive
from relata.engine.transfer.migration import conflicts, jobs
from relata.engine.transfer.migration.objects import MIGRATION
from relata.engine.transfer.migration.planning import Options
from relata.engine.transfer.migration.running import require
from relata.engine.transfer.sources import SOURCES
from relata.engine.ui.listing import ListState, listing
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Column, Crumb, Option, Shell, TableRow
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.heads import table_rows
from relata.interfaces.web.imports import move_views
from relata.interfaces.web.imports.move_views import MoveView
from relata.interfaces.web.imports.parts import crumbs

_PLACE = "/import/moves"
#: Bytes of an export that comes over the web; a larger one is brought by the command line.
MAX_BYTES = 200_000_000
_PIECE = 256 * 1024


class MovesView(msgspec.Struct, frozen=True, kw_only=True):
    """Where a move begins. systems: those that we know."""

    shell: Shell
    crumbs: tuple[Crumb, ...]
    title: str
    systems: tuple[Option, ...]
    names: str
    currency: str
    region: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of moves."""

    async def begin_page(request: Visit, error: str = "") -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            await require(work)
            view = await _moves(web, request, work, error)
            return web.page(work, "web/imports/moves.html", view, status=422 if error else 200)

        return await web.within(request, show)

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await begin_page(request)

    @post(f"{_PLACE}/file")
    async def upload(request: Visit) -> Response[bytes]:
        form = await request.form()
        part = form.get("file")

        async def allowed(work: Workspace) -> str:
            await require(work)
            return work.context.schema

        schema = await web.within(request, allowed)
        if not isinstance(part, UploadFile) or not part.filename:
            return await begin_page(request, _("No file was sent. Choose a file."))
        said = {name: str(form.get(name) or "").strip().upper()[:3] for name in ("currency", "region")}
        options = Options(**said, fields=bool(form.get("fields")))
        system = str(form.get("system") or "")
        try:
            if not part.filename.lower().endswith(".zip"):
                raise Invalid(_("An export is a zip file."), hint=_("Pack its CSV files into one."))
            name = part.filename
            received = await receive(web.files, schema, name, _pieces(part.file), max_bytes=MAX_BYTES)

            async def begin(work: Workspace) -> Record:
                return await jobs.begin(work, web.queue, name, received, options, system)

            made = await web.within(request, begin, read_only=False)
        except Invalid as error:
            return await begin_page(request, f"{error.message} {error.hint or ''}".strip())
        return redirect(f"{_PLACE}/{made.id}", request)

    async def shown(request: Visit, key: str, template: str) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, template, await _move(web, request, work, key))

        return await web.within(request, show)

    @get(f"{_PLACE}/{{key:str}}")
    async def move(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await shown(request, key, "web/imports/move.html")

    @get(f"{_PLACE}/{{key:str}}/progress")
    async def progress(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await shown(request, key, "web/imports/move_parts.html")

    @post(f"{_PLACE}/{{key:str}}/start")
    async def start(request: Visit, key: FromPath[str]) -> Response[bytes]:
        await web.within(request, lambda work: jobs.start(work, web.queue, record_id(key)), read_only=False)
        return redirect(f"{_PLACE}/{record_id(key)}", request)

    @post(f"{_PLACE}/{{key:str}}/pause")
    async def pause(request: Visit, key: FromPath[str]) -> Response[bytes]:
        await web.within(request, lambda work: jobs.pause(work, record_id(key)), read_only=False)
        return redirect(f"{_PLACE}/{record_id(key)}", request)

    @post(f"{_PLACE}/{{key:str}}/conflicts/{{conflict:str}}/{{side:str}}", status_code=200)
    async def decide(
        request: Visit, key: FromPath[str], conflict: FromPath[str], side: FromPath[str]
    ) -> Response[bytes]:
        async def act(work: Workspace) -> Record:
            return await conflicts.decide(work, record_id(conflict), take_theirs=side == "theirs")

        await web.within(request, act, read_only=False)
        return redirect(f"{_PLACE}/{record_id(key)}", request)

    return [page, upload, move, progress, start, pause, decide]


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    await asyncio.to_thread(file.seek, 0)
    while piece := await asyncio.to_thread(file.read, _PIECE):
        yield piece


async def _moves(web: Web, request: Visit, work: Workspace, error: str) -> MovesView:
    one = work.registry.get(MIGRATION)
    found = await listing(work, one, ListState())
    columns = tuple(
        Column(name=column.path, label=column.label, kind=column.kind, align=column.align)
        for column in (found.title_column, *found.columns)
    )
    rows = tuple(
        msgspec.structs.replace(row, href=f"{_PLACE}/{row.id}", peek="") for row in table_rows(one, columns, found.rows)
    )
    return MovesView(
        shell=web.shell(request, work), crumbs=crumbs(work), title=_("Move in from another system"),
        systems=tuple(Option(value=one.name, label=one.label) for one in SOURCES),
        names=", ".join(one.label for one in SOURCES), currency=work.settings.currency, region=work.settings.region,
        columns=columns, rows=rows, error=error,
    )  # fmt: skip


async def _move(web: Web, request: Visit, work: Workspace, key: str) -> MoveView:
    record = await jobs.found(work, record_id(key))
    counts = {name: record[name] or 0 for name in ("total", "settled", "created", "updated", "unchanged", "refused")}
    report = record["report"] or {}
    return MoveView(
        shell=web.shell(request, work), title=record["name"], path=f"{_PLACE}/{record.id}",
        crumbs=(*crumbs(work), Crumb(work.registry.get(MIGRATION).title_plural, _PLACE)),
        system=record["system"] or "", status=record["status"], doing=record["doing"] or "",
        error=record["error"] or "", plan=move_views.planned(work, record) if record["status"] != "done" else (),
        tables=move_views.came(work, record), files=move_views.files_told(record),
        skipped=sum(one["skipped"] for one in report.get("tables", ())),
        conflicts=await move_views.clashes(work), is_right=bool(report.get("is_explained")),
        done=move_views.rows_told(record), **counts,
    )  # fmt: skip
