"""The board on a past day: nothing is moved there; beside it stands what moved since."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from litestar import Response

from relata.engine.metadata.object import Object
from relata.engine.ui.board import BoardColumn, BoardState
from relata.engine.ui.board_objects import NOTHING
from relata.engine.ui.past_board import Move, past_board, past_column_figures
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Shell
from relata.interfaces.web.asked import Asked, FilterBar, asked, filter_bar, switches
from relata.interfaces.web.board_cards import BoardCard, BoardHead, CardWriter, head, is_open_column
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.ground import Visit, Web, formatter
from relata.interfaces.web.looks import past_day
from relata.interfaces.web.view_bar import Switch

#: How far the slider goes back; any day can be typed.
_DAYS = 365


class PastLane(msgspec.Struct, frozen=True, kw_only=True):
    """A column. more: there were more cards than are shown."""

    id: str
    head: BoardHead
    cards: tuple[BoardCard, ...]
    more: bool


class Slider(msgspec.Struct, frozen=True, kw_only=True):
    """The choice of a day. path: the page. ago: how many days back. keep: what the form must send along. now: the page
    of today."""

    path: str
    day: date
    today: date
    first: date
    ago: int
    days: int
    earlier: tuple[Switch, ...]
    keep: tuple[tuple[str, str], ...]
    now: str


class PastPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. figures: address that answers the columns' heads, "" where they are complete."""

    shell: Shell
    title: str
    icon: str
    views: tuple[Switch, ...]
    boards: tuple[Switch, ...]
    bar: FilterBar
    lanes: tuple[PastLane, ...]
    slider: Slider
    moves: tuple[Move, ...]
    moved: int
    made: int
    is_rough: bool
    figures: str = ""
    error: str = ""


def past_address(one: Object, now: Asked, today: date) -> str:
    """The same board a week ago."""
    return now.address(one, at=(today - timedelta(days=7)).isoformat())


async def past_page(web: Web, request: Visit, work: Workspace, one: Object) -> Response[bytes]:
    """As the address says; a day that is none, or to come, is answered with yesterday's board and a sentence."""
    now = await asked(work, request, one, "board", "by", "board", "at")
    today, further = work.clock.today, dict(now.further)
    day, error = day_of(further.get("at", ""), today)
    state, is_asked = _state(work, one, now), True
    try:
        found = await past_board(work, one, state, day)
    except Invalid as refused:
        error, is_asked = f"{refused.message} {refused.hint or ''}".strip(), False
        found = await past_board(work, one, BoardState(), today)
    is_whole = all(column.figures is not None for column in found.view.columns)
    form = formatter(work)
    writer = CardWriter(form, day)
    lanes = tuple(
        PastLane(
            id=column.id, more=column.more,
            cards=writer.cards(column.cards, is_open=is_open_column(one, found.view.by.name, column)),
            head=head(form, _labelled(column, found.view.by.noun), column.figures),
        )
        for column in found.view.columns
    )  # fmt: skip
    view = PastPage(
        shell=web.shell(request, work, one.path), title=one.title_plural, icon=one.icon,
        views=switches(work, one, now),
        boards=tuple(
            Switch(
                label=item.label, href=now.address(one, board=item.value), icon="",
                current=item.value == found.view.chosen,
            )
            for item in found.view.boards
        ),
        bar=await filter_bar(work, one, now, error), lanes=lanes, slider=slider(one, now, today, day),
        moves=found.moves, moved=found.moved, made=found.made, is_rough=found.is_rough, error=error,
        figures="" if is_whole or not is_asked else now.address(one, at=day.isoformat()).replace("?", "/figures?", 1),
    )  # fmt: skip
    return web.page(work, "web/past_board.html", view, status=422 if error else 200)


async def past_heads(work: Workspace, request: Visit, one: Object) -> tuple[BoardHead, ...]:
    """What the columns of the board in the address counted on its day."""
    now = await asked(work, request, one, "board", "by", "board", "at")
    day, _error = day_of(dict(now.further).get("at", ""), work.clock.today)
    figures, form = await past_column_figures(work, one, _state(work, one, now), day), formatter(work)
    return tuple(
        head(form, BoardColumn(id=column, label="", colour=0, figures=None), found) for column, found in figures.items()
    )


def _state(work: Workspace, one: Object, now: Asked) -> BoardState:
    further = dict(now.further)
    words = search_condition(work, one, now.words)
    return BoardState(now.where, now.order, further.get("by", ""), further.get("board", ""), words)


def slider(one: Object, now: Asked, today: date, day: date) -> Slider:
    """The choice of another day for the same page."""
    return Slider(
        path=now.address(one).partition("?")[0], day=day, today=today, first=today - timedelta(days=_DAYS),
        ago=min(_DAYS, (today - day).days), days=_DAYS, earlier=tuple(_earlier(one, now, today, day)),
        keep=tuple((name, value) for name, value in _kept(now).items() if value), now=now.address(one, at=""),
    )  # fmt: skip


def day_of(asked_for: str, today: date) -> tuple[date, str]:
    """The day that an address names; yesterday with a sentence for one that is none, or to come."""
    day = past_day(asked_for, today)
    return (day, "") if day else (today - timedelta(days=1), _("Choose a day that is over."))


def _labelled(column: BoardColumn, noun: str) -> BoardColumn:
    label = _("No %(field)s") % {"field": noun} if column.id == NOTHING else column.label
    return msgspec.structs.replace(column, label=label)


def _kept(now: Asked) -> dict[str, str]:
    return {
        "where": now.where, "order": now.order, "q": now.words, "view": now.view,
        **{name: value for name, value in now.further if name != "at"},
    }  # fmt: skip


def _earlier(one: Object, now: Asked, today: date, day: date) -> list[Switch]:
    """Days that people ask for."""
    first = today.replace(day=1)
    asked_for = (
        (_("Yesterday"), today - timedelta(days=1)),
        (_("A week ago"), today - timedelta(days=7)),
        (_("End of last month"), first - timedelta(days=1)),
        (_("Three months ago"), today - timedelta(days=91)),
    )
    return [
        Switch(label=label, href=now.address(one, at=when.isoformat()), icon="", current=when == day)
        for label, when in asked_for
    ]
