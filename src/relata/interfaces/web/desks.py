"""Stars on records, and the dialogs in which each person arranges their side bar and home page."""

from __future__ import annotations

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.metadata.wording import worded
from relata.engine.ui import desk, home
from relata.engine.ui.desk import Arrangement
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.web import home as home_page
from relata.interfaces.web import shell
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web, exchange, record_id

_REFRESH = {"hx-refresh": "true"}


class StarView(msgspec.Struct, frozen=True, kw_only=True):
    """The star of a record."""

    path: str
    starred: bool


class ArrangeItem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to put somewhere else or to hide."""

    key: str
    label: str
    icon: str
    shown: bool


class ArrangeGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Things that move within their group. label: "" for a group that does not move itself."""

    key: str
    label: str
    items: tuple[ArrangeItem, ...]


class ArrangeView(msgspec.Struct, frozen=True, kw_only=True):
    """The dialog."""

    title: str
    action: str
    csrf: str
    groups: tuple[ArrangeGroup, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of desks."""

    @post("/{plural:str}/{key:str}/star", status_code=200)
    async def star(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        return await _starred(web, request, plural, key, is_on=True)

    @post("/{plural:str}/{key:str}/unstar", status_code=200)
    async def unstar(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        return await _starred(web, request, plural, key, is_on=False)

    @get("/desk/sidebar")
    async def sidebar(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            hidden = (await desk.desk(work)).sidebar.hidden
            groups = tuple(
                ArrangeGroup(
                    key=group.key, label=group.label,
                    items=tuple(
                        ArrangeItem(key=item.key, label=item.label, icon=item.icon, shown=item.key not in hidden)
                        for item in group.items
                    ),
                )
                for group in shell.places(work, "")
            )  # fmt: skip
            view = ArrangeView(
                title=_("Arrange the side bar"), action="/desk/sidebar", groups=groups,
                csrf=exchange(request).csrf_token(),
            )  # fmt: skip
            return web.page(work, "web/arrange.html", view)

        return await web.within(request, show)

    @post("/desk/sidebar", status_code=200)
    async def keep_sidebar(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def keep(work: Workspace) -> Response[bytes]:
            closed = (await desk.desk(work)).sidebar.closed
            await desk.arrange(work, sidebar=_read(form, closed))
            return Response(b"", status_code=200, headers=_REFRESH)

        return await web.within(request, keep, read_only=False)

    @post("/desk/groups", status_code=204)
    async def fold(request: Visit) -> None:
        form = await posted(request)
        name, is_closed = (form.get("group") or [""])[-1], (form.get("closed") or [""])[-1] == "yes"

        async def keep(work: Workspace) -> None:
            before = (await desk.desk(work, fresh=True)).sidebar
            others = tuple(one for one in before.closed if one != name)
            closed = desk.names((*others, name)) if is_closed else others
            await desk.arrange(work, sidebar=msgspec.structs.replace(before, closed=closed))

        await web.within(request, keep, read_only=False)

    @get("/desk/home")
    async def cards(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            mine = (await desk.desk(work)).home
            known = {one.name: (worded(one.label), one.icon) for one in home.cards_of(work)}
            side = home_page.side_labels()
            groups = tuple(
                ArrangeGroup(
                    key=key, label=label,
                    items=tuple(
                        ArrangeItem(key=name, label=given[name][0], icon=given[name][1], shown=name not in mine.hidden)
                        for name in desk.arranged(given, mine.order)
                    ),
                )
                for key, label, given in (("main", "", known), ("side", "", side))
            )  # fmt: skip
            view = ArrangeView(
                title=_("Arrange the home page"), action="/desk/home", groups=groups,
                csrf=exchange(request).csrf_token(),
            )  # fmt: skip
            return web.page(work, "web/arrange.html", view)

        return await web.within(request, show)

    @post("/desk/home", status_code=200)
    async def keep_cards(request: Visit) -> Response[bytes]:
        form = await posted(request)

        async def keep(work: Workspace) -> Response[bytes]:
            await desk.arrange(work, home=_read(form, ()))
            return Response(b"", status_code=200, headers=_REFRESH)

        return await web.within(request, keep, read_only=False)

    return [star, unstar, sidebar, keep_sidebar, fold, cards, keep_cards]


def _read(form: dict[str, list[str]], closed: tuple[str, ...]) -> Arrangement:
    """What the dialog says; "reset" is as shipped."""
    if form.get("reset"):
        return Arrangement()
    order, shown = desk.names(form.get("item")), set(form.get("shown", ()))
    hidden = tuple(name for name in order if name not in shown)
    return Arrangement(groups=desk.names(form.get("group")), order=order, hidden=hidden, closed=closed)


async def _starred(web: Web, request: Visit, plural: str, key: str, *, is_on: bool) -> Response[bytes]:
    async def keep(work: Workspace) -> Response[bytes]:
        one = work.registry.by_path(plural)
        if is_on:
            await desk.star(work, one.name, record_id(key))
        else:
            await desk.unstar(work, record_id(key))
        return web.page(work, "web/star.html", StarView(path=f"/{one.path}/{record_id(key)}", starred=is_on))

    return await web.within(request, keep, read_only=False)
