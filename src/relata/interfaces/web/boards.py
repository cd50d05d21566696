"""The board of any object with a choice or a link: cards in columns, moved by hand."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.fields import PersonName, Text
from relata.engine.metadata.object import Object
from relata.engine.ui import board_moves as moves
from relata.engine.ui.board import (
    BoardColumn,
    BoardState,
    BoardView,
    board,
    column_cards,
    column_figures,
    column_limits,
    one_card,
)
from relata.engine.ui.board_lanes import divider
from relata.engine.ui.board_objects import BOARD_COLUMN, NOTHING
from relata.engine.ui.board_totals import NO_FIGURES
from relata.engine.ui.facts import is_editable
from relata.engine.ui.making import may_make
from relata.engine.ui.swimlanes import row_field
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import Shell
from relata.interfaces.web.asked import Asked, FilterBar, asked, filter_bar, switches
from relata.interfaces.web.board_cards import BoardCard, BoardHead, Cards, CardWriter, head, is_open_column
from relata.interfaces.web.completing import completion
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, formatter, record_id
from relata.interfaces.web.past_boards import past_address, past_heads, past_page
from relata.interfaces.web.swimlanes import row_choices, rows_page
from relata.interfaces.web.view_bar import Switch


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """One column. more: address of the next cards, "" at the end. list: address of the list behind it."""

    id: str
    head: BoardHead
    cards: tuple[BoardCard, ...]
    more: str
    list: str
    is_folded: bool


class BoardPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a board. figures: address that answers the columns' heads, "" where they are complete. query: what
    every request about this board carries."""

    shell: Shell
    title: str
    icon: str
    path: str
    query: str
    lanes: tuple[Lane, ...]
    views: tuple[Switch, ...]
    boards: tuple[Switch, ...]
    dividers: tuple[Switch, ...]
    by: str
    by_label: str
    bar: FilterBar
    figures: str
    left: int
    can_create: bool
    can_add: bool
    can_limit: bool
    is_movable: bool
    is_sorted: bool
    is_empty: bool
    teaches: str
    example: str
    past: str
    rows: tuple[Switch, ...]


