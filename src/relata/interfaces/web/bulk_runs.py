"""A bulk change's own page: how far it is, what was refused, and how to pause, go on, cancel or undo it."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from relata.engine.transfer.bulk import notes, running
from relata.engine.transfer.bulk.objects import BULK_CHANGE
from relata.engine.transfer.formula_guard import guarded
from relata.engine.ui.bulk_preview import Refusal, refusals
from relata.engine.ui.listing import ListState, listing
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.html.view_values import Column, Crumb, Shell, TableRow
from relata.interfaces.web.bulk import told
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.heads import table_rows

#: The page groups this many remarks; all of them are in the download.
SHOWN_NOTES = 500


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """The page. done: records that are settled. is_mine: whether this person may steer it. list: where the records
    are."""

    shell: Shell
    crumbs: tuple[Crumb, ...]
    title: str
    path: str
    list: str
    status: str
    total: int
    done: int
    changed: int
    unchanged: int
    refused: int
    error: str
    begun: datetime
    refusals: tuple[Refusal, ...]
    has_more: bool
    is_mine: bool
    is_undoable: bool
    undone_by: str


class RunsView(msgspec.Struct, frozen=True, kw_only=True):
    """The bulk changes that this person sees, the newest first. next: address of older ones."""

    shell: Shell
    title: str
    help: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    next: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of bulk changes."""

    @get("/bulk/{key:str}")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/bulk_run.html", await _view(web, request, work, record_id(key)))

        return await web.within(request, show)

    @get("/bulk/{key:str}/progress")
    async def progress(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/bulk_progress.html", await _view(web, request, work, record_id(key)))

        return await web.within(request, show)

    @get("/bulk")
    async def runs(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/bulk_runs.html", await _runs(web, request, work))

        return await web.within(request, show)

    @get("/bulk/{key:str}/refused.csv")
    async def report(request: Visit, key: FromPath[str]) -> Stream:
        bulk = record_id(key)

        async def look(work: Workspace) -> Record:
            return await work.get(BULK_CHANGE, bulk)

        record = await web.within(request, look)
        headers = {"content-disposition": f'attachment; filename="refused-{bulk}.csv"'}
        return Stream(_report(web, request, record), headers=headers, media_type="text/csv")

    def steering(name: str, act: Callable[[Workspace, UUID], Awaitable[Record]]) -> HTTPRouteHandler:
        @post(f"/bulk/{{key:str}}/{name}", status_code=200, name=f"bulk_{name}")
        async def steer(request: Visit, key: FromPath[str]) -> Response[bytes]:
            async def run(work: Workspace) -> Record:
                return await act(work, record_id(key))

            record = await web.within(request, run, read_only=False)
            return redirect(f"/bulk/{record.id}", request)

        return steer

    @post("/bulk/{key:str}/undo", status_code=200)
    async def undo(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def run(work: Workspace) -> Record:
            return await running.undo(work, web.queue, record_id(key))

        record = await web.within(request, run, read_only=False)
        if not request.headers.get("hx-request"):
            return redirect(f"/bulk/{record.id}")
        return told(request, record)

    async def go_on(work: Workspace, bulk: UUID) -> Record:
        return await running.go_on(work, web.queue, bulk)

    steers = [steering("pause", running.pause), steering("cancel", running.cancel), steering("continue", go_on)]
    return [runs, page, progress, report, undo, *steers]


async def _runs(web: Web, request: Visit, work: Workspace) -> RunsView:
    one = work.registry.get(BULK_CHANGE)
    found = await listing(work, one, ListState(after=request.query_params.get("after", "")))
    columns = tuple(
        Column(name=column.path, label=column.label, kind=column.kind, align=column.align)
        for column in (found.title_column, *found.columns)
    )
    rows = tuple(
        msgspec.structs.replace(row, href=f"/bulk/{row.id}", peek="") for row in table_rows(one, columns, found.rows)
    )
    next_page = f"/bulk?{urlencode({'after': found.next})}" if found.next else ""
    return RunsView(
        shell=web.shell(request, work),
        title=one.title_plural,
        help=one.advice,
        columns=columns,
        rows=rows,
        next=next_page,
    )


async def _view(web: Web, request: Visit, work: Workspace, bulk: UUID) -> RunView:
    record = await work.get(BULK_CHANGE, bulk)
    found = [note for _number, note in await notes.page(work, bulk, limit=SHOWN_NOTES)]
    one = work.registry.objects.get(record["records_of"])
    undone = await work.find(BULK_CHANGE, undoes=bulk, limit=1)
    counts = {name: record[name] or 0 for name in ("changed", "unchanged", "refused")}
    return RunView(
        shell=web.shell(request, work), title=record["name"], path=f"/bulk/{bulk}", list=f"/{one.path}" if one else "/",
        crumbs=(Crumb(work.registry.get(BULK_CHANGE).title_plural, "/bulk"),),
        status=record["status"], total=record["total"] or 0, done=sum(counts.values()), error=record["error"] or "",
        begun=record["created_at"], refusals=await refusals(work, record["records_of"], found),
        has_more=len(found) == SHOWN_NOTES, is_mine=record["created_by"] == work.actor.user,
        is_undoable=bool(record["is_undoable"] and record["changed"] and not undone),
        undone_by=f"/bulk/{undone[0].id}" if undone else "", **counts,
    )  # fmt: skip


async def _report(web: Web, request: Visit, record: Record) -> AsyncIterator[bytes]:
    """One line for each remark, page by page; titles as this person may see them now."""
    yield _line("id", "record", "field", "code", "message").encode("utf-8-sig")
    after, more = 0, True
    while more:

        async def lines(work: Workspace, after: int = after) -> tuple[int, list[str]]:
            found = await notes.page(work, record.id, after=after)
            name = record["records_of"]
            titles = await titles_of(work.unit, {name: [note.record for _number, note in found]})
            return found[-1][0] if found else 0, [
                _line(str(note.record), titles.get((name, note.record), ""), note.field, note.code, note.message)
                for _number, note in found
            ]

        after, texts = await web.within(request, lines)
        more = bool(texts)
        yield "".join(texts).encode()


def _line(*cells: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow([guarded(cell) for cell in cells])
    return out.getvalue()
