"""Lists of any object: a view of it, sorted, filtered, page by page; the bin is a list, too."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.messaging.mail.email_objects import EMAIL, EMAIL_THREAD
from relata.engine.metadata.object import Object
from relata.engine.transfer.wizard.intake import importable
from relata.engine.ui import listing as lists
from relata.engine.ui.listing import ListState
from relata.engine.ui.long_totals import long_total
from relata.engine.ui.making import may_make
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import ngettext
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import Column, Shell, TableRow
from relata.interfaces.web.asked_rows import asked_rows, within_rows
from relata.interfaces.web.board_cards import Cards
from relata.interfaces.web.bulk_bar import BulkBar, bulk_bar
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.grid import GridColumn, grid_of
from relata.interfaces.web.ground import Visit, Web, exchange, redirect
from relata.interfaces.web.grouping import GroupView, groups_of
from relata.interfaces.web.heads import Chip, chips_of, columns_of, table_rows
from relata.interfaces.web.looks import Shown, address, shown_by
from relata.interfaces.web.own_pages import own_list
from relata.interfaces.web.past_lists import EXPORTS, past_list_page, past_of_list, past_totals
from relata.interfaces.web.view_bar import Switch, ViewBar, switches, view_bar


class ListView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a list. teaches: what this object is, for an empty list. here: this very list, for the way back and
    for next and previous. arrange: the list without its columns, to which a script adds them. foot: where the figures
    come from, "" for none. groups: in place of rows. notice: what could not be shown."""

    shell: Shell
    bar: ViewBar
    title: str
    icon: str
    path: str
    here: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    groups: tuple[GroupView, ...]
    more_groups: bool
    chips: tuple[Chip, ...]
    views: tuple[Switch, ...]
    previous: str
    next: str
    steps_next: str
    steps_previous: str
    total: str
    filter: str
    columns_dialog: str
    sort_dialog: str
    arrange: str
    foot: str
    density: str
    clear: str
    search: tuple[tuple[str, str], ...]
    words: str
    error: str
    notice: str
    teaches: str
    example: str
    singular: str
    can_create: bool
    connects: bool
    can_see_bin: bool
    exports: tuple[tuple[str, str], ...]
    export: str
    imports: str
    report: str
    past: str
    deleted: bool
    undo: str = ""
    undo_text: str = ""
    bulk: BulkBar
    grid: tuple[GridColumn, ...]


