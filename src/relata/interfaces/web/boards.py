"""The board of any object that has one: cards in columns, moved by hand."""

from __future__ import annotations

from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from relata.engine.metadata.object import Object
from relata.engine.ui.board import BoardView, board
from relata.engine.ui.listing import ListRow
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.html.view_values import Shell
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id
from relata.interfaces.web.lists import Switch


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A card as the board's component reads it."""

    id: str
    title: str
    href: str
    peek: str
    row: ListRow


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column as the board's component reads it. more: the list of all its records."""

    id: str
    label: str
    colour: int
    count: int
    total: object
    cards: tuple[Card, ...]
    more: str


class BoardPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a board. columns_of_cards: labels of a card's facts, for their titles."""

    shell: Shell
    title: str
    icon: str
    path: str
    columns: tuple[Column, ...]
    views: tuple[Switch, ...]
    boards: tuple[Switch, ...]
    by: str
    where: str
    can_create: bool
    singular: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of boards."""

    @get("/{plural:str}/board")
    async def page(request: Visit, plural: str) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            where = request.query_params.get("where", "")
            found = await board(work, one, where=where, within=request.query_params.get("board", ""))
            return web.page(work, "web/board.html", _page(web, request, work, one, found, where))

        return await web.within(request, show)

    @post("/{plural:str}/board/move")
    async def move(request: Visit, plural: str) -> Response[bytes]:
        form = await posted(request)

        async def change(work: Workspace) -> None:
            one = work.registry.by_path(plural)
            layout = work.registry.layout(one.name).board
            assert layout is not None
            card = record_id((form.get("card") or [""])[0])
            await work.change((one.name, card), {layout.by: (form.get("column") or [""])[0]})

        await web.within(request, change, read_only=False)
        return Response(b"", status_code=204)

    return [page, move]


def _page(web: Web, request: Visit, work: Workspace, one: Object, found: BoardView, where: str) -> BoardPage:
    path = f"/{one.path}"
    columns = tuple(
        Column(
            id=column.id, label=column.label, colour=column.colour, count=column.count, total=column.total,
            cards=tuple(Card(id=row.id, title=row.title, href=row.href, peek=f"{row.href}/peek", row=row) for row in column.cards),
            more=f"{path}?where=" + quote(f'{found.by} = "{column.id}"') if column.more else "",
        )  # fmt: skip
        for column in found.columns
    )
    return BoardPage(
        shell=web.shell(request, work, one.path), title=one.title_plural, icon=one.icon, path=path, columns=columns,
        views=(Switch(label="List", href=path, icon="list"), Switch(label="Board", href=f"{path}/board", icon="square-kanban", current=True)),
        boards=tuple(
            Switch(label=item.label, href=f"{path}/board?board={item.value}", icon="", current=item.value == found.chosen)
            for item in found.boards
        ),
        by=found.by, where=where, can_create=bool(work.actor.rights.level(one, "create")), singular=one.title.lower(),
    )  # fmt: skip
