"""A report or a dashboard as a file, out and in again."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.reporting.files import MAX_BYTES, Kept, Loaded, dashboard_file, load, read_file, report_file
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Crumb, Shell
from relata.interfaces.web.ground import Visit, Web, redirect

PLACE = "/report/file"
_KIND = "application/json"


class FilePage(msgspec.Struct, frozen=True, kw_only=True):
    """Where a file is chosen. error: why the last one was refused."""

    shell: Shell
    crumbs: tuple[Crumb, ...]
    path: str = PLACE
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of these files."""

    @get("/report/{key:str}/file.json")
    async def report_out(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return _file(*await web.within(request, lambda work: report_file(work, key)))

    @get("/dashboard/{key:str}/file.json")
    async def dashboard_out(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return _file(*await web.within(request, lambda work: dashboard_file(work, key)))

    @get(PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await web.within(request, lambda work: _page(web, request, work))

    @post(PLACE)
    async def bring(request: Visit) -> Response[bytes]:
        sent = (await request.form()).getall("file", [])
        contents = [await part.read(MAX_BYTES + 1) for part in sent if isinstance(part, UploadFile) and part.filename]

        async def write(work: Workspace) -> list[Loaded]:
            if not contents:
                raise Invalid(_("Choose a file."), code="required", field="file")
            kept: list[Kept] = [read_file(content) for content in contents]
            return await load(work, kept)

        try:
            done = await web.within(request, write, read_only=False)
        except Invalid as refused:
            problem = refused
            return await web.within(request, lambda work: _page(web, request, work, problem))
        return redirect(f"/{done[0].object}/{done[0].key}" if len(done) == 1 else "/report", request)

    return [report_out, dashboard_out, page, bring]


async def _page(web: Web, request: Visit, work: Workspace, error: Invalid | None = None) -> Response[bytes]:
    crumbs = (Crumb(label=_("Reports"), href="/report"), Crumb(label=_("From a file"), href=""))
    told = " ".join(part for part in (error.message, error.hint) if part) if error is not None else ""
    view = FilePage(shell=web.shell(request, work, "reports"), crumbs=crumbs, error=told)
    return web.page(work, "web/reports/file.html", view, status=422 if error is not None else 200)


def _file(name: str, content: bytes) -> Response[bytes]:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=_KIND, headers=headers)
