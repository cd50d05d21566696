"""A list on a past day, with its totals; above it stands what changed since."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from litestar import Response

from relata.engine.metadata.object import Object
from relata.engine.ui.board import BoardColumn
from relata.engine.ui.board_totals import Figures
from relata.engine.ui.listing import ListState
from relata.engine.ui.past_list import ChangedRecord, list_figures, past_list
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.interfaces.html.view_values import Column, Shell, TableRow
from relata.interfaces.web.asked import Asked, FilterBar, asked, filter_bar
from relata.interfaces.web.board_cards import BoardHead, head
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.ground import Visit, Web, formatter
from relata.interfaces.web.heads import columns_of, table_rows
from relata.interfaces.web.looks import Shown, address, shown_by
from relata.interfaces.web.past_boards import Slider, day_of, slider
from relata.interfaces.web.view_bar import Switch, switches

#: What a list leaves as, by the ending of the file.
EXPORTS = ("CSV", "XLSX", "JSONL", "Parquet")


class PastListPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. head: count and totals. figures: address that answers it, "" where it is complete. next, previous:
    other pages. exports: the same list as a file."""

    shell: Shell
    title: str
    icon: str
    views: tuple[Switch, ...]
    bar: FilterBar
    slider: Slider
    head: BoardHead
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    figures: str
    next: str
    previous: str
    exports: tuple[tuple[str, str], ...]
    changes: tuple[ChangedRecord, ...]
    changed: int
    came: int
    went: int
    is_rough: bool
    untold: tuple[str, ...]
    is_far: bool
    error: str = ""


def past_of_list(shown: Shown, today: date) -> str:
    """The address of the same list a week ago; the bin has no past."""
    then = (today - timedelta(days=7)).isoformat()
    return "" if shown.deleted else address(shown.object, "", {**shown.query(), "at": then})


async def past_list_page(web: Web, request: Visit, work: Workspace, one: Object) -> Response[bytes]:
    """As the address says; a day that is none, or to come, is answered with yesterday's list and a sentence."""
    now, shown = await _asked(work, request, one), await shown_by(work, request, one)
    today, is_asked = work.clock.today, True
    day, error = day_of(dict(now.further).get("at", ""), today)
    try:
        fixed = search_condition(work, one, shown.words)
        found = await past_list(work, one, shown.state, shown.paths, day, fixed)
    except Invalid as refused:
        error, is_asked = f"{refused.message} {refused.hint or ''}".strip(), False
        found = await past_list(work, one, ListState(), shown.paths, today)
    columns = tuple(msgspec.structs.replace(one, add="") for one in columns_of(shown, found.listing))
    may_export = is_asked and work.actor.rights.permits("export_records")
    view = PastListPage(
        shell=web.shell(request, work, one.path), title=one.title_plural, icon=one.icon,
        views=switches(work, shown, "table"), bar=await filter_bar(work, one, now, error),
        slider=slider(one, now, today, day), head=_head(work, found.figures),
        figures=shown.href("/past-totals") if found.figures is None and is_asked else "",
        columns=columns, rows=table_rows(one, columns, found.listing.rows),
        next=shown.href(after=found.listing.next) if found.listing.next and is_asked else "",
        previous=shown.href(after=found.listing.previous) if found.listing.previous and is_asked else "",
        exports=tuple((label, shown.href(f"/export.{label.lower()}")) for label in EXPORTS) if may_export else (),
        changes=found.changes, changed=found.changed, came=found.came, went=found.went, is_rough=found.is_rough,
        untold=found.untold, is_far=found.is_far, error=error,
    )  # fmt: skip
    return web.page(work, "web/past_list.html", view, status=422 if error else 200)


async def past_totals(work: Workspace, request: Visit, one: Object) -> BoardHead:
    """What the whole list in the address counted on its day."""
    shown = await shown_by(work, request, one)
    day = shown.day or work.clock.today
    return _head(work, await list_figures(work, one, shown.state, day, search_condition(work, one, shown.words)))


def _head(work: Workspace, figures: Figures | None) -> BoardHead:
    return head(formatter(work), BoardColumn(id="past", label="", colour=0, figures=figures), figures)


async def _asked(work: Workspace, request: Visit, one: Object) -> Asked:
    """What the list's address says, columns included."""
    return await asked(work, request, one, "", "at", "columns")
