"""What lasts from when to when, and what happened when: a lane for each thing, time along."""

from __future__ import annotations

import math

from relata.interfaces.html.charts.frame import SMALL, Size
from relata.interfaces.html.charts.ink import Ink
from relata.interfaces.html.charts.scale import Scale, clipped, width_of
from relata.interfaces.html.charts.series import Chart, Mark

_HEAD, _FOOT, _LEAST_LANE, _LANE, _HIGHEST_LANE = 22.0, 18.0, 17.0, 26.0, 46.0
_LETTERS = 12.5


def tall(chart: Chart, usual: float) -> float:
    """How high a timeline wants to be; any other chart is as high as usual."""
    return max(usual, len(chart.series) * _LANE + _HEAD + _FOOT) if chart.kind == "timeline" else usual


def draw(ink: Ink, chart: Chart, size: Size) -> None:
    """Lanes are series. What has an extent is a bar; a moment is a point, as large as its number among the others."""
    lanes, bottom = list(enumerate(chart.series)), size.height - _FOOT
    room = max(1, int((bottom - _HEAD) / _LEAST_LANE))
    if len(lanes) > room:
        lanes, left_out = lanes[: room - 1], len(lanes) - room + 1
        ink.text(0, bottom - 4, f"+ {left_out}", size=SMALL, role="faint")
        bottom -= _LEAST_LANE
    high = min((bottom - _HEAD) / max(len(lanes), 1), _HIGHEST_LANE)
    names = min(max((width_of(one.label, _LETTERS) for one in chart.series), default=0.0) + 14, size.width * 0.32)
    axis = _axis(ink, chart, names, size, _HEAD + high * len(lanes))
    most = max((mark.value or 0.0 for one in chart.series for mark in one.marks), default=0.0)
    for lane, one in lanes:
        y = _HEAD + high * (lane + 0.5)
        ink.line(0, y - high / 2, size.width, y - high / 2, "line")
        ink.text(0, y + 4, clipped(one.label, names - 12, _LETTERS), size=_LETTERS, role="text")
        for mark in one.marks:
            _mark(ink, chart, lane, mark, axis, y, high, most)


def _axis(ink: Ink, chart: Chart, left: float, size: Size, bottom: float) -> Scale:
    """Names as many days as fit, and marks today."""
    days = [day for one in chart.series for mark in one.marks if mark.span for day in (mark.span.start, mark.span.end)]
    first, last = min(days, default=0.0), max(days, default=1.0)
    if last - first < 1:
        first, last = first - 1, last + 1
    around = (last - first) * 0.02
    axis = Scale(first - around, last + around, left + 6, size.width - 10, ())
    end = -math.inf
    for tick in chart.ticks:
        x, half = axis.at(tick.at), width_of(tick.text, SMALL) / 2
        if not axis.low <= tick.at <= axis.high or x - half < end or x + half > size.width:
            continue
        ink.line(x, _HEAD, x, bottom, "line")
        ink.text(x, 13, tick.text, size=SMALL, anchor="middle", role="faint")
        end = x + half + 14
    if chart.now is not None and axis.low <= chart.now.at <= axis.high:
        x = axis.at(chart.now.at)
        half = width_of(chart.now.text, SMALL) / 2
        ink.line(x, _HEAD, x, bottom + 3, "soft", dash="3 3")
        ink.text(min(x, size.width - half), bottom + 14, chart.now.text, size=SMALL, anchor="middle")
    return axis


def _mark(ink: Ink, chart: Chart, lane: int, mark: Mark, axis: Scale, y: float, high: float, most: float) -> None:
    if mark.span is None or mark.value is None:
        return
    start, end = axis.at(mark.span.start), axis.at(mark.span.end)
    own = chart.series[lane].colour
    role = f"colour-{own}" if own is not None else "series-0"
    tip = f"{chart.series[lane].label}: {mark.text}" if chart.series[lane].label else mark.text
    with ink.mark(mark, f"{tip} ({mark.note})" if mark.note else tip):
        if mark.x is None and end - start > 7:
            thick = min(high * 0.55, 18)
            ink.rect(start, y - thick / 2, end - start, thick, role, radius=min(thick / 2, 5), opacity=0.85)
            return
        largest = min(high * 0.46, 16)
        share = abs(mark.value) / most if most else 0.0
        radius = max(3.5, largest * math.sqrt(share)) if mark.x is not None else 5.0
        ink.circle((start + end) / 2, y, max(radius, 11), "hit", extra="hit")
        ink.circle((start + end) / 2, y, radius, role, stroke="surface", width=1, opacity=0.85)
