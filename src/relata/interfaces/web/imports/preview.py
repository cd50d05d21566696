"""Every change before it happens: counts of the whole file, and its rows, a page at a time, before and after."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.transfer.csv_reader import CsvFile, Row
from relata.engine.transfer.wizard import running, sheets
from relata.engine.transfer.wizard.failed import in_words
from relata.engine.transfer.wizard.linked import Linked
from relata.engine.transfer.wizard.running import write
from relata.engine.transfer.wizard.trying import try_rows
from relata.engine.ui.import_preview import RowChange, row_changes
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Crumb, Shell
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.imports.parts import StepView, crumbs, steps
from relata.interfaces.web.imports.runs import run_page

#: Rows of one page; each is tried when it is looked at.
PAGE = 50
_SHOWS = {"all": "cusrk", "new": "c", "changed": "u", "same": "s", "failing": "r", "out": "k"}


class ShowTab(msgspec.Struct, frozen=True):
    """Rows of one kind."""

    label: str
    href: str
    current: bool
    count: int | None


class ShownRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the file. code: c new, u changed, s same, r failing, k left out. cells: of the file, where nothing would
    be written."""

    number: int
    code: str
    title: str = ""
    href: str = ""
    changes: tuple[RowChange, ...] = ()
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    cells: str = ""


class PreviewView(msgspec.Struct, frozen=True, kw_only=True):
    """The page. writes: rows that would change anything."""

    shell: Shell
    crumbs: tuple[Crumb, ...]
    steps: tuple[StepView, ...]
    title: str
    path: str
    nouns: str
    total: int
    created: int
    updated: int
    unchanged: int
    skipped: int
    refused: int
    tabs: tuple[ShowTab, ...]
    rows: tuple[ShownRow, ...]
    next: str
    is_quiet: bool
    together: str

    @property
    def writes(self) -> int:
        """Rows that would write something."""
        return self.created + self.updated


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of the preview."""

    @get("/import/{key:str}")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        run = record_id(key)

        async def look(work: Workspace) -> Record:
            return await work.get("import_run", run)

        record = await web.within(request, look)
        if record["status"] == "draft":
            return redirect(f"/import/{run}/columns")
        if record["status"] == "checked" and record["created_by"] == web.person(request).user:
            return await _preview(web, request, run)
        return await run_page(web, request, run)

    @post("/import/{key:str}/start", status_code=200)
    async def start(request: Visit, key: FromPath[str]) -> Response[bytes]:
        run = record_id(key)

        async def begin(work: Workspace) -> bool:
            return await running.start(work, web.queue, run)

        if await web.within(request, begin, read_only=False):
            await _write_now(web, request, run)
        return redirect(f"/import/{run}", request)

    return [page, start]


async def _write_now(web: Web, request: Visit, run: UUID) -> None:
    workspace = web.person(request)
    assert workspace.workspace is not None
    key = await web.door.key_of(workspace.workspace)
    try:
        await write(web.door, web.files, key, workspace.user, run)
    except RelataError as error:
        await running.fail(web.door, key, run, f"{error.message} {error.hint or ''}".strip())


async def _preview(web: Web, request: Visit, run: UUID) -> Response[bytes]:
    show = request.query_params.get("show", "all")
    show = show if show in _SHOWS else "all"
    after = request.query_params.get("after", "1")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 1

    async def load(work: Workspace) -> tuple[Record, sheets.Sheet, list[tuple[int, str]], str]:
        record = await running.mine(work, run)
        found = await sheets.rows_with(work, run, _SHOWS[show], start, PAGE + 1)
        return record, await sheets.sheet_of(work, run), found, work.context.schema

    record, sheet, wanted, schema = await web.within(request, load)
    wanted, more = wanted[:PAGE], len(wanted) > PAGE
    codes = dict(wanted)
    async with sheets.opened(web.files, schema, sheet) as file:
        rows = _rows(file, codes)
    person = web.person(request)
    assert person.workspace is not None
    mapping, key = running.mapping_of(record), await web.door.key_of(person.workspace)
    linked = await Linked.of(web.door, web.files, key, person.user, run)
    before = await linked.rows_for(rows)
    tried = await try_rows(web.door, key, person.user, mapping, rows, row_changes, before=before)
    reasons: dict[int, list[str]] = {}
    warnings: dict[int, list[str]] = {}
    for note in tried.done.notes:
        (reasons if note.severity in ("refused", "skipped") else warnings).setdefault(note.row, []).append(
            in_words(note)
        )
    shown = tuple(
        ShownRow(
            number=row.number, code=codes[row.number], reasons=tuple(reasons.get(row.number, ())),
            warnings=tuple(warnings.get(row.number, ())), cells=" · ".join(filter(None, row.cells.values()))[:300],
            title=((seen := tried.seen.get(row.number)) and seen.title) or "",
            href=seen.href if seen and codes[row.number] != "c" else "", changes=seen.changes if seen else (),
        )
        for row in rows
    )  # fmt: skip

    async def render(work: Workspace) -> Response[bytes]:
        one = work.registry.get(record["records_of"])
        counts = {name: record[name] or 0 for name in running.COUNTS}
        labels = {
            "all": (_("All rows"), None), "new": (_("New"), counts["created"]),
            "changed": (_("Changed"), counts["updated"]),
            "same": (_("Same"), counts["unchanged"]), "failing": (_("Not imported"), counts["refused"]),
            "out": (_("Left out"), counts["skipped"]),
        }  # fmt: skip
        path = f"/import/{run}"
        view = PreviewView(
            shell=web.shell(request, work), crumbs=crumbs(work, record), steps=steps(str(run), 2), title=record["name"],
            path=path,
            nouns=one.nouns, total=record["total"] or 0, **counts, is_quiet=bool(record["is_quiet"]), rows=shown,
            together=f"/import/together/{record['together']}" if record["together"] else "",
            tabs=tuple(
                ShowTab(label, f"{path}?show={name}", name == show, count)
                for name, (label, count) in labels.items() if count != 0 or name in ("all", show)
            ),
            next=f"{path}?{urlencode({'show': show, 'after': wanted[-1][0]})}" if more else "",
        )  # fmt: skip
        return web.page(work, "web/imports/preview.html", view)

    return await web.within(request, render)


def _rows(file: CsvFile, wanted: dict[int, str]) -> list[Row]:
    found: list[Row] = []
    if wanted:
        for row in file.rows(after=min(wanted) - 1):
            if row.number in wanted:
                found.append(row)
            if row.number >= max(wanted):
                break
    return found
