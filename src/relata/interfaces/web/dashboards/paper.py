"""A dashboard as a document: every tab, every card, with the reader's numbers and filters."""

from __future__ import annotations

import msgspec

from relata.engine.metadata.wording import worded
from relata.engine.reporting.asking import Known
from relata.engine.reporting.dashboards.answers import answer, gathered
from relata.engine.reporting.dashboards.body import Body, Card
from relata.engine.reporting.dashboards.filters import ME, MY_TEAMS, Chosen, label_of
from relata.engine.reporting.dashboards.shelf import Board
from relata.engine.reporting.result import Result
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.charts.draw import as_file
from relata.interfaces.html.charts.frame import Size
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.paper.document import Document, PaperCard, Section, bands_of, rows_of
from relata.interfaces.html.reporting.compare import compared, span_words
from relata.interfaces.html.reporting.picture import chart_of, figure_of, is_drawn, writer
from relata.interfaces.html.reporting.remarks import remarks
from relata.interfaces.html.reporting.table import table_of
from relata.interfaces.html.reporting.trend_words import notes_of

_COLUMN, _ROW, _AROUND = 86, 58, 30
_MOST_LINES = 60
_WIDE, _HIGH = 1000, 330


async def document_of(work: Workspace, board: Board, chosen: Chosen, words: Formatter) -> Document:
    """The whole dashboard. A card that fails says why in its place."""
    sections = []
    for tab in board.body.tabs:
        scans = await gathered(work, tab.cards, chosen)
        cards = [await _card(work, card, chosen, words, scans, is_shipped=board.is_shipped) for card in tab.cards]
        heading = worded(tab.label) if board.is_shipped and tab.label else tab.label
        sections.append(Section(heading if len(board.body.tabs) > 1 else "", bands_of(cards)))
    return Document(
        title=board.name, subtitle=await told(work, board.body, chosen, words), foot=_foot(work, words),
        language=words.locale.language, sections=tuple(sections),
    )  # fmt: skip


def document_of_report(work: Workspace, name: str, result: Result, words: Formatter) -> Document:
    """A report: its picture, and its whole table below."""
    cards = []
    chart = chart_of(result, words, _nowhere, name) if is_drawn(result) and not result.is_empty else None
    if chart is not None:
        svg = as_file(chart, writer(result, words), Size(_WIDE, _HIGH)).decode()
        cards.append(PaperCard(h=5, svg=svg))
    rows, totals = rows_of(table_of(result, words, _nowhere))
    notes = notes_of(result, words)
    cards.append(PaperCard(y=5, rows=rows, totals=totals, notes=notes))
    return Document(
        title=name, subtitle="", foot=_foot(work, words), language=words.locale.language,
        sections=(Section("", bands_of(cards)),),
    )  # fmt: skip


def _foot(work: Workspace, words: Formatter) -> str:
    return _("%(workspace)s · %(person)s · %(when)s") % {
        "workspace": work.settings.name, "person": work.actor.name, "when": words.full_date(work.clock.now),
    }  # fmt: skip


async def told(work: Workspace, body: Body, chosen: Chosen, words: Formatter) -> str:
    """The filters in words."""
    parts = [span_words(chosen.period, words)] if chosen.period is not None else []
    for name, value, plain in (("user", chosen.owner, ME), ("team", chosen.team, MY_TEAMS)):
        if value == plain:
            parts.append(work.actor.name if name == "user" else _("My teams"))
        elif value:
            found = await work.first(name, id=value)
            parts += [found.title] if found is not None else []
    parts += [f"{label_of(work, one)}: {', '.join(values)}" for one, values in chosen.values]
    return " · ".join(parts)


async def _card(
    work: Workspace, card: Card, chosen: Chosen, words: Formatter, known: Known, *, is_shipped: bool
) -> PaperCard:
    title = worded(card.title) if is_shipped and card.title else card.title
    plain = PaperCard(title=title, x=card.x, y=card.y, w=card.w, h=card.h)
    if card.kind not in ("report", "metric"):
        return msgspec.structs.replace(plain, text=card.text or card.href)
    try:
        answered = await answer(work, card, chosen, known)
    except RelataError as error:
        return msgspec.structs.replace(plain, error=error.message)
    result = answered.result
    plain = msgspec.structs.replace(plain, title=title or answered.title, notes=notes_of(result, words))
    if result.definition.picture.kind == "number":
        figure, moved = figure_of(result, words, _nowhere), compared(answered, words)
        text = _("No data yet") if moved.no_data or figure is None else figure.text
        note = " ".join(part for part in (moved.change, moved.note, moved.caveat) if part)
        return msgspec.structs.replace(plain, figure=text, note=note)
    chart = chart_of(result, words, _nowhere, plain.title, remarks(answered)) if is_drawn(result) else None
    if chart is None:
        rows, totals = rows_of(table_of(result, words, _nowhere, _MOST_LINES))
        return msgspec.structs.replace(plain, rows=rows, totals=totals)
    size = Size(card.w * _COLUMN - _AROUND, card.h * _ROW - _AROUND)
    return msgspec.structs.replace(plain, svg=as_file(chart, writer(result, words), size).decode())


def _nowhere(where: str, object_name: str = "") -> str:
    return ""