class LimitDialog(msgspec.Struct, frozen=True, kw_only=True):
    """How many cards a column should hold."""

    action: str
    label: str
    column: str
    limit: str
    error: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of boards."""

    @get("/{plural:str}/board")
    async def page(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            if request.query_params.get("at"):
                return await past_page(web, request, work, one)
            if request.query_params.get("rows"):
                return await rows_page(web, request, work, one)
            return web.page(work, "web/board.html", await _page(web, request, work, one))

        return await web.within(request, show)

    @get("/{plural:str}/board/cards")
    async def cards(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            now = await _asked(work, request, one)
            column, shown = request.query_params.get("column", ""), _number(request.query_params.get("shown", ""))
            rows, more = await column_cards(work, one, _state(work, one, now), column, shown)
            address = _more(one, now, column, shown + len(rows)) if more else ""
            writer = CardWriter(formatter(work), work.clock.today)
            return web.page(work, "web/board_cards.html", Cards(cards=writer.cards(rows), more=address))

        return await web.within(request, show)

    @get("/{plural:str}/board/figures")
    async def figures(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            if request.query_params.get("at"):
                found = await past_heads(work, request, one)
            else:
                found = await board_heads(work, one, await _asked(work, request, one))
            return web.page(work, "web/board_cards.html", Cards(heads=found))

        return await web.within(request, show)

    @post("/{plural:str}/board/move")
    async def move(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def change(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            now = await _asked(work, request, one)
            card, column = record_id(_sent(form, "card")), _sent(form, "column")
            places = [found for found in map(parse_id, form.get("place", ())) if found] if not now.order else None
            if rows := request.query_params.get("rows", ""):
                await moves.move_row(work, one, row_field(work, one, rows, _by(now)), card, _sent(form, "lane"))
                await moves.move_card(work, one, _by(now), card, column, None)
                return Response(b"", status_code=200)
            touched = await moves.move_card(work, one, _by(now), card, column, places)
            return web.page(work, "web/board_cards.html", Cards(heads=await board_heads(work, one, now, touched)))

        try:
            return await web.within(request, change, read_only=False)
        except Invalid as refused:
            by = request.query_params.get("by", "")
            asked_for = await completion(web, request, plural, _sent(form, "card"), by, _sent(form, "column"), refused)
            if asked_for is None:
                raise
            return asked_for

    @post("/{plural:str}/board/add")
    async def add(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        column, title = _sent(form, "column"), _sent(form, "title").strip()

        async def create(work: Workspace) -> UUID:
            one = work.registry.by_path(plural)
            now = await _asked(work, request, one)
            field = divider(work, one, _by(now))
            values = {one.title_field: title, field.name: None if column == NOTHING else column}
            return (await work.create(one.name, values)).id

        async def show(work: Workspace, made: UUID | None, error: str = "") -> Response[bytes]:
            one = work.registry.by_path(plural)
            now = await _asked(work, request, one)
            if made is None:
                by = divider(work, one, _by(now)).name
                given = {by: "" if column == NOTHING else column, one.title_field: title}
                filled = f"/{one.path}/new?{urlencode(given)}"
                return web.page(
                    work, "web/board_cards.html", Cards(column=column, error=error, form=filled), status=422
                )
            row = await one_card(work, one, _state(work, one, now), made)
            card = CardWriter(formatter(work), work.clock.today).cards([row])
            heads = await board_heads(work, one, now, (column,))
            return web.page(work, "web/board_cards.html", Cards(cards=card, heads=heads, column=column))

        try:
            made = await web.within(request, create, read_only=False)
        except (Invalid, Conflict) as refused:
            said = f"{refused.message} {refused.hint or ''}".strip()
            return await web.within(request, lambda work: show(work, None, said))
        return await web.within(request, lambda work: show(work, made))

    @post("/{plural:str}/board/fold")
    async def fold(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def change(work: Workspace) -> None:
            one = work.registry.by_path(plural)
            is_folded = _sent(form, "folded") == "true"
            await moves.fold_column(
                work, one, request.query_params.get("by", ""), _sent(form, "column"), is_folded=is_folded
            )

        await web.within(request, change, read_only=False)
        return Response(b"", status_code=200, headers={"hx-refresh": "true"})

    @get("/{plural:str}/board/limit")
    async def limit(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            now = await _asked(work, request, one)
            column = request.query_params.get("column", "")
            known = await moves.limit_of(work, one, _by(now), column)
            return web.page(work, "web/board_limit.html", _limit(one, now, column, str(known or "")))

        return await web.within(request, show)

    @post("/{plural:str}/board/limit")
    async def set_limit(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)
        column, typed = _sent(form, "column"), _sent(form, "limit").strip()

        async def change(work: Workspace) -> None:
            one = work.registry.by_path(plural)
            if typed and not (typed.isdecimal() and 0 < int(typed[:6]) <= 9999):
                raise Invalid(_("A limit is a whole number from 1 to 9,999."), hint=_("Leave it empty for none."))
            await moves.limit_column(
                work, one, request.query_params.get("by", ""), column, int(typed) if typed else None
            )

        try:
            await web.within(request, change, read_only=False)
        except Invalid as refused:
            said = f"{refused.message} {refused.hint or ''}".strip()

            async def again(work: Workspace) -> Response[bytes]:
                one = work.registry.by_path(plural)
                now = await _asked(work, request, one)
                return web.page(work, "web/board_limit.html", _limit(one, now, column, typed, said), status=422)

            return await web.within(request, again)
        return Response(b"", status_code=200, headers={"hx-refresh": "true"})

    return [page, cards, figures, move, add, fold, limit, set_limit]


async def _asked(work: Workspace, request: Visit, one: Object) -> Asked:
    return await asked(work, request, one, "board", "by", "board")


def _by(now: Asked) -> str:
    return dict(now.further).get("by", "")


def _state(work: Workspace, one: Object, now: Asked) -> BoardState:
    within = dict(now.further).get("board", "")
    return BoardState(now.where, now.order, _by(now), within, search_condition(work, one, now.words))


def _sent(form: dict[str, list[str]], name: str) -> str:
    return (form.get(name) or [""])[0]


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _query(one: Object, now: Asked) -> str:
    """With its question mark; "" where the address says nothing."""
    _path, mark, rest = now.address(one).partition("?")
    return f"{mark}{rest}"


def _more(one: Object, now: Asked, column: str, shown: int) -> str:
    return f"/{one.path}/board/cards{_query(one, now) or '?'}&column={column}&shown={shown}"


def _limit(one: Object, now: Asked, column: str, limit: str, error: str = "") -> LimitDialog:
    return LimitDialog(
        action=f"/{one.path}/board/limit{_query(one, now)}", label=_("Limit"), column=column, limit=limit, error=error
    )


async def board_heads(work: Workspace, one: Object, now: Asked, only: tuple[str, ...] = ()) -> tuple[BoardHead, ...]:
    """The heads of the board's columns with what they count now. only: of these columns."""
    state = _state(work, one, now)
    figures = await column_figures(work, one, state, only)
    form = formatter(work)
    if only:
        limits = {column: await moves.limit_of(work, one, _by(now), column) for column in dict.fromkeys(only)}
    else:
        limits = await column_limits(work, one, state)
    return tuple(head(form, _bare(column, limit), figures.get(column, NO_FIGURES)) for column, limit in limits.items())


