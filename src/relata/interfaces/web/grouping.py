"""A list in groups: their heads with the page, the records of each by a request of its own."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.formula import Node, all_of
from relata.engine.ui import listing as lists
from relata.engine.ui.groups import RecordGroup, condition, groups
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.html.view_values import Column, TableRow
from relata.interfaces.web.filters import search_condition
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.heads import columns_of, table_rows
from relata.interfaces.web.looks import Shown, address, has_boxes, shown_by

#: Groups that open with the page; the others wait for a click.
OPEN = 3


class GroupView(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a group. rows: address of its records. is_open: whether they are asked for at once."""

    group: RecordGroup
    id: str
    rows: str
    is_open: bool


class GroupRows(msgspec.Struct, frozen=True, kw_only=True):
    """Records of a group. more: address of those that follow."""

    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    more: str
    selectable: bool


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of a group's records."""

    @get("/{plural:str}/group")
    async def rows(request: Visit, plural: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            shown = await shown_by(work, request, work.registry.by_path(plural))
            key = request.query_params.get("key", "")
            one = shown.object
            parts = [condition(work, one, shown.look.group, key), search_condition(work, one, shown.words)]
            fixed = all_of([part for part in parts if part is not None])
            found = await lists.listing(work, one, shown.state, fixed=fixed, columns=shown.paths)
            columns = columns_of(shown, found)
            more = _rows(shown, key, found.next, has_boxes(request)) if found.next else ""
            view = GroupRows(
                columns=columns, rows=table_rows(one, columns, found.rows), more=more, selectable=has_boxes(request)
            )
            return web.page(work, "web/group.html", view)

        return await web.within(request, show)

    return [rows]


async def groups_of(work: Workspace, shown: Shown, fixed: Node | None) -> tuple[tuple[GroupView, ...], bool]:
    """The heads, and whether there are more of them."""
    found, more = await groups(work, shown.object, shown.state, shown.look.group, fixed, shown.look.columns)
    views = tuple(
        GroupView(group=group, id=f"group-{at}", rows=_rows(shown, group.key), is_open=at < OPEN)
        for at, group in enumerate(found)
    )
    return views, more


def _rows(shown: Shown, key: str, after: str = "", selectable: bool = False) -> str:
    boxes = {"selectable": "true"} if selectable else {}
    return address(shown.object, "/group", {**shown.full(), "key": key, "after": after, **boxes})
