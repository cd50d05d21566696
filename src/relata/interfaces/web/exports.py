"""Exports that the server writes: asked for from a list, left alone, and fetched for a day, from any byte on."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from relata.engine.metadata.fields import Choice
from relata.engine.transfer.packed_members import INNERS, Inner
from relata.engine.ui.exports import keeping, running
from relata.engine.ui.exports.objects import EXPORT_RUN
from relata.engine.ui.exports.wish import FORMS, Form, Wish
from relata.engine.ui.listing import ListState, listing, total
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Column, Crumb, Option, Shell, TableRow
from relata.interfaces.web.exporting import large_export, wish_of
from relata.interfaces.web.files import streamed
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id, redirect
from relata.interfaces.web.heads import table_rows


class ExportForm(msgspec.Struct, frozen=True, kw_only=True):
    """What to export how. total: records of the list."""

    shell: Shell
    crumbs: tuple[Crumb, ...]
    title: str
    action: str
    back: str
    total: int
    forms: tuple[Option, ...]
    form: str
    contents: tuple[Option, ...]
    inners: tuple[Option, ...]


class ExportView(msgspec.Struct, frozen=True, kw_only=True):
    """One export. list: where the records are."""

    shell: Shell
    crumbs: tuple[Crumb, ...]
    title: str
    path: str
    list: str
    status: str
    form: str
    total: int
    written: int
    bytes: int
    error: str
    kept_until: datetime | None


class ExportsView(msgspec.Struct, frozen=True, kw_only=True):
    """One's own exports, the newest first. next: address of older ones."""

    shell: Shell
    title: str
    help: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    next: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of exports."""

    @get("/{plural:str}/export")
    async def ask(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/export_form.html", await _form(web, request, work, plural))

        return await web.within(request, show)

    @post("/{plural:str}/export", status_code=200)
    async def begin(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        sent = await posted(request)

        async def count(work: Workspace) -> int:
            wish = await _wish(work, request, plural, sent)
            return await total(work, work.readable_object(wish.object), wish.state)

        if question := await large_export(web, request, sent, lambda: web.within(request, count)):
            return question

        async def start(work: Workspace) -> Record:
            return await running.begin(work, web.queue, await _wish(work, request, plural, sent))

        record = await web.within(request, start, read_only=False)
        return redirect(f"/exports/{record.id}", request)

    @get("/exports")
    async def runs(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/exports.html", await _runs(web, request, work))

        return await web.within(request, show)

    @get("/exports/{key:str}")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/export.html", await _view(web, request, work, record_id(key)))

        return await web.within(request, show)

    @get("/exports/{key:str}/progress")
    async def progress(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/export_progress.html", await _view(web, request, work, record_id(key)))

        return await web.within(request, show)

    @post("/exports/{key:str}/cancel", status_code=200)
    async def cancel(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def stop(work: Workspace) -> Record:
            return await running.cancel(work, record_id(key))

        record = await web.within(request, stop, read_only=False)
        return redirect(f"/exports/{record.id}", request)

    @get("/exports/{key:str}/export.file")
    async def fetch(request: Visit, key: FromPath[str]) -> Stream | Response[bytes]:
        return await _fetched(web, request, record_id(key))

    @post("/exports/{key:str}/export.file", status_code=200)
    async def confirmed(request: Visit, key: FromPath[str]) -> Stream | Response[bytes]:
        return await _fetched(web, request, record_id(key))

    return [ask, begin, runs, page, progress, cancel, fetch, confirmed]


async def _fetched(web: Web, request: Visit, export: UUID) -> Stream | Response[bytes]:
    sent = await posted(request) if request.method == "POST" else {}

    async def count(work: Workspace) -> int:
        return (await running.mine(work, export))["total"] or 0

    if question := await large_export(web, request, sent, lambda: web.within(request, count)):
        return question
    found = await web.within(
        request, lambda work: keeping.file_of(work, export), read_only=False, via="export"
    )  # fmt: skip
    return streamed(web, request, found.schema, found.file, found.headers)


def _asked(sent: dict[str, list[str]], name: str) -> str:
    return (sent.get(name) or [""])[-1]


async def _wish(work: Workspace, request: Visit, plural: str, sent: dict[str, list[str]]) -> Wish:
    asked = _asked(sent, "format")
    form: Form = next((one for one in FORMS if one == asked), "csv")
    wish = await wish_of(work, request, plural, form)
    if form == "zip":
        inner: Inner = next((one for one in INNERS if one == _asked(sent, "inner")), "jsonl")
        has_history = _asked(sent, "content") == "records"
        return msgspec.structs.replace(wish, fields=(), is_shown=False, history=has_history, inner=inner)
    if _asked(sent, "content") == "records":
        return msgspec.structs.replace(wish, fields=(), is_shown=False)
    return wish


async def _form(web: Web, request: Visit, work: Workspace, plural: str) -> ExportForm:
    if not work.actor.rights.permits("export_records"):
        raise Denied(_("You may not export records."), code="denied_export")
    wish = await wish_of(work, request, plural, "csv")
    one = work.readable_object(wish.object)
    kept = urlencode([pair for pair in request.query_params.multi_items() if pair[0] != "format"])
    notes = {
        "csv": _("For spreadsheets and other programs; the smallest common ground."),
        "xlsx": _("A workbook for Excel, LibreOffice and Numbers; up to 1,048,575 records."),
        "jsonl": _("One record a line, values as the API gives them."),
        "parquet": _("For tools that reckon: numbers, days and amounts as such."),
        "zip": _("With the records that belong to these, and the files of all."),
    }
    field = work.registry.get(EXPORT_RUN).all_fields["form"]
    assert isinstance(field, Choice)
    titles = {each.value: each.title for each in field.options}
    return ExportForm(
        shell=web.shell(request, work, one.path),
        crumbs=(Crumb(one.title_plural, f"/{one.path}?{kept}" if kept else f"/{one.path}"),),
        title=_("Export %(what)s") % {"what": one.nouns}, action=f"/{one.path}/export?{kept}",
        back=f"/{one.path}?{kept}", total=await total(work, one, wish.state),
        forms=tuple(Option(value=each.value, label=each.title, note=notes[each.value]) for each in field.options),
        form=request.query_params.get("format", "csv"),
        contents=(
            Option(
                value="shown", label=_("What the list shows"),
                note=_("Its columns, filter and order, with names in place of ids."),
            ),
            Option(
                value="records", label=_("Everything"),
                note=_("Every field that you may read, as an import brings it back; a ZIP has the history, too."),
            ),
        ),
        inners=tuple(Option(value=each, label=titles[each]) for each in INNERS),
    )  # fmt: skip


async def _runs(web: Web, request: Visit, work: Workspace) -> ExportsView:
    one = work.registry.get(EXPORT_RUN)
    found = await listing(work, one, ListState(after=request.query_params.get("after", "")))
    columns = tuple(
        Column(name=column.path, label=column.label, kind=column.kind, align=column.align)
        for column in (found.title_column, *found.columns)
    )
    rows = tuple(
        msgspec.structs.replace(row, href=f"/exports/{row.id}", peek="") for row in table_rows(one, columns, found.rows)
    )
    following = f"/exports?{urlencode({'after': found.next})}" if found.next else ""
    return ExportsView(
        shell=web.shell(request, work), title=one.title_plural, help=one.advice, columns=columns, rows=rows,
        next=following,
    )  # fmt: skip


async def _view(web: Web, request: Visit, work: Workspace, export: UUID) -> ExportView:
    record = await running.mine(work, export)
    one = work.registry.objects.get(record["records_of"])
    field = work.registry.get(EXPORT_RUN).all_fields["form"]
    assert isinstance(field, Choice)
    return ExportView(
        shell=web.shell(request, work), title=record["name"], path=f"/exports/{export}",
        crumbs=(Crumb(work.registry.get(EXPORT_RUN).title_plural, "/exports"),),
        list=f"/{one.path}" if one else "/", status=record["status"],
        form=next(each.title for each in field.options if each.value == record["form"]),
        total=record["total"] or 0, written=record["written"] or 0, bytes=record["bytes"] or 0,
        error=record["error"] or "", kept_until=record["kept_until"],
    )  # fmt: skip
