"""Bars: beside each other or stacked, upright or lying; negative ones go the other way."""

from __future__ import annotations

import msgspec

from relata.interfaces.html.charts.frame import SMALL, Area, Size, Write, goal, legend, remarks, tip, upright
from relata.interfaces.html.charts.ink import Ink, number
from relata.interfaces.html.charts.scale import clipped, scale, width_of
from relata.interfaces.html.charts.series import Chart

_LABELS_MOST = 14


class Bar(msgspec.Struct, frozen=True):
    """One bar along its axis. low, high: the numbers between which it spans; at, thick: its place across, in pixels.
    is_end: whether nothing is stacked upon it, so that its end is rounded."""

    series: int
    category: int
    low: float
    high: float
    at: float
    thick: float
    is_end: bool


def numbers(chart: Chart) -> list[float]:
    """What the axis must hold: the ends of all bars."""
    return [end for one in bars(chart, 0, 1) for end in (one.low, one.high)] + ([chart.goal] if chart.goal else [])


def bars(chart: Chart, start: float, end: float) -> list[Bar]:
    """Every bar that is there. start, end: the axis of categories, in pixels."""
    count = max((len(one.marks) for one in chart.series), default=0)
    if not count:
        return []
    slot = (end - start) / count
    across = 1 if chart.is_stacked else len(chart.series)
    thick = min(slot * (0.68 if across == 1 else 0.78) / across, 44)
    found = []
    for category in range(count):
        middle = start + slot * (category + 0.5)
        up = down = 0.0
        for position, one in enumerate(chart.series):
            value = one.marks[category].value if category < len(one.marks) else None
            if value is None:
                continue
            if not chart.is_stacked:
                at = middle - thick * across / 2 + thick * position
                found.append(Bar(position, category, min(0.0, value), max(0.0, value), at, thick, True))
                continue
            if not value:
                continue  # nothing upon something is nothing to see
            low, high = (up, up + value) if value >= 0 else (down + value, down)
            up, down = (high, down) if value >= 0 else (up, low)
            is_last = all(not _value(other.marks, category) for other in chart.series[position + 1 :])
            found.append(Bar(position, category, low, high, middle - thick / 2, thick, is_last))
    return found


#: A lying bar with its name takes so much, at the least; drawn alone, a chart grows for so many of them.
_LEAST, _GROWS_FOR = 15.0, 40


def tall(chart: Chart, usual: float) -> float:
    """How high lying bars want to be; any other chart is as high as usual."""
    if chart.kind != "bar" or not chart.is_horizontal:
        return usual
    return max(usual, min(len(chart.categories), _GROWS_FOR) * (_LEAST + 5) + 30)


def _value(marks: tuple[object, ...], category: int) -> float:
    return getattr(marks[category], "value", None) or 0.0 if category < len(marks) else 0.0


def draw(ink: Ink, chart: Chart, size: Size, write: Write) -> None:
    """The whole chart."""
    top = legend(ink, chart, size)
    if chart.is_horizontal:
        _lying(ink, chart, size, write, top)
        return
    area = upright(ink, chart, size, write, numbers(chart), top=top)
    found = bars(chart, area.left, area.right)
    for one in found:
        near, far = area.values.at(0 if one.low < 0 < one.high else one.low), area.values.at(one.high)
        with ink.mark(chart.series[one.series].marks[one.category], tip(chart, one.series, one.category)):
            ink.rect(one.at - 2, area.top, one.thick + 4, area.bottom - area.top, "hit", extra="hit")
            ink.path(_box(one, far, near), fill=_role(chart, one))
    goal(ink, chart, area)
    _labels(ink, chart, area, found)
    remarks(ink, chart, area)


def _role(chart: Chart, one: Bar) -> str:
    return chart.role(one.series, one.category if len(chart.series) == 1 else None)


def _box(one: Bar, top: float, bottom: float) -> str:
    """An upright bar, rounded at its far end. A zero is a hair, so that one sees that it is there."""
    if bottom - top < 1:
        top, bottom = (bottom - 1, bottom) if one.high > 0 or one.low == 0 else (top, top + 1)
    gap = 0.5 if one.thick > 6 else 0
    left, right = one.at + gap, one.at + one.thick - gap
    r = min(3.0, (right - left) / 2, bottom - top) if one.is_end else 0
    n = number
    if one.low < 0:
        return (f"M{n(left)} {n(top)}H{n(right)}V{n(bottom - r)}Q{n(right)} {n(bottom)} {n(right - r)} {n(bottom)}"
                f"H{n(left + r)}Q{n(left)} {n(bottom)} {n(left)} {n(bottom - r)}Z")  # fmt: skip
    return (f"M{n(left)} {n(bottom)}V{n(top + r)}Q{n(left)} {n(top)} {n(left + r)} {n(top)}"
            f"H{n(right - r)}Q{n(right)} {n(top)} {n(right)} {n(top + r)}V{n(bottom)}Z")  # fmt: skip


