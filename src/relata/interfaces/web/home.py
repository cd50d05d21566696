"""Where one starts: my open tasks, my open deals, what I touched last. Every part is a list that exists anyway."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from relata.engine.formula import parse
from relata.engine.metadata.object import Object
from relata.engine.ui.listing import ListRow, ListState, listing
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.view_values import Column, Shell
from relata.interfaces.web.ground import Visit, Web, redirect
from relata.interfaces.web.shell import navigable

ROWS = 6


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One list on the home page."""

    title: str
    icon: str
    href: str
    columns: tuple[Column, ...]
    rows: tuple[ListRow, ...]


class HomeView(msgspec.Struct, frozen=True, kw_only=True):
    """The home page."""

    shell: Shell
    greeting: str
    parts: tuple[Part, ...]
    objects: tuple[Object, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of the home page."""

    @get("/")
    async def home(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            if "start" in request.query_params:  # whoever has just signed in
                return redirect(work.actor.preferences.start_page or "/")
            objects = navigable(work)
            parts = [part for one in objects if (part := await _mine(work, one)) is not None]
            view = HomeView(
                shell=web.shell(request, work, "home"), greeting=work.actor.name.split(" ")[0], parts=tuple(parts[:4]),
                objects=tuple(objects),
            )  # fmt: skip
            return web.page(work, "web/home.html", view)

        return await web.within(request, show)

    return [home]


async def _mine(work: Workspace, one: Object) -> Part | None:
    """My records that are still open, by the object's life-cycle or its `status`; None where there is nothing."""
    status = one.field(one.lifecycle.field) if one.lifecycle else one.field("status")
    where = "owner = me()"
    if one.lifecycle and status is not None:
        final = [option.value for option in status.options if not one.lifecycle.moves.get(option.value)]  # type: ignore[attr-defined]
        for value in final:
            where += f' and {status.name} != "{value}"'
    elif status is not None and any(option.value == "open" for option in getattr(status, "options", ())):
        where += f' and {status.name} = "open"'
    else:
        return None
    columns = work.layout(one.name).columns[:3]
    found = await listing(work, one, ListState(limit=ROWS), fixed=parse(where), columns=columns)
    if not found.rows:
        return None
    heads = (found.title_column, *found.columns)
    return Part(
        title=_("My open %(objects)s") % {"objects": one.nouns}, icon=one.icon,
        href=f"/{one.path}?where={where.replace(' ', '+')}",
        columns=tuple(Column(name=head.path, label=head.label, align=head.align) for head in heads), rows=found.rows,
    )  # fmt: skip
