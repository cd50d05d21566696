"""What a card shows, asked for by itself: one that fails says so and leaves the others alone."""

from __future__ import annotations

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from markupsafe import Markup

from relata.engine.metadata.wording import worded
from relata.engine.reporting.asking import Known
from relata.engine.reporting.dashboards.answers import Answer, answer
from relata.engine.reporting.dashboards.body import Card
from relata.engine.ui.reports import list_address
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.charts.draw import draw
from relata.interfaces.html.charts.frame import Size
from relata.interfaces.html.reporting.address import Address
from relata.interfaces.html.reporting.compare import Compared, compared
from relata.interfaces.html.reporting.lines import Table
from relata.interfaces.html.reporting.picture import Figure, chart_of, figure_of, is_drawn, writer
from relata.interfaces.html.reporting.remarks import remarks
from relata.interfaces.html.reporting.table import table_of
from relata.interfaces.html.reporting.trend_words import notes_of
from relata.interfaces.web.dashboards.asked import PLACE, Asked, asked, card_of
from relata.interfaces.web.dashboards.together import Together
from relata.interfaces.web.ground import Visit, Web, formatter

_ROW, _COLUMN, _AROUND = 76, 96, 84
_MOST_LINES = 100


class CardView(msgspec.Struct, frozen=True, kw_only=True):
    """A card as it is now. error: why it shows nothing. notes: what one must know about the figures. open: where the
    report itself is. as_table: the address of the same card as a table, or as its picture again."""

    card: Card
    path: str
    error: str = ""
    hint: str = ""
    picture: Markup | None = None
    figure: Figure | None = None
    compared: Compared | None = None
    table: Table | None = None
    notes: tuple[str, ...] = ()
    at: object = None
    open: str = ""
    switch: str = ""
    is_table: bool = False
    why: str = ""
    export: str = ""
    title: str = ""
    objects: str = ""


def routes(web: Web) -> list[HTTPRouteHandler]:
    """The handler of a card."""
    together = Together()

    @get(f"{PLACE}/{{key:str}}/cards/{{name:str}}")
    async def one(request: Visit, key: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        async def show(work: Workspace) -> Response[bytes]:
            eyes, found = await asked(work, request, key)
            card = card_of(found, name)
            try:
                known = await together.scans(eyes, found)
                view = await card_view(request, eyes, found, card, known=known)
            except RelataError as error:
                view = CardView(
                    card=card, path=found.href(f"/cards/{card.id}"), error=error.message, hint=error.hint or "",
                    title=_title(found, card),
                )  # fmt: skip
            return web.page(work, "web/dashboards/card.html", view)

        return await web.within(request, show)

    return [one]


async def card_view(
    request: Visit, work: Workspace, found: Asked, card: Card, address: Address | None = None,
    known: Known | None = None,
) -> CardView:  # fmt: skip
    """A card with its answer. address: where the records behind a number are; their lists if left out. known:
    answers that are there already."""
    path = found.href(f"/cards/{card.id}")
    if card.kind not in ("report", "metric"):
        return CardView(card=card, path=path, title=_title(found, card))
    answered = await answer(work, card, found.chosen, known)
    words, address = formatter(work), address or addresses(work, answered)
    result, title = answered.result, _title(found, card) or answered.title
    is_table = request.query_params.get("show") == "table" or not is_drawn(result)
    notes = list(notes_of(result, words))
    if answered.missing:
        notes.append(_("Not filtered by: %(what)s") % {"what": words.sequence(list(answered.missing))})
    is_metric = answered.metric is not None
    is_number = result.definition.picture.kind == "number"
    chart = None if is_table else chart_of(result, words, address, title, remarks(answered))
    join = "&" if "?" in path else "?"
    return CardView(
        card=card, path=path, title=title, at=result.at, notes=tuple(notes), is_table=is_table,
        figure=figure_of(result, words, address) if is_number and not is_table else None,
        compared=compared(answered, words) if is_metric and not is_table else None,
        picture=draw(chart, writer(result, words), _size(request, card, is_number)) if chart is not None else None,
        table=table_of(result, words, address, _MOST_LINES) if is_table else None,
        switch=path + ("" if is_table else f"{join}show=table") if is_drawn(result) else "",
        open=f"/report/{answered.report}" if answered.report else "",
        why=found.href(f"/cards/{card.id}/why") if found.chosen.period and result.definition.date else "",
        export=found.href(f"/cards/{card.id}/chart.svg") if chart is not None else "",
        objects=work.registry.get(result.object).path,
    )  # fmt: skip


def _title(found: Asked, card: Card) -> str:
    return worded(card.title) if card.title and found.board.is_shipped else card.title


def addresses(work: Workspace, answered: Answer) -> Address:
    """Where the records behind a number are listed."""
    own = answered.result.object
    return lambda where, name="": list_address(work, name or own, where)


def _size(request: Visit, card: Card, is_small: bool) -> Size:
    """As the card measured itself; else as wide as its columns usually are."""
    width = _pixels(request, "width", card.w * _COLUMN - 32)
    height = _pixels(request, "height", card.h * _ROW - _AROUND)
    return Size(min(max(width, 160), 2400), min(max(56, height - 64), 90) if is_small else min(max(height, 90), 1400))


def _pixels(request: Visit, name: str, usual: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 6 else usual
