"""How many come through each step, and what share of the step before."""

from __future__ import annotations

from relata.interfaces.html.charts.frame import SMALL, Size, tip
from relata.interfaces.html.charts.ink import Ink, number
from relata.interfaces.html.charts.scale import clipped, width_of
from relata.interfaces.html.charts.series import Chart


def widths(chart: Chart, room: float) -> list[float]:
    """How wide each step is: its share of the largest."""
    numbers = [max(mark.value or 0.0, 0.0) for mark in chart.series[0].marks]
    most = max(numbers, default=0.0)
    return [room * one / most if most else 0.0 for one in numbers]


def draw(ink: Ink, chart: Chart, size: Size) -> None:
    """Names at the left, bars around one middle, shares of the step before at the right."""
    marks = chart.series[0].marks
    names = min(max((width_of(one, 12.5) for one in chart.categories), default=0) + 14, size.width * 0.32)
    right, count = 52.0, len(marks)
    room = size.width - names - right
    middle, slot = names + room / 2, size.height / max(count, 1)
    high = min(slot * 0.72, 52)
    found = widths(chart, room)
    for at, mark in enumerate(marks):
        y = slot * at + (slot - high) / 2
        wide = max(found[at], 2)
        if at + 1 < count:
            below = max(found[at + 1], 2)
            ink.path(
                f"M{number(middle - wide / 2)} {number(y + high)}H{number(middle + wide / 2)}"
                f"L{number(middle + below / 2)} {number(y + slot)}H{number(middle - below / 2)}Z",
                fill="series-0", opacity=0.12,
            )  # fmt: skip
        with ink.mark(mark, tip(chart, 0, at)):
            ink.rect(middle - wide / 2, y, wide, high, chart.role(0, at), radius=4)
        fits = width_of(mark.text, 12.5) + 14 < wide
        ink.text(middle if fits else middle + wide / 2 + 8, y + high / 2 + 4.5, mark.text, size=12.5,
                 anchor="middle" if fits else "start", role="on" if fits else "text", weight=570)  # fmt: skip
        name = chart.categories[at] if at < len(chart.categories) else mark.label
        ink.text(0, y + high / 2 + 4.5, clipped(name, names - 12, 12.5), size=12.5, role="text")
        before = marks[at - 1].value if at else None
        if before and mark.value is not None:
            ink.text(size.width, y + high / 2 + 4, f"{mark.value / before * 100:.0f}%", size=SMALL, anchor="end")
