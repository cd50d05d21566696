"""A list on a past day, with its totals; above it stands what changed since."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from litestar import Response

from relata.engine.metadata.object import Object
from relata.engine.ui.board import BoardColumn
from relata.engine.ui.listing import ListState
from relata.engine.ui.past_list import ChangedRecord, past_list
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


class PastListPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. head: count and totals. more: there were more than are shown."""

    shell: Shell
    title: str
    icon: str
    views: tuple[Switch, ...]
    bar: FilterBar
    slider: Slider
    head: BoardHead
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    more: bool
    changes: tuple[ChangedRecord, ...]
    changed: int
    came: int
    went: int
    is_rough: bool
    error: str = ""


def past_of_list(shown: Shown, today: date) -> str:
    """The address of the same list a week ago; the bin has no past."""
    then = (today - timedelta(days=7)).isoformat()
    return "" if shown.deleted else address(shown.object, "", {**shown.query(), "at": then})


async def past_list_page(web: Web, request: Visit, work: Workspace, one: Object) -> Response[bytes]:
    """As the address says; a day that is none, or to come, is answered with yesterday's list and a sentence."""
    now, shown = await _asked(work, request, one), await shown_by(work, request, one)
    today = work.clock.today
    day, error = day_of(dict(now.further).get("at", ""), today)
    try:
        fixed = search_condition(work, one, shown.words)
        found = await past_list(work, one, shown.state, shown.paths, day, fixed)
    except Invalid as refused:
        error = f"{refused.message} {refused.hint or ''}".strip()
        found = await past_list(work, one, ListState(), shown.paths, today)
    columns = tuple(msgspec.structs.replace(one, sort="", add="") for one in columns_of(shown, found.listing))
    view = PastListPage(
        shell=web.shell(request, work, one.path), title=one.title_plural, icon=one.icon,
        views=switches(work, shown, "table"), bar=await filter_bar(work, one, now, error),
        slider=slider(one, now, today, day),
        head=head(formatter(work), BoardColumn(id="past", label="", colour=0, figures=found.figures), found.figures),
        columns=columns, rows=table_rows(one, columns, found.listing.rows),
        more=found.figures.count > len(found.listing.rows), changes=found.changes, changed=found.changed,
        came=found.came, went=found.went, is_rough=found.is_rough, error=error,
    )  # fmt: skip
    return web.page(work, "web/past_list.html", view, status=422 if error else 200)


async def _asked(work: Workspace, request: Visit, one: Object) -> Asked:
    """What the list's address says, columns included."""
    return await asked(work, request, one, "", "at", "columns")
