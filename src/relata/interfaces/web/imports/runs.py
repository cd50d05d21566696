"""An import on its way and at its end: progress, pause, what was left out and why, and the way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from relata.engine.transfer import state as states
from relata.engine.transfer.report import Note
from relata.engine.transfer.wizard import running, taking_back
from relata.engine.transfer.wizard.failed import failed_rows, in_words
from relata.engine.transfer.wizard.objects import IMPORT_RUN
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.interfaces.html.view_values import Crumb, Shell
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.imports.parts import StepView, crumbs, steps

#: Remarks that the page groups; the file with the failed rows has all of them.
SHOWN_NOTES = 2000
_ENDED = ("done", "cancelled", "failed")


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that were not imported, or warned about, for one reason. examples: some of their numbers."""

    message: str
    count: int
    examples: tuple[int, ...]


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """The page. list: where the records are."""

    shell: Shell
    crumbs: tuple[Crumb, ...]
    steps: tuple[StepView, ...]
    title: str
    path: str
    list: str
    nouns: str
    status: str
    total: int
    settled: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    refused: int
    error: str
    begun: datetime
    reasons: tuple[Reason, ...]
    warnings: tuple[Reason, ...]
    is_mine: bool
    is_undoable: bool
    undone_by: str
    done: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of imports that have begun."""

    @get("/import/{key:str}/progress")
    async def progress(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            view = await _view(web, request, work, record_id(key))
            if view.status in ("checked", "draft"):  # the next page is another one
                return redirect(view.path, request)
            return web.page(work, "web/imports/progress.html", view)

        return await web.within(request, show)

    @get("/import/{key:str}/failed.csv")
    async def failed(request: Visit, key: FromPath[str]) -> Stream:
        run = record_id(key)
        record = await web.within(request, lambda work: running.mine(work, run))
        person = web.person(request)
        assert person.workspace is not None
        pieces = failed_rows(web.door, web.files, await web.door.key_of(person.workspace), person.user, run)
        head = await anext(pieces)
        name = f"failed-{run}.csv" if not record["name"].isascii() else f"failed-{_plain(record['name'])}.csv"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Stream(_encoded(head, pieces), headers=headers, media_type="text/csv")

    def steering(name: str, act: Callable[[Workspace, UUID], Awaitable[Record]]) -> HTTPRouteHandler:
        @post(f"/import/{{key:str}}/{name}", status_code=200, name=f"import_{name}")
        async def steer(request: Visit, key: FromPath[str]) -> Response[bytes]:
            await web.within(request, lambda work: act(work, record_id(key)), read_only=False)
            return redirect(f"/import/{record_id(key)}", request)

        return steer

    async def go_on(work: Workspace, run: UUID) -> Record:
        return await running.go_on(work, web.queue, run)

    @post("/import/{key:str}/undo", status_code=200)
    async def undo(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def begin(work: Workspace) -> Record:
            return await taking_back.undo(work, web.queue, record_id(key))

        bulk = await web.within(request, begin, read_only=False)
        return redirect(f"/bulk/{bulk.id}", request)

    steers = [steering("pause", running.pause), steering("cancel", running.cancel), steering("continue", go_on)]
    return [progress, failed, undo, *steers]


async def run_page(web: Web, request: Visit, run: UUID) -> Response[bytes]:
    """The page of an import that has begun."""

    async def show(work: Workspace) -> Response[bytes]:
        return web.page(work, "web/imports/run.html", await _view(web, request, work, run))

    return await web.within(request, show)


async def _view(web: Web, request: Visit, work: Workspace, run: UUID) -> RunView:
    record = await work.get(IMPORT_RUN, run)
    one = work.registry.objects.get(record["records_of"])
    is_mine = record["created_by"] == work.actor.user
    notes = await _notes(work, run) if is_mine and record["status"] != "checking" else []
    counts = {name: record[name] or 0 for name in (*running.COUNTS, "total", "settled")}
    wrote = bool(counts["created"] or counts["updated"])
    return RunView(
        shell=web.shell(request, work), crumbs=crumbs(work, record), title=record["name"], path=f"/import/{run}",
        steps=steps(str(run), {"checking": 2, "done": 4}.get(record["status"], 3), is_open=False),
        list=f"/{one.path}" if one else "/", nouns=one.nouns if one else "", status=record["status"],
        error=record["error"] or "", begun=record["created_at"], is_mine=is_mine,
        reasons=_grouped(notes, ("refused",)), warnings=_grouped(notes, ("warning", "repaired")),
        is_undoable=bool(is_mine and wrote and not record["undone_by"] and record["status"] in _ENDED),
        undone_by=f"/bulk/{record['undone_by']}" if record["undone_by"] else "",
        done=f"{counts['settled']} / {counts['total']}", **counts,
    )  # fmt: skip


async def _notes(work: Workspace, run: UUID) -> list[Note]:
    try:
        return await states.notes(work, run, limit=SHOWN_NOTES)
    except NotFound:  # it never came to its first row
        return []


def _grouped(notes: list[Note], severities: tuple[str, ...]) -> tuple[Reason, ...]:
    """Remarks by their words, the commonest first."""
    rows: dict[str, list[int]] = {}
    for note in notes:
        if note.severity in severities:
            rows.setdefault(in_words(note), []).append(note.row)
    tally = Counter({message: len(found) for message, found in rows.items()})
    return tuple(
        Reason(message=message, count=count, examples=tuple(rows[message][:5]))
        for message, count in tally.most_common(30)
    )  # fmt: skip


def _plain(name: str) -> str:
    stem = name.rsplit(".", 1)[0]
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in stem)[:80] or "rows"


async def _encoded(head: str, rest: AsyncIterator[str]) -> AsyncIterator[bytes]:
    yield head.encode("utf-8-sig")
    async for piece in rest:
        yield piece.encode()
