"""The ground of charts with axes: margins, hairlines, labels of categories, legend."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec

from relata.interfaces.html.charts.ink import Ink
from relata.interfaces.html.charts.scale import Scale, clipped, scale, width_of
from relata.interfaces.html.charts.series import Chart

Write = Callable[[float], str]
SMALL = 11.5
#: What a label along the axis may take where the marks stand closer: a month, or a week with its year.
_ROW, _NAME = 20.0, 96.0


class Size(msgspec.Struct, frozen=True):
    """Of a drawing, in pixels."""

    width: float = 640
    height: float = 280


class Area(msgspec.Struct, frozen=True):
    """Where the marks are drawn, inside the margins. values: the axis of numbers."""

    left: float
    top: float
    right: float
    bottom: float
    values: Scale

    @property
    def zero(self) -> float:
        """Where the marks begin: at zero, or at the nearer end of the axis."""
        return self.values.at(min(max(0.0, self.values.low), self.values.high))


def legend(ink: Ink, chart: Chart, size: Size) -> float:
    """What the colours mean, where there are several; answers how high it is."""
    if len(chart.series) < 2:
        return 0
    x, y = 0.0, 0.0
    for position, one in enumerate(chart.series):
        words = clipped(one.label, size.width * 0.6, SMALL)
        wide = width_of(words, SMALL) + 30
        if x and x + wide > size.width:
            x, y = 0.0, y + _ROW
        ink.rect(x, y + 2, 10, 10, chart.role(position), radius=2.5)
        ink.text(x + 15, y + 11, words, size=SMALL)
        x += wide
    return y + _ROW + 6


def upright(ink: Ink, chart: Chart, size: Size, write: Write, numbers: Sequence[float], *, top: float,
            right: float = 6) -> Area:  # fmt: skip
    """Numbers upwards, categories along: draws the hairlines and the labels, and answers where the marks go."""
    bottom = size.height - 24
    most = max(2, min(6, int((bottom - top) / 42) + 1))
    found = scale(numbers, bottom, top + 8, most=most)
    written = [write(tick) for tick in found.ticks]
    left = min(max((width_of(one, SMALL) for one in written), default=0) + 10, size.width * 0.3)
    area = Area(left, top, size.width - right, bottom, found)
    for tick, words in zip(found.ticks, written, strict=True):
        y = found.at(tick)
        if tick or not found.low < 0 < found.high:
            ink.line(left, y, area.right, y, "zero" if tick == 0 else "line")
        ink.text(left - 8, y + 4, words, size=SMALL, anchor="end", role="faint")
    if found.low < 0 < found.high:
        ink.line(left, area.zero, area.right, area.zero, "zero")
    _categories(ink, chart, area, size)
    return area


def _categories(ink: Ink, chart: Chart, area: Area, size: Size) -> None:
    """As many labels as fit without touching: the first, and then every second, third, ... one."""
    count = len(chart.categories)
    if not count:
        return
    slot = (area.right - area.left) / count
    widest = min(max(width_of(one, SMALL) for one in chart.categories) + 12, max(slot, _NAME))
    every = max(1, math.ceil(widest / slot))
    for position in range(0, count, every):
        words = clipped(chart.categories[position], slot * every - 4, SMALL)
        x = area.left + slot * (position + 0.5)
        half = width_of(words, SMALL) / 2
        ink.text(
            min(max(x, half), size.width - half), size.height - 6, words, size=SMALL, anchor="middle", role="faint"
        )


def goal(ink: Ink, chart: Chart, area: Area) -> None:
    """The line that is aimed at."""
    if chart.goal is None or not area.values.low <= chart.goal <= area.values.high:
        return
    y = area.values.at(chart.goal)
    ink.line(area.left, y, area.right, y, "soft", width=1.25, dash="5 4")
    words = clipped(chart.goal_text, area.right - area.left, SMALL)
    ink.text(area.right - 4, y - 5, words, size=SMALL, anchor="end", is_above=True)


def remarks(ink: Ink, chart: Chart, area: Area) -> None:
    """What happened on the way, such as a new definition: a line across, with its words above."""
    count = len(chart.categories)
    for one in chart.remarks:
        if 0 <= one.at < count:
            x = area.left + (area.right - area.left) / count * one.at
            ink.line(x, area.top, x, area.bottom, "soft", dash="2 3")
            near_end = x > (area.left + area.right) / 2
            words = clipped(one.text, (x - area.left if near_end else area.right - x) - 8, SMALL)
            ink.text(
                x + (-5 if near_end else 5), area.top + 10, words, size=SMALL, anchor="end" if near_end else "start"
            )


def tip(chart: Chart, series: int, category: int) -> str:
    """What a mark says of itself."""
    one = chart.series[series]
    mark = one.marks[category]
    where = chart.categories[category] if category < len(chart.categories) else mark.label
    names = " · ".join(word for word in (where, one.label if len(chart.series) > 1 else "") if word)
    told = f"{names}: {mark.text}" if names else mark.text
    return f"{told} ({mark.note})" if mark.note else told
