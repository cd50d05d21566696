"""From a chart to its SVG: the one door of the drawing."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from markupsafe import Markup, escape

from relata.interfaces.html.charts import bars, fields, funnels, lines, maps, slices, timelines, waterfalls
from relata.interfaces.html.charts.frame import Size, Write
from relata.interfaces.html.charts.ink import PAPER, Ink, number
from relata.interfaces.html.charts.scale import clipped
from relata.interfaces.html.charts.series import Chart, is_empty, values

_FONT = "Inter, 'Inter Variable', 'Noto Sans', sans-serif"
#: Around a file, and for its title.
_MARGIN, _TITLE = 20, 30

#: Kinds that show one series.
_OF_ONE = frozenset({"pie", "donut", "funnel", "gauge", "spark"})


def draw(chart: Chart, write: Write, size: Size | None = None, palette: Mapping[str, str] | None = None) -> Markup:
    """The SVG of a chart. write: how the axis writes its numbers for the reader. palette: fixed colours, for a file
    that stands alone; without it every colour is a class of the page."""
    size = size or Size()
    chart = _possible(chart)
    ink = Ink(palette)
    if is_empty(chart):
        ink.text(size.width / 2, size.height / 2, chart.empty, size=13, anchor="middle", role="faint")
    elif chart.kind == "bar":
        bars.draw(ink, chart, size, write)
    elif chart.kind in ("line", "area"):
        lines.draw(ink, chart, size, write)
    elif chart.kind in ("pie", "donut"):
        slices.draw(ink, chart, size, write)
    elif chart.kind == "funnel":
        funnels.draw(ink, chart, size)
    elif chart.kind == "scatter":
        fields.scatter(ink, chart, size, write)
    elif chart.kind == "heat":
        fields.heat(ink, chart, size)
    elif chart.kind == "waterfall":
        waterfalls.draw(ink, chart, size, write)
    elif chart.kind == "map":
        maps.draw(ink, chart, size, write)
    elif chart.kind == "timeline":
        timelines.draw(ink, chart, size)
    elif chart.kind == "gauge":
        slices.gauge(ink, chart, size, write)
    else:
        lines.spark(ink, chart, size)
    return _whole(chart, size, ink)


def tall(chart: Chart, usual: float) -> float:
    """How high it wants to be where it stands alone: timelines and lying bars grow with what they show."""
    return max(usual, timelines.tall(chart, usual), bars.tall(chart, usual))


def as_file(chart: Chart, write: Write, size: Size | None = None) -> bytes:
    """The same as a file of its own, in the colours of paper."""
    return str(draw(chart, write, size, PAPER)).encode()


def with_title(chart: Chart, title: str, write: Write, size: Size) -> bytes:
    """A file that stands alone, with its title above the picture and room around both."""
    wide, high = size.width + 2 * _MARGIN, size.height + 2 * _MARGIN + _TITLE
    inside = str(draw(chart, write, size, PAPER)).replace("<svg ", f'<svg x="{_MARGIN}" y="{_MARGIN + _TITLE}" ', 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(wide)} {number(high)}" width="{number(wide)}" '
        f'height="{number(high)}" font-family="{_FONT}"><rect width="100%" height="100%" fill="{PAPER["surface"]}"/>'
        f'<text x="{_MARGIN}" y="{_MARGIN + 14}" font-size="16" font-weight="600" fill="{PAPER["text"]}">'
        f"{escape(clipped(title, size.width, 17))}</text>{inside}</svg>"
    ).encode()


def _possible(chart: Chart) -> Chart:
    """A picture that can be honest: shares of a whole can't be where something is below zero, so it becomes bars."""
    if chart.kind in _OF_ONE:
        chart = msgspec.structs.replace(chart, series=chart.series[:1])
    if chart.kind in ("pie", "donut", "funnel") and min(values(chart), default=0) < 0:
        return msgspec.structs.replace(chart, kind="bar", is_horizontal=True)
    if chart.kind in ("pie", "donut") and chart.series and not slices.shares(chart) and not is_empty(chart):
        return msgspec.structs.replace(chart, kind="bar", is_horizontal=True)
    return chart


def _whole(chart: Chart, size: Size, ink: Ink) -> Markup:
    told = ". ".join(word for word in (chart.title, chart.summary) if word)
    box = f"0 0 {number(size.width)} {number(size.height)}"
    inside = "".join(ink.parts)
    if ink.palette is None:
        role = "group" if any(mark.href for one in chart.series for mark in one.marks) else "img"
        return Markup(
            f'<svg class="chart-picture" data-kind="{chart.kind}" viewBox="{box}" role="{role}" '
            f'aria-label="{escape(told)}" focusable="false">{inside}</svg>'
        )
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{number(size.width)}" '
        f'height="{number(size.height)}" font-family="{_FONT}"><title>{escape(chart.title)}</title>'
        f"<desc>{escape(chart.summary)}</desc>"
        f'<rect width="100%" height="100%" fill="{ink.palette["surface"]}"/>{inside}</svg>'
    )
