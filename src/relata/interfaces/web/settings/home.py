"""The home of the settings: all places with what they are for."""

from __future__ import annotations

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from relata.engine.workspace.workspace import Workspace
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.frame import Page, frame


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    @get("/settings")
    async def page(request: Visit) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            return web.page(work, "web/settings/home.html", Page(**frame(web, request, work, "/settings")))

        return await web.within(request, show)

    return [page]
