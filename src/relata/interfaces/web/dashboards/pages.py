"""The page of a dashboard: its filters, its tabs, its cards, each of which loads by itself."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.fields import Choice, Link
from relata.engine.metadata.wording import worded
from relata.engine.query.request import Query, parse_order
from relata.engine.reporting.dashboards import shelf
from relata.engine.reporting.dashboards.filters import ME, MY_TEAMS, label_of
from relata.engine.reporting.dashboards.periods import labels, period_of
from relata.engine.reporting.dashboards.shelf import Board
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Option, Shell
from relata.interfaces.web.dashboards.asked import PLACE, Asked, asked
from relata.interfaces.web.ground import Visit, Web, redirect

_PEOPLE = 200


class Tile(msgspec.Struct, frozen=True, kw_only=True):
    """A card's place and where its content is asked for. objects: what changes it, by the paths of lists."""

    id: str
    title: str
    href: str
    kind: str
    x: int
    y: int
    w: int
    h: int
    objects: str


class Picker(msgspec.Struct, frozen=True, kw_only=True):
    """One filter above the cards."""

    name: str
    label: str
    options: tuple[Option, ...]
    value: str


class TabItem(msgspec.Struct, frozen=True, kw_only=True):
    label: str
    href: str
    current: bool
    count: int | None = None


class BoardView(msgspec.Struct, frozen=True, kw_only=True):
    """The page. others: the dashboards that one may go to. roles: as whom one may look, "" for nobody else."""

    shell: Shell
    board: Board
    path: str
    here: str
    page: str
    tabs: tuple[TabItem, ...]
    tab: int
    tiles: tuple[Tile, ...]
    pickers: tuple[Picker, ...]
    since: str
    until: str
    is_custom: bool
    others: tuple[Option, ...]
    roles: tuple[Option, ...]
    role: str
    editing: bool
    hidden: tuple[tuple[str, str], ...]
    edit: str
    pdf: str
    is_filtered: bool


class BoardLine(msgspec.Struct, frozen=True, kw_only=True):
    """A dashboard in the list of all."""

    name: str
    href: str
    note: str
    shipped: bool
    is_first: bool


