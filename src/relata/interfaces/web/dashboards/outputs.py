"""What leaves a dashboard: the whole of it as a PDF, a chart as SVG or PNG."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.reporting.dashboards.answers import answer
from relata.engine.reporting.reports.shelf import report
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.charts.draw import as_file
from relata.interfaces.html.charts.frame import Size
from relata.interfaces.html.paper.document import Document
from relata.interfaces.html.paper.setting import pdf_of, png_of
from relata.interfaces.html.reporting.picture import chart_of, writer
from relata.interfaces.html.reporting.remarks import remarks
from relata.interfaces.web.dashboards.asked import PLACE, asked, card_of
from relata.interfaces.web.dashboards.paper import document_of, document_of_report
from relata.interfaces.web.ground import Visit, Web, formatter
from relata.interfaces.web.reports.answers import result_of
from relata.interfaces.web.reports.pages import answers_of, query_of
from relata.interfaces.web.reports.past_days import past_day

_FILE = Size(900, 480)


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handlers of files."""

    @get(f"{PLACE}/{{key:str}}/pdf")
    async def pdf(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def gather(work: Workspace) -> tuple[str, Document]:
            eyes, found = await asked(work, request, key)
            return found.board.name, await document_of(eyes, found.board, found.chosen, formatter(work))

        name, document = await web.within(request, gather)
        return file_of(await pdf_of(document), "application/pdf", f"{name}.pdf")

    @get(f"{PLACE}/{{key:str}}/cards/{{name:str}}/chart.svg")
    async def svg(request: Visit, key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        title, made = await web.within(request, lambda work: _drawn(work, request, key, name))
        return file_of(made, "image/svg+xml", f"{title}.svg")

    @get(f"{PLACE}/{{key:str}}/cards/{{name:str}}/chart.png")
    async def png(request: Visit, key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        title, made = await web.within(request, lambda work: _drawn(work, request, key, name))
        return file_of(await png_of(made), "image/png", f"{title}.png")

    @get("/report/{key:str}/pdf")
    async def report_pdf(request: Visit, key: FromPath[str]) -> Response[bytes]:
        async def gather(work: Workspace) -> tuple[str, Document]:
            found = await report(work, key)
            query = query_of(request)
            answers = answers_of(found.definition, query)
            result = await result_of(work, found.definition, answers, past_day(work, query).day)
            return found.name, document_of_report(work, found.name, result, formatter(work))

        name, document = await web.within(request, gather)
        return file_of(await pdf_of(document), "application/pdf", f"{name}.pdf")

    return [pdf, svg, png, report_pdf]


async def _drawn(work: Workspace, request: Visit, key: str, name: str) -> tuple[str, bytes]:
    """A card's title and its chart."""
    eyes, found = await asked(work, request, key)
    card = card_of(found, name)
    answered = await answer(eyes, card, found.chosen)
    words, title = formatter(work), card.title or answered.title
    chart = chart_of(answered.result, words, lambda where, name="": "", title, remarks(answered))
    if chart is None:
        raise NotFound(_("This card has no picture."))
    return title, as_file(chart, writer(answered.result, words), _FILE)


def file_of(made: bytes, kind: str, name: str) -> Response[bytes]:
    """A file to keep, under a name that any system takes."""
    safe = "".join(letter if letter.isalnum() or letter in " .-_()" else " " for letter in name).strip()[:120]
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(safe)}"}
    return Response(made, media_type=kind, headers=headers)
