"""The cards beside a record's page that modules fill, and the stages that a record passes."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.ui.facts import OWN
from relata.engine.ui.panels import FilledPanel, filled_panels
from relata.engine.ui.record_page import ActionOffer, offers_of
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.web.ground import Visit, Web, record_id


class PanelsView(msgspec.Struct, frozen=True, kw_only=True):
    """The cards. offers: the actions that are possible now, by name."""

    path: str
    panels: tuple[FilledPanel, ...]
    offers: dict[str, ActionOffer]


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of panels."""

    @get("/{plural:str}/{key:str}/panels")
    async def panels(request: Visit, plural: FromPath[str], key: FromPath[str]) -> Response[bytes]:
        asked = request.query_params.get("tab", "").removeprefix("part")
        part = int(asked) if asked.isdecimal() and len(asked) < 4 else OWN

        async def show(work: Workspace) -> Response[bytes]:
            one = work.registry.by_path(plural)
            record = await work.get(one.name, record_id(key))
            view = PanelsView(
                path=f"/{one.path}/{record.id}", panels=tuple(await filled_panels(work, record, part)),
                offers={offer.name: offer for offer in offers_of(work, one, record)},
            )  # fmt: skip
            return web.page(work, "web/panels.html", view)

        return await web.within(request, show)

    return [panels]
