"""The board in rows: a card is moved to another column, another row, or both at once."""

from __future__ import annotations

import msgspec
from litestar import Response

from relata.engine.metadata.object import Object
from relata.engine.ui import swimlanes as engine
from relata.engine.ui.board import BoardColumn, BoardState
from relata.engine.ui.board_lanes import dividers
from relata.engine.ui.board_objects import NOTHING
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Shell
from relata.interfaces.web.asked import Asked, FilterBar, asked, filter_bar, switches
from relata.interfaces.web.board_cards import BoardCard, BoardHead, CardWriter, head, is_open_column
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.ground import Visit, Web, formatter
from relata.interfaces.web.view_bar import Switch


class RowColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column within a row."""

    id: str
    head: BoardHead
    cards: tuple[BoardCard, ...]
    more: bool


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the board."""

    id: str
    label: str
    count: int
    columns: tuple[RowColumn, ...]


class RowsPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. choices: what rows can be made by; plain: the board without rows."""

    shell: Shell
    title: str
    icon: str
    path: str
    query: str
    views: tuple[Switch, ...]
    boards: tuple[Switch, ...]
    choices: tuple[Switch, ...]
    plain: str
    by_label: str
    bar: FilterBar
    rows: tuple[Row, ...]
    left: int
    is_movable: bool


def row_choices(work: Workspace, one: Object, now: Asked, by: str, current: str) -> tuple[Switch, ...]:
    """Fields that can make rows of this board."""
    return tuple(
        Switch(label=field.title, href=now.address(one, rows=field.name), icon="", current=field.name == current)
        for field in dividers(work, one)
        if field.name != by
    )


async def rows_page(web: Web, request: Visit, work: Workspace, one: Object) -> Response[bytes]:
    """As the address says."""
    now = await asked(work, request, one, "board", "by", "board", "rows")
    further = dict(now.further)
    state = BoardState(
        now.where, now.order, further.get("by", ""), further.get("board", ""), search_condition(work, one, now.words)
    )
    found = await engine.swimlanes(work, one, state, further["rows"])
    form = formatter(work)
    writer = CardWriter(form, work.clock.today)
    first = found.rows[0].view if found.rows else None
    view = RowsPage(
        shell=web.shell(request, work, one.path), title=one.title_plural, icon=one.icon, path=f"/{one.path}",
        query=f"?{now.address(one).partition('?')[2]}", views=switches(work, one, now),
        boards=tuple(
            Switch(
                label=item.label, href=now.address(one, board=item.value), icon="", current=item.value == first.chosen
            )
            for item in (first.boards if first else ())
            if first
        ),
        choices=row_choices(work, one, now, first.by.name if first else "", found.by.name),
        plain=now.address(one, rows=""), by_label=found.by.title, bar=await filter_bar(work, one, now),
        rows=tuple(
            Row(
                id=row.id, label=row.label, count=row.count,
                columns=tuple(
                    RowColumn(
                        id=column.id, more=column.more,
                        cards=writer.cards(column.cards, is_open=is_open_column(one, row.view.by.name, column)),
                        head=head(form, _labelled(column, row.view.by.noun), column.figures),
                    )
                    for column in row.view.columns
                    if column.id != NOTHING or column.cards
                ),
            )
            for row in found.rows
        ),
        left=found.left, is_movable=bool(first and first.is_movable),
    )  # fmt: skip
    return web.page(work, "web/swimlanes.html", view)


def _labelled(column: BoardColumn, noun: str) -> BoardColumn:
    label = _("No %(field)s") % {"field": noun} if column.id == NOTHING else column.label
    return msgspec.structs.replace(column, label=label)