def _labels(ink: Ink, chart: Chart, area: Area, found: list[Bar]) -> None:
    """The numbers at the ends, where there are few and they fit."""
    if len(chart.series) != 1 or len(found) > _LABELS_MOST or not found:
        return
    slot = (area.right - area.left) / max(len(chart.series[0].marks), 1)
    words = [chart.series[0].marks[one.category].text for one in found]
    if max(width_of(one, SMALL) for one in words) > slot - 2:
        return
    for one, text in zip(found, words, strict=True):
        y = area.values.at(one.low) + 14 if one.low < 0 else area.values.at(one.high) - 5
        if y > area.bottom:
            y = area.zero - 5
        ink.text(one.at + one.thick / 2, y, text, size=SMALL, anchor="middle", role="text", is_above=True)


def _fitting(chart: Chart, size: Size, top: float) -> tuple[Chart, int]:
    """The chart with the first categories, and how many more there are."""
    room = max(2, int((size.height - 22 - top) / _LEAST))
    more = len(chart.categories) - room
    if more <= 0:
        return chart, 0
    kept = room - 1
    series = tuple(msgspec.structs.replace(one, marks=one.marks[:kept]) for one in chart.series)
    categories, colours = chart.categories[:kept], chart.colours[:kept]
    return msgspec.structs.replace(chart, series=series, categories=categories, colours=colours), more + 1


def _lying(ink: Ink, chart: Chart, size: Size, write: Write, top: float) -> None:
    """Categories down the side, each with its whole name, numbers along; as many as there is room for."""
    chart, left_out = _fitting(chart, size, top)
    if left_out:
        ink.text(0, size.height - 4, f"+ {left_out}", size=SMALL, role="faint")
        size = Size(size.width, size.height - _LEAST)
    texts = [mark.text for one in chart.series for mark in one.marks]
    is_single = len(chart.series) == 1
    across = 1 if is_single or chart.is_stacked else len(chart.series)
    room = max((width_of(one, SMALL) for one in texts), default=0) + 12 if is_single else 8
    names = max((width_of(one, 12.5) for one in chart.categories), default=0) + 12
    left, bottom = min(names, size.width * 0.38), size.height - (6 if is_single else 22)
    ends = numbers(chart)
    if min(ends, default=0) < 0:
        left += room
    axis = scale(ends, left, max(size.width - room, left + 20), most=5)
    if is_single:
        axis = msgspec.structs.replace(axis, low=min([0.0, *ends]), high=max([0.0, *ends]) or axis.high)
    else:
        for tick in axis.ticks:
            ink.line(axis.at(tick), top, axis.at(tick), bottom, "line")
            words = write(tick)
            ink.text(min(axis.at(tick), size.width - width_of(words, SMALL) / 2), size.height - 5, words, size=SMALL,
                     anchor="middle", role="faint")  # fmt: skip
    bottom = min(bottom, top + 44 * across * len(chart.categories))
    found = bars(chart, top, bottom)
    for one in found:
        x, end = axis.at(one.low), axis.at(one.high)
        mark = chart.series[one.series].marks[one.category]
        with ink.mark(mark, tip(chart, one.series, one.category)):
            ink.rect(0 if is_single else x, one.at - 1, size.width if is_single else max(end - x, 4), one.thick + 2,
                     "hit", extra="hit")  # fmt: skip
            ink.rect(x, one.at + 0.5, max(end - x, 1), one.thick - 1, _role(chart, one), radius=3 if one.is_end else 0)
        if is_single:
            y = one.at + one.thick / 2 + 4
            beside = (x - 6, "end") if one.low < 0 else (end + 6, "start")
            ink.text(beside[0], y, mark.text, size=SMALL, anchor=beside[1], role="text")
    slot = (bottom - top) / max(len(chart.categories), 1)
    for position, name in enumerate(chart.categories):
        y = top + slot * (position + 0.5) + 4
        if slot >= 11 or position % 2 == 0:
            ink.text(0, y, clipped(name, min(names, size.width * 0.38) - 10, 12.5), size=12.5, role="text")
    ink.line(axis.at(max(axis.low, 0)), top, axis.at(max(axis.low, 0)), bottom, "zero")
