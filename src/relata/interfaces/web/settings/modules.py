"""Modules on and off; what depends on one is named, and data always stays."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.workspace import overview
from relata.engine.workspace.overview import ModuleOverview
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.web.confirming import confirmation
from relata.interfaces.web.forms import posted
from relata.interfaces.web.ground import Visit, Web
from relata.interfaces.web.settings.frame import Page, Refused, frame, last, office, settled, status_of

_PLACE = "/settings/modules"


class ModulesPage(Page, frozen=True, kw_only=True):
    """All modules of the installation."""

    modules: tuple[ModuleOverview, ...]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of this area."""

    async def show(request: Visit, error: Refused | None = None) -> Response[bytes]:
        async def build(work: Workspace) -> Response[bytes]:
            found = tuple(overview.modules(work, web.door.modules))
            view = ModulesPage(**frame(web, request, work, _PLACE, error=error), modules=found)
            return web.page(work, "web/settings/modules.html", view, status=status_of(error))

        return await web.within(request, build)

    @get(_PLACE)
    async def page(request: Visit) -> Response[bytes]:
        return await show(request)

    @post(f"{_PLACE}/{{name:str}}")
    async def switch(request: Visit, name: FromPath[str]) -> Response[bytes]:
        if asked := await confirmation(web, request, await posted(request)):
            return asked
        form = await posted(request)

        async def attempt() -> str:
            await (await office(web, request)).switch_module(name, on=last(form, "on") == "true")
            return f"{_PLACE}?done=saved"

        return await settled(attempt, lambda error: show(request, error))

    return [page, switch]
