"""Files that were brought at once: what each holds, how they link, and one button for all of them."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.transfer.wizard import running, together
from relata.engine.transfer.wizard.linked import RunTie
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Crumb, Shell
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.imports.parts import StepView, crumbs, steps

_STEP = {"draft": 1, "checking": 1, "checked": 2, "running": 3, "done": 4, "undoing": 4, "undone": 4, "failed": 1}


class FileRow(msgspec.Struct, frozen=True, kw_only=True):
    """One of the files. place: from 1, in the order in which they come. links: to other files, in words."""

    place: int
    name: str
    href: str
    nouns: str
    total: int
    status: str
    links: tuple[str, ...]
    created: int
    updated: int
    unchanged: int
    skipped: int
    refused: int
    settled: int


class SetView(msgspec.Struct, frozen=True, kw_only=True):
    """The page."""

    shell: Shell
    crumbs: tuple[Crumb, ...]
    steps: tuple[StepView, ...]
    title: str
    path: str
    status: str
    error: str
    files: tuple[FileRow, ...]
    is_mine: bool

    @property
    def writes(self) -> int:
        """Rows that would write something."""
        return sum(one.created + one.updated for one in self.files)

    @property
    def settled(self) -> int:
        """Rows that are settled."""
        return sum(one.settled for one in self.files)

    @property
    def total(self) -> int:
        """All rows."""
        return sum(one.total for one in self.files)


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of several files at once."""

    async def shown(request: Visit, key: UUID, template: str) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, template, await _view(web, request, work, key))

        return await web.within(request, show)

    @get("/import/together/{key:str}")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await shown(request, record_id(key), "web/imports/set.html")

    @get("/import/together/{key:str}/progress")
    async def progress(request: Visit, key: FromPath[str]) -> Response[bytes]:
        return await shown(request, record_id(key), "web/imports/set_files.html")

    def asking(step: str) -> HTTPRouteHandler:
        @post(f"/import/together/{{key:str}}/{step}", status_code=200, name=f"import_together_{step}")
        async def ask(request: Visit, key: FromPath[str]) -> Response[bytes]:
            chosen = record_id(key)

            async def begin(work: Workspace) -> bool:
                return await together.ask(work, web.queue, chosen, step)

            if await web.within(request, begin, read_only=False):
                person = web.person(request)
                assert person.workspace is not None
                workspace = await web.door.key_of(person.workspace)
                await together.advance(web.door, web.files, web.queue, workspace, chosen)
            return redirect(f"/import/together/{chosen}", request)

        return ask

    return [page, progress, *map(asking, ("check", "write", "undo"))]


async def _view(web: Web, request: Visit, work: Workspace, key: UUID) -> SetView:
    record = await together.mine(work, key)
    runs = await together.runs_of(work, key)
    plan = together.plan_of(record)
    names = {run.id: run["name"] for run in runs}
    return SetView(
        shell=web.shell(request, work), crumbs=crumbs(work), title=record["name"], path=f"/import/together/{key}",
        steps=steps("", _STEP[record["status"]], is_open=False), status=record["status"], error=record["error"] or "",
        files=tuple(
            _file(work, run, place, plan.ties.get(str(run.id), ()), names) for place, run in enumerate(runs, start=1)
        ),
        is_mine=record["created_by"] == work.actor.user,
    )  # fmt: skip


def _file(work: Workspace, run: Record, place: int, ties: tuple[RunTie, ...], names: dict[UUID, str]) -> FileRow:
    one = work.registry.objects.get(run["records_of"])
    counts = {name: run[name] or 0 for name in (*running.COUNTS, "settled", "total")}
    links = tuple(
        _("%(column)s is found in %(file)s by %(by)s")
        % {"column": tie.column, "file": names.get(tie.to, ""), "by": tie.by}
        for tie in ties
    )  # fmt: skip
    return FileRow(
        place=place, name=run["name"], href=f"/import/{run.id}", nouns=one.title_plural if one else "",
        status=run["status"], links=links, **counts,
    )  # fmt: skip