class Total(msgspec.Struct, frozen=True):
    """The count that follows the page."""

    total: int


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of lists."""

    @get("/{plural:str}")
    async def page(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            if place := own_list(request, one):
                return redirect(place)
            if "at" in request.query_params:
                return await past_list_page(web, request, work, one)
            return web.page(work, "web/list.html", await _view(web, request, work, one))

        return await web.within(request, show)

    @get("/{plural:str}/total")
    async def total(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            shown = await shown_by(work, request, work.registry.by_path(plural))
            fixed = search_condition(work, shown.object, shown.words)
            found = await long_total(work, shown.object, shown.state, fixed)
            return web.page(work, "web/total.html", Total(found))

        return await web.within(request, show)

    @get("/{plural:str}/past-totals")
    async def totals(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            found = await past_totals(work, request, work.registry.by_path(plural))
            return web.page(work, "web/board_cards.html", Cards(heads=(found,)))

        return await web.within(request, show)

    return [page, total, totals]


async def _view(web: Web, request: Visit, work: Workspace, one: Object) -> ListView:
    shown, error = await shown_by(work, request, one), ""
    asked = asked_rows(request)
    fixed = within_rows(asked, search_condition(work, one, shown.words))
    grouped = shown.look.group and not shown.deleted and asked is None
    try:
        state = _of_one(shown.state) if grouped else shown.state
        found = await lists.listing(work, one, state, fixed=fixed, columns=shown.paths)
        groups, more = await groups_of(work, shown, fixed) if grouped else ((), False)
    except Invalid as refused:  # a filter that does not fit shows its error above the unfiltered list
        error = f"{refused.message} {refused.hint or ''}".strip()
        found = await lists.listing(work, one, ListState(deleted=shown.deleted), columns=shown.paths)
        groups, more = (), False
    columns = columns_of(shown, found)
    feet = any(column.foot for column in shown.look.columns)
    left_out = found.left_out + shown.left_out
    may_export = work.actor.rights.permits("export_records") and not shown.deleted
    gone = parse_id(request.query_params.get("gone", "")) if work.actor.rights.permits("see_deleted") else None
    undo = f"/{one.path}/views/{gone}/restore" if gone else _undo(one, request.query_params.get("undo", ""))
    return ListView(
        shell=web.shell(request, work, one.path),
        bar=await view_bar(work, shown),
        title=_("Bin: %(what)s") % {"what": one.nouns} if shown.deleted else one.title_plural,
        icon="trash-2" if shown.deleted else one.icon,
        path=f"/{one.path}",
        here=shown.href(after=shown.after),
        columns=columns,
        rows=() if groups else table_rows(one, columns, found.rows),
        groups=groups,
        more_groups=more,
        chips=await chips_of(work, shown),
        views=switches(work, shown, "table"),
        previous=shown.href(after=found.previous) if found.previous else "",
        next=shown.href(after=found.next) if found.next else "",
        steps_next=shown.href("/steps", after=found.next) if found.next and not groups else "",
        steps_previous=shown.href("/steps", after=found.previous) if found.previous and not groups else "",
        total=shown.href("/total"),
        filter=address(one, "/filter", shown.full()),
        columns_dialog=address(one, "/columns", shown.full()),
        sort_dialog=address(one, "/sorting", shown.full()),
        arrange=address(one, "", {name: value for name, value in shown.full().items() if name != "columns"}),
        foot=shown.href("/foot") if feet else "",
        density=shown.look.density,
        clear=shown.href(where="", words=""),
        search=tuple((name, value) for name, value in shown.query().items() if name != "q"),
        words=shown.words,
        error=error,
        notice=ngettext(
            "%(num)s part of this list is gone or hidden from you, and was left out.",
            "%(num)s parts of this list are gone or hidden from you, and were left out.",
            left_out,
        )
        % {"num": left_out}
        if left_out
        else "",
        teaches=one.advice,
        example=one.instance,
        singular=one.noun,
        can_create=may_make(work, one),
        connects=one.name in (EMAIL, EMAIL_THREAD),
        can_see_bin=work.actor.rights.permits("see_deleted"),
        exports=tuple((label, shown.href(f"/export.{label.lower()}")) for label in EXPORTS) if may_export else (),
        export=shown.href("/export") if may_export else "",
        imports=f"/import?of={one.path}" if _may_import(work, one) and not shown.deleted else "",
        report=_report(work, shown),
        past=past_of_list(shown, work.clock.today),
        deleted=shown.deleted,
        undo=undo,
        undo_text=_("The view was deleted") if gone else _("Moved to the bin"),
        bulk=_bulk(work, request, shown, "" if error else shown.look.where),
        grid=grid_of(work, one, (column.name for column in columns)),
    )  # fmt: skip


def _report(work: Workspace, shown: Shown) -> str:
    """Where a report on these records begins."""
    if shown.deleted or "report" not in work.registry.objects:
        return ""
    where = {"where": shown.look.where} if shown.look.where else {}
    return f"/report/new?{urlencode({'object': shown.object.name, **where}, quote_via=quote)}"


def _may_import(work: Workspace, one: Object) -> bool:
    return work.actor.rights.permits("import_records") and one in importable(work)


def _bulk(work: Workspace, request: Visit, shown: Shown, where: str) -> BulkBar:
    return bulk_bar(
        work, shown.object, exchange(request).csrf_token(), where=where, words=shown.words, deleted=shown.deleted,
        total=shown.href("/total"),
    )  # fmt: skip


def _of_one(state: ListState) -> ListState:
    """Of a grouped list only the columns are wanted here; its rows come group by group."""
    return ListState(state.where, state.order, "", state.deleted, 1)


def _undo(one: Object, key: str) -> str:
    """Where the record that was just deleted can be brought back."""
    found = parse_id(key)
    return f"/{one.path}/{found}/restore" if found else ""
