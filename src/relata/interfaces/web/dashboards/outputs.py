"""What leaves a dashboard: the whole of it as a PDF, a chart as SVG or PNG."""

from __future__ import annotations

from urllib.parse import quote

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from relata.engine.reporting.dashboards.answers import answer
from relata.engine.reporting.reports.shelf import report
from relata.engine.reporting.result import Result
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.charts.draw import tall, with_title
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
            name, result = await _answered(work, request, key)
            return name, document_of_report(work, name, result, formatter(work))

        name, document = await web.within(request, gather)
        return file_of(await pdf_of(document), "application/pdf", f"{name}.pdf")

    @get("/report/{key:str}/chart.svg")
    async def report_svg(request: Visit, key: FromPath[str]) -> Response[bytes]:
        title, made = await web.within(request, lambda work: _drawn_report(work, request, key))
        return file_of(made, "image/svg+xml", f"{title}.svg")

    @get("/report/{key:str}/chart.png")
    async def report_png(request: Visit, key: FromPath[str]) -> Response[bytes]:
        title, made = await web.within(request, lambda work: _drawn_report(work, request, key))
        return file_of(await png_of(made), "image/png", f"{title}.png")

    return [pdf, svg, png, report_pdf, report_svg, report_png]


async def _answered(work: Workspace, request: Visit, key: str) -> tuple[str, Result]:
    """A report with what the address answers to its prompts."""
    found, query = await report(work, key), query_of(request)
    answers = answers_of(found.definition, query)
    return found.name, await result_of(work, found.definition, answers, past_day(work, query).day)


async def _drawn_report(work: Workspace, request: Visit, key: str) -> tuple[str, bytes]:
    """A report's name and its chart."""
    name, result = await _answered(work, request, key)
    words = formatter(work)
    chart = chart_of(result, words, lambda where, name="": "", name)
    if chart is None or result.is_empty:
        raise NotFound(_("This report has no picture."))
    return name, with_title(chart, name, writer(result, words), Size(_FILE.width, tall(chart, _FILE.height)))


async def _drawn(work: Workspace, request: Visit, key: str, name: str) -> tuple[str, bytes]:
    """A card's title and its chart."""
    eyes, found = await asked(work, request, key)
    card = card_of(found, name)
    answered = await answer(eyes, card, found.chosen)
    words, title = formatter(work), card.title or answered.title
    chart = chart_of(answered.result, words, lambda where, name="": "", title, remarks(answered))
    if chart is None:
        raise NotFound(_("This card has no picture."))
    return title, with_title(chart, title, writer(answered.result, words), _FILE)


def file_of(made: bytes, kind: str, name: str) -> Response[bytes]:
    """A file to keep, under a name that any system takes."""
    safe = "".join(letter if letter.isalnum() or letter in " .-_()" else " " for letter in name).strip()[:120]
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(safe)}"}
    return Response(made, media_type=kind, headers=headers)