def _bare(column: str, limit: int | None) -> BoardColumn:
    return BoardColumn(id=column, label="", colour=0, figures=None, limit=limit)


async def _page(web: Web, request: Visit, work: Workspace, one: Object) -> BoardPage:
    now, error = await _asked(work, request, one), ""
    try:
        found = await board(work, one, _state(work, one, now))
    except Invalid as refused:  # a filter that does not fit shows its error above the unfiltered board
        error = f"{refused.message} {refused.hint or ''}".strip()
        found = await board(work, one, BoardState())
    title = one.all_fields[one.title_field]
    can_create = may_make(work, one)
    lanes = _lanes(work, one, now, found)
    return BoardPage(
        shell=web.shell(request, work, one.path),
        title=one.title_plural,
        icon=one.icon,
        path=f"/{one.path}",
        query=_query(one, now),
        lanes=lanes,
        views=switches(work, one, now),
        boards=tuple(
            Switch(
                label=item.label, href=now.address(one, board=item.value), icon="", current=item.value == found.chosen
            )
            for item in found.boards
        ),
        dividers=tuple(
            Switch(
                label=field.title, href=now.address(one, by=field.name, board=""), icon="", current=field is found.by
            )
            for field in found.dividers
        ),
        by=found.by.name,
        by_label=found.by.title,
        bar=await filter_bar(work, one, now, error),
        figures=f"/{one.path}/board/figures{_query(one, now)}" if any(not lane.head.is_known for lane in lanes) else "",
        left=found.left,
        can_create=can_create,
        can_add=can_create
        and found.is_movable
        and isinstance(title, (Text, PersonName))
        and is_editable(work, one, title),
        can_limit=bool(work.actor.rights.level(BOARD_COLUMN, "create")),
        is_movable=found.is_movable,
        is_sorted=found.is_sorted,
        is_empty=not any(lane.cards or lane.is_folded for lane in lanes),
        teaches=one.advice,
        example=one.instance,
        past=past_address(one, now, work.clock.today),
        rows=row_choices(work, one, now, found.by.name, ""),
    )


def _lanes(work: Workspace, one: Object, now: Asked, found: BoardView) -> tuple[Lane, ...]:
    form = formatter(work)
    writer = CardWriter(form, work.clock.today)
    lanes = []
    for column in found.columns:
        nothing = column.id == NOTHING
        condition = f"empty({found.by.name})" if nothing else f'{found.by.name} = "{column.id}"'
        where = f"({now.where}) and {condition}" if now.where else condition
        named = msgspec.structs.replace(
            column, label=_("No %(field)s") % {"field": found.by.noun} if nothing else column.label
        )
        lanes.append(
            Lane(
                id=column.id,
                head=head(form, named, column.figures),
                cards=writer.cards(column.cards, is_open=is_open_column(one, found.by.name, column)),
                more=_more(one, now, column.id, len(column.cards)) if column.more else "",
                list=Asked("", where, now.order, now.words).address(one),
                is_folded=column.is_folded,
            )
        )
    return tuple(lanes)
