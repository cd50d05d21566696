"""A report's answer for the screen: picture, table, what to know, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from relata.engine.reporting.definition import Definition
from relata.engine.reporting.result import Result
from relata.engine.reporting.running import run
from relata.engine.ui.reports import behind_address, list_address
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import LimitReached, RelataError
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.charts.draw import draw, tall
from relata.interfaces.html.charts.frame import Size
from relata.interfaces.html.reporting.address import Address
from relata.interfaces.html.reporting.picture import chart_of, figure_of, writer
from relata.interfaces.html.reporting.trend_words import notes_of
from relata.interfaces.web.ground import formatter
from relata.interfaces.web.reports.builder import AnswerView
from relata.interfaces.web.reports.pivot import pivot_of

Answers = Mapping[str, Sequence[str]]
_HEIGHTS = {"s": 210, "m": 320, "l": 500}
#: Pictures are drawn for two widths, so that their letters have their size on a desk and on a phone.
_WIDE, _NARROW = 840, 360


async def result_of(work: Workspace, definition: Definition, answers: Answers, as_on: date | None = None) -> Result:
    """With the prompts answered. as_on: as it was at the end of that day."""
    return await run(work, definition, answers=answers, as_on=as_on)


async def answer_view(
    work: Workspace, definition: Definition, answers: Answers, title: str = "", as_on: date | None = None
) -> AnswerView:
    """Never raises for what a report can be: a report that fails says why, and the page around it stays."""
    if not definition.object:
        return AnswerView()
    try:
        result = await result_of(work, definition, answers, as_on)
    except LimitReached as error:
        hint = _("Take longer periods, keep only the largest groups, or narrow the filter.")
        return AnswerView(error=error.message, hint=hint if error.code == "too_slow" else error.hint or "")
    except RelataError as error:
        return AnswerView(error=error.message, hint=error.hint or "")
    return shown(work, result, title)


def shown(work: Workspace, result: Result, title: str) -> AnswerView:
    """The answer drawn."""
    words, address = formatter(work), addresses(work, result.object, result.as_on)
    chart = chart_of(result, words, address, title)
    height: float = _HEIGHTS.get(result.definition.picture.height, 320)
    if chart is not None:
        height = tall(chart, height)
    wide, small = (
        draw(chart, writer(result, words), size) if chart is not None and not result.is_empty else None
        for size in (Size(_WIDE, height), Size(_NARROW, height * 0.8))
    )
    is_number = result.definition.picture.kind in ("number", "gauge")
    return AnswerView(
        pivot=pivot_of(result, words, address),
        picture=wide, small=small,
        figure=figure_of(result, words, address) if is_number else None,
        notes=notes_of(result, words), at=result.at, as_on=result.as_on,
        caption=title, is_empty=result.is_empty,
    )  # fmt: skip


def addresses(work: Workspace, object_name: str, as_on: date | None = None) -> Address:
    """Where the records behind a number are listed; those of a past day as they were then."""
    if as_on is not None:
        return lambda where, name="": behind_address(work, name or object_name, where, as_on)
    return lambda where, name="": list_address(work, name or object_name, where)
