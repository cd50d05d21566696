"""The board of any object that has one: cards in columns, moved by hand."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.object import Object
from relata.engine.ui.board import BoardView, board
from relata.engine.ui.listing import ListRow
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.money import Money
from relata.interfaces.html.view_values import BoardColumn, Card, Option, Shell
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, record_id
from relata.interfaces.web.view_bar import Switch


class BoardPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a board."""

    shell: Shell
    title: str
    icon: str
    path: str
    columns: tuple[BoardColumn, ...]
    views: tuple[Switch, ...]
    boards: tuple[Switch, ...]
    by: str
    where: str
    can_create: bool
    singular: str


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of boards."""

    @get("/{plural:str}/board")
    async def page(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            where = request.query_params.get("where", "")
            found = await board(work, one, where=where, within=request.query_params.get("board", ""))
            return web.page(work, "web/board.html", _page(web, request, work, one, found, where))

        return await web.within(request, show)

    @post("/{plural:str}/board/move")
    async def move(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        form = await posted(request)

        async def change(work: Workspace) -> None:
            one = work.registry.by_path(plural)
            layout = work.layout(one.name).board
            if layout is None:
                raise NotFound(f"{one.title_plural} have no board.", code="no_board", hint="Open them as a list.")
            card = record_id((form.get("card") or [""])[0])
            await work.change((one.name, card), {layout.by: (form.get("column") or [""])[0]})

        await web.within(request, change, read_only=False)
        return Response(b"", status_code=204)

    return [page, move]


def _page(web: Web, request: Visit, work: Workspace, one: Object, found: BoardView, where: str) -> BoardPage:
    path = f"/{one.path}"
    open_places = {"won", "lost", "done", "cancelled"}
    columns = tuple(
        BoardColumn(
            id=column.id,
            label=column.label,
            colour=column.colour,
            count=column.count,
            total=column.total if isinstance(column.total, Money) else None,
            cards=tuple(
                _card(row, work.clock.today, is_open=column.label.lower() not in open_places) for row in column.cards
            ),
            more=f"{path}?where=" + quote(f'{found.by} = "{column.id}"') if column.more else "",
        )
        for column in found.columns
    )
    return BoardPage(
        shell=web.shell(request, work, one.path),
        title=one.title_plural,
        icon=one.icon,
        path=path,
        columns=columns,
        views=(
            Switch(label="List", href=path, icon="list"),
            Switch(label="Board", href=f"{path}/board", icon="square-kanban", current=True),
        ),
        boards=tuple(
            Switch(
                label=item.label, href=f"{path}/board?board={item.value}", icon="", current=item.value == found.chosen
            )
            for item in found.boards
        ),
        by=found.by,
        where=where,
        can_create=bool(work.actor.rights.level(one, "create")),
        singular=one.title.lower(),
    )


def _card(row: ListRow, today: date, *, is_open: bool) -> Card:
    """A row as a card: the first link says who, money how much, a date until when, choices stand as tags."""
    who, tags = "", []
    amount: Money | None = None
    due: date | None = None
    owner: Option | None = None
    for cell in row.cells:
        if cell.kind == "user" and cell.value:
            owner = Option(value=cell.value.value, label=cell.value.label)
        elif cell.kind in ("link", "text") and cell.value and not who:
            who = cell.value if isinstance(cell.value, str) else cell.value.label
        elif isinstance(cell.value, Money):
            amount = cell.value
        elif cell.kind == "date":
            due = cell.value
        elif cell.kind == "choice" and cell.value:
            tags.append(Option(value=cell.value.value, label=cell.value.label, colour=cell.value.colour))
    return Card(
        id=row.id,
        title=row.title,
        href=row.href,
        peek=row.peek,
        who=who,
        amount=amount,
        due=due,
        owner=owner,
        tags=tuple(tags),
        overdue=is_open and due is not None and due < today,
    )
