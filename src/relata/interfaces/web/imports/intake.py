"""Where an import begins: a place to drop files, what files may be, and the imports of before."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import IO
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.calendars.tables import CALENDARS
from relata.engine.metadata.object import Object
from relata.engine.transfer.mapping import Mapping
from relata.engine.transfer.wizard import intake, running, together
from relata.engine.transfer.wizard.intake import Prepared
from relata.engine.transfer.wizard.objects import IMPORT_RUN
from relata.engine.transfer.wizard.schedule_object import IMPORT_SCHEDULE
from relata.engine.ui.listing import ListState, listing
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Column, Option, Shell, TableRow
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.heads import table_rows


class StartView(msgspec.Struct, frozen=True, kw_only=True):
    """The page. of: the plural name of the object, "" to find out. next: address of older imports."""

    shell: Shell
    title: str
    action: str
    of: str
    objects: tuple[Option, ...]
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    next: str
    may_move: bool
    schedules: str
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of beginning."""

    async def page(request: Visit, of: str, error: str = "") -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            intake.require(work)
            view = await _view(web, request, work, of, error)
            return web.page(work, "web/imports/start.html", view, status=422 if error else 200)

        return await web.within(request, show)

    @get("/import")
    async def start(request: Visit) -> Response[bytes]:
        return await page(request, request.query_params.get("of", ""))

    @post("/import/files")
    async def upload(request: Visit) -> Response[bytes]:
        form = await request.form()
        of = str(form.get("of") or "")
        try:
            made = await _received(web, request, form.getall("file", []), of, None)
        except Invalid as error:
            return await page(request, of, f"{error.message} {error.hint or ''}".strip())
        return redirect(made, request)

    @post("/import/{key:str}/again")
    async def again(request: Visit, key: FromPath[str]) -> Response[bytes]:
        run = record_id(key)

        async def look(work: Workspace) -> tuple[str, Mapping]:
            record = await running.mine(work, run)
            return work.registry.get(record["records_of"]).path, running.mapping_of(record)

        of, mapping = await web.within(request, look)
        form = await request.form()
        try:
            made = await _received(web, request, form.getall("file", []), of, mapping)
        except Invalid as error:
            return await page(request, of, f"{error.message} {error.hint or ''}".strip())
        return redirect(made, request)

    return [start, upload, again]


async def _received(web: Web, request: Visit, parts: list[object], of: str, mapping: Mapping | None) -> str:
    """An import for each table of the files that were sent; where to go on."""
    files = [part for part in parts if isinstance(part, UploadFile) and part.filename]
    if not files:
        raise Invalid(_("No file was sent."), code="required", field="file", hint=_("Choose a file."))

    async def allowed(work: Workspace) -> str:
        intake.require(work)
        return work.context.schema

    schema = await web.within(request, allowed)
    prepared: list[Prepared] = []
    for part in files:
        with tempfile.TemporaryDirectory(prefix="relata-import-") as folder:
            path = Path(folder) / "sent"
            await asyncio.to_thread(_copy, part.file, path)
            prepared += await intake.prepare(web.files, schema, path, part.filename, Path(folder), (CALENDARS,))

    async def begin(work: Workspace) -> str:
        one = _object(work, of)
        if one is None and mapping is None and len(prepared) > 1:
            made, _runs = await together.begin(work, prepared)
            return f"/import/together/{made.id}" if made else "/import"
        runs = [await intake.begin(work, one, each, mapping) for each in prepared]
        return f"/import/{runs[0].id}" if len(runs) == 1 else "/import"

    return await web.within(request, begin, read_only=False)


def _copy(source: IO[bytes], path: Path) -> None:
    source.seek(0)
    with path.open("wb") as target:
        shutil.copyfileobj(source, target)


def _object(work: Workspace, of: str) -> Object | None:
    return next((one for one in intake.importable(work) if one.path == of), None) if of else None


async def _view(web: Web, request: Visit, work: Workspace, of: str, error: str) -> StartView:
    one = work.registry.get(IMPORT_RUN)
    found = await listing(work, one, ListState(after=request.query_params.get("after", "")))
    columns = tuple(
        Column(name=column.path, label=column.label, kind=column.kind, align=column.align)
        for column in (found.title_column, *found.columns)
    )
    rows = tuple(
        msgspec.structs.replace(row, href=f"/import/{row.id}", peek="") for row in table_rows(one, columns, found.rows)
    )
    objects = tuple(Option(value=each.path, label=each.title_plural) for each in intake.importable(work))
    chosen = next((each.label for each in objects if each.value == of), "")
    return StartView(
        shell=web.shell(request, work), action="/import/files", of=of if chosen else "", objects=objects,
        title=_("Import %(what)s") % {"what": chosen} if chosen else _("Import"), columns=columns, rows=rows,
        next=f"/import?{urlencode({'after': found.next})}" if found.next else "", error=error,
        may_move=work.actor.rights.permits("manage_objects"),
        schedules=f"/{work.registry.get(IMPORT_SCHEDULE).path}",
    )  # fmt: skip
