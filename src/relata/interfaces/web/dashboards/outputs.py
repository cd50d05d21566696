"""What leaves a dashboard: a chart as a picture."""

from __future__ import annotations

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.reporting.dashboards.answers import answer
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.charts.draw import as_file
from relata.interfaces.html.charts.frame import Size
from relata.interfaces.html.reporting.picture import chart_of, writer
from relata.interfaces.web.dashboards.asked import PLACE, asked, card_of
from relata.interfaces.web.dashboards.cards import remarks
from relata.interfaces.web.ground import Visit, Web, formatter


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of files."""

    @get(f"{PLACE}/{{key:str}}/cards/{{name:str}}/chart.svg")
    async def picture(request: Visit, key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            eyes, found = await asked(work, request, key)
            card = card_of(found, name)
            answered = await answer(eyes, card, found.chosen)
            words, title = formatter(work), card.title or answered.title
            chart = chart_of(answered.result, words, lambda where: "", title, remarks(eyes, answered))
            if chart is None:
                raise NotFound(_("This card has no picture."))
            made = as_file(chart, writer(answered.result, words), Size(900, 480))
            headers = {"content-disposition": 'attachment; filename="chart.svg"'}
            return Response(made, media_type="image/svg+xml", headers=headers)

        return await web.within(request, show)

    return [picture]