class BoardsView(msgspec.Struct, frozen=True, kw_only=True):
    shell: Shell
    mine: tuple[BoardLine, ...]
    shipped: tuple[BoardLine, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of pages."""

    @get(PLACE)
    async def first(request: Visit) -> Response[bytes]:
        async def find(work: Workspace) -> str:
            key = await shelf.first_board(work)
            known = {one.key for one in await shelf.boards(work)}
            return f"{PLACE}/{key}" if key in known else f"{PLACE}/all"

        return redirect(await web.within(request, find))

    @get(f"{PLACE}/all")
    async def everything(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            found, start = await shelf.boards(work), await shelf.first_board(work)
            lines = [
                BoardLine(
                    name=one.name, href=f"{PLACE}/{one.key}", note=one.description, shipped=one.is_shipped,
                    is_first=one.key == start,
                )
                for one in found
            ]  # fmt: skip
            view = BoardsView(
                shell=web.shell(request, work, "dashboards"), mine=tuple(one for one in lines if not one.shipped),
                shipped=tuple(one for one in lines if one.shipped),
            )  # fmt: skip
            return web.page(work, "web/dashboards/all.html", view)

        return await web.within(request, show)

    @get(f"{PLACE}/{{key:str}}")
    async def page(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            _eyes, found = await asked(work, request, key)
            return web.page(work, "web/dashboards/board.html", await _view(web, request, work, found))

        return await web.within(request, show)

    @post(f"{PLACE}/{{key:str}}/first")
    async def start(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def keep(work: Workspace) -> str:
            await shelf.start_with(work, key)
            return f"{PLACE}/{key}"

        return redirect(await web.within(request, keep, read_only=False), request)

    return [first, everything, page, start]


async def _view(web: Web, request: Visit, work: Workspace, found: Asked) -> BoardView:
    body, board = found.board.body, found.board
    editing = board.may_change and "edit" in request.query_params
    is_custom = found.query.get("period") == "custom" or ".." in found.period
    period = period_of(found.period, work.clock)
    others = await shelf.boards(work)
    roles: tuple[Option, ...] = ()
    if work.actor.rights.permits("manage_objects"):
        roles = tuple(Option(value=role.name, label=role.title) for role in work.registry.roles.values())
    return BoardView(
        shell=web.shell(request, work, "dashboards"), board=board, path=f"{PLACE}/{board.key}", here=found.href(),
        page=f"{PLACE}/{board.key}", tab=found.tab, editing=editing, role=found.role, roles=roles,
        tabs=tuple(
            TabItem(
                label=worded(tab.label) if tab.label and board.is_shipped else tab.label or _("Overview"),
                href=found.href(tab=str(at) if at else "") + _more(editing, found, at), current=at == found.tab,
            )
            for at, tab in enumerate(body.tabs)
        ),
        tiles=tiles_of(work, found),
        pickers=await _pickers(work, found, is_custom), is_custom=is_custom,
        since=period.since.isoformat() if period and is_custom else "",
        until=found.period.partition("..")[2] if is_custom else "",
        others=tuple(Option(value=one.key, label=one.name, href=f"{PLACE}/{one.key}") for one in others[:30]),
        hidden=tuple((name, found.query[name]) for name in ("tab", "as") if name in found.query),
        edit=found.href() + ("&edit=1" if "?" in found.href() else "?edit=1"), pdf=found.href("/pdf"),
        is_filtered=any(name not in ("tab", "as") for name in found.query),
    )  # fmt: skip


def _more(editing: bool, found: Asked, at: int) -> str:
    if not editing:
        return ""
    return "&edit=1" if "?" in found.href(tab=str(at) if at else "") else "?edit=1"


def tiles_of(work: Workspace, found: Asked) -> tuple[Tile, ...]:
    """The places of the tab's cards."""
    return tuple(_tile(work, found, at) for at in range(len(found.board.body.tabs[found.tab].cards)))


def _tile(work: Workspace, found: Asked, at: int) -> Tile:
    card = found.board.body.tabs[found.tab].cards[at]
    title = worded(card.title) if card.title and found.board.is_shipped else card.title
    one = work.registry.objects.get(card.definition.object) if card.definition is not None else None
    return Tile(
        id=card.id, title=title, href=found.href(f"/cards/{card.id}"), kind=card.kind, x=card.x, y=card.y, w=card.w,
        h=card.h, objects=one.path if one is not None else "",
    )  # fmt: skip


async def _pickers(work: Workspace, found: Asked, is_custom: bool) -> tuple[Picker, ...]:
    """Period first, then whose, then the dashboard's own."""
    body, query = found.board.body, found.query
    spans = tuple(Option(value=name, label=label) for name, label in labels().items())
    always = Option(value="all", label=_("All time"))
    pickers = [Picker(
        name="period", label=_("Period"), options=(always, *spans, Option(value="custom", label=_("From … to …"))),
        value="custom" if is_custom else found.period or "all",
    )]  # fmt: skip
    if body.by_owner:
        mine = (Option(value="", label=_("Everybody")), Option(value=ME, label=_("Me")))
        pickers.append(Picker(
            name="owner", label=_("Person"), options=(*mine, *await _records(work, "user")),
            value=query.get("owner", ""),
        ))  # fmt: skip
    if body.by_team:
        ours = (Option(value="", label=_("Every team")), Option(value=MY_TEAMS, label=_("My teams")))
        pickers.append(Picker(
            name="team", label=_("Team"), options=(*ours, *await _records(work, "team")), value=query.get("team", ""),
        ))  # fmt: skip
    for at, one in enumerate(body.filters):
        target = work.registry.objects.get(one.object)
        field = target.field(one.path) if target is not None else None
        options: tuple[Option, ...] = ()
        if target is not None and field is not None and work.actor.readable(target, field):
            if isinstance(field, Choice):
                options = tuple(Option(value=each.value, label=each.title) for each in field.options)
            elif isinstance(field, Link):
                options = await _records(work, field.to)
        if options:
            label = label_of(work, one)
            options = (Option(value="", label=_("All")), *options)
            pickers.append(Picker(name=f"f{at}", label=label, options=options, value=query.get(f"f{at}", "")))
    return tuple(pickers)


async def _records(work: Workspace, name: str) -> tuple[Option, ...]:
    """The first records of an object that one may read, by title."""
    one = work.registry.objects.get(name)
    if one is None or not work.actor.rights.level(one, "read"):
        return ()
    title = one.title_field
    page = await work.query(Query(name, order=parse_order(title), fields=("id", title), limit=_PEOPLE, few=True))
    return tuple(Option(value=str(row["id"]), label=str(row[title] or "")) for row in page.values() if row[title])
