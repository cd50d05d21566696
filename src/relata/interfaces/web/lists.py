"""Lists of any object: sort, filter, page; the bin is a list, too."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.formula import All, Node, all_of, parse, to_text
from relata.engine.metadata.fields import PersonName
from relata.engine.metadata.object import Object
from relata.engine.ui import listing as lists
from relata.engine.ui.listing import Listing, ListRow, ListState
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid, RelataError
from relata.foundation.ids import parse_id
from relata.interfaces.html.view_values import Column, Shell, TableRow
from relata.interfaces.web.asked import Asked, Switch, switches
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.wording import worded


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """One condition of the filter. remove: the list without it."""

    label: str
    value: str
    edit: str
    remove: str


class ListView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a list. teaches: what this object is, for an empty list."""

    shell: Shell
    title: str
    icon: str
    path: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    chips: tuple[Chip, ...]
    views: tuple[Switch, ...]
    previous: str
    next: str
    total: str
    where: str
    order: str
    words: str
    error: str
    teaches: str
    singular: str
    can_create: bool
    can_see_bin: bool
    deleted: bool
    undo: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of lists."""

    @get("/{plural:str}")
    async def page(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            return web.page(work, "web/list.html", await _view(web, request, work, one))

        return await web.within(request, show)

    @get("/{plural:str}/total")
    async def total(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            state, fixed = _state(request), search_condition(work, one, request.query_params.get("q", ""))
            return web.page(work, "web/total.html", Total(await lists.total(work, one, state, fixed)))

        return await web.within(request, show)

    return [page, total]


class Total(msgspec.Struct, frozen=True):
    """The count that follows the page."""

    total: int


def _state(request: Visit) -> ListState:
    query = request.query_params
    return ListState(
        query.get("where", ""), query.get("order", ""), query.get("after", ""), query.get("deleted") == "true"
    )


def _address(one: Object, values: dict[str, str]) -> str:
    kept = {name: value for name, value in values.items() if value}
    return f"/{one.path}?{urlencode(kept, quote_via=quote)}" if kept else f"/{one.path}"


async def _view(web: Web, request: Visit, work: Workspace, one: Object) -> ListView:
    state, words, error = _state(request), request.query_params.get("q", ""), ""
    kept = {"where": state.where, "order": state.order, "q": words, "deleted": "true" if state.deleted else ""}
    fixed = search_condition(work, one, words)
    try:
        found = await lists.listing(work, one, state, fixed=fixed)
    except Invalid as refused:  # a filter that does not fit shows its error above the unfiltered list
        error = f"{refused.message} {refused.hint or ''}".strip()
        found = await lists.listing(work, one, ListState(deleted=state.deleted))
    columns = tuple(_columns(one, found, kept))
    views = switches(work, one, Asked("", state.where, state.order, words))
    return ListView(
        shell=web.shell(request, work, one.path),
        title=f"Bin: {one.title_plural.lower()}" if state.deleted else one.title_plural,
        icon="trash-2" if state.deleted else one.icon,
        path=f"/{one.path}",
        columns=columns,
        rows=table_rows(one, columns, found.rows),
        chips=tuple(await _chips(work, one, state.where, kept)),
        views=views,
        previous=_address(one, {**kept, "after": found.previous}) if found.previous else "",
        next=_address(one, {**kept, "after": found.next}) if found.next else "",
        total=f"/{one.path}/total?{urlencode({name: value for name, value in kept.items() if value})}",
        where=state.where,
        order=state.order,
        words=words,
        error=error,
        teaches=one.help,
        singular=one.title.lower(),
        can_create=bool(work.actor.rights.level(one, "create")),
        can_see_bin=work.actor.rights.permits("see_deleted"),
        deleted=state.deleted,
        undo=_undo(one, request.query_params.get("undo", "")),
    )


def _undo(one: Object, key: str) -> str:
    """Where the record that was just deleted can be brought back."""
    found = parse_id(key)
    return f"/{one.path}/{found}/restore" if found else ""


def table_rows(one: Object, columns: tuple[Column, ...], rows: tuple[ListRow, ...]) -> tuple[TableRow, ...]:
    """Rows as the table's component reads them. columns: the title's first."""
    shape = "person" if isinstance(one.all_fields[one.title_field], PersonName) or one.name == "user" else ""
    return tuple(
        TableRow(
            id=row.id,
            title=row.title,
            href=row.href,
            peek=row.peek,
            shape=shape,
            cells=tuple((column, cell.value) for column, cell in zip(columns[1:], row.cells, strict=True)),
        )
        for row in rows
    )


def _columns(one: Object, found: Listing, kept: dict[str, str]) -> list[Column]:
    """Heads that sort: a first click up, a second one down, a third one back to the list's own order."""
    columns = []
    for column in (found.title_column, *found.columns):
        order = {"": column.path, "ascending": f"-{column.path}", "descending": ""}[column.sorted]
        sort = _address(one, {**kept, "order": order}) if column.sortable else ""
        columns.append(
            Column(
                name=column.path,
                label=column.label,
                kind=column.kind,
                align=column.align,
                sort=sort,
                sorted=column.sorted,
            )
        )
    return columns


async def _chips(work: Workspace, one: Object, where: str, kept: dict[str, str]) -> list[Chip]:
    try:
        node = parse(where) if where else None
    except RelataError:
        return [
            Chip(label="Filter", value=where[:80], edit=f"/{one.path}", remove=_address(one, {**kept, "where": ""}))
        ]
    parts: tuple[Node, ...] = () if node is None else node.items if isinstance(node, All) else (node,)
    chips = []
    words = await worded(work, one, parts)
    for position, (label, value) in enumerate(words):
        rest = [other for at, other in enumerate(parts) if at != position]
        remove = _address(one, {**kept, "where": to_text(all_of(rest)) if rest else ""})
        chips.append(Chip(label=label, value=value[:120], edit=remove, remove=remove))
    return chips
