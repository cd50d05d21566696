"""From one total to another: what came and what went hangs between them."""

from __future__ import annotations

from relata.interfaces.html.charts.frame import SMALL, Size, Write, tip, upright
from relata.interfaces.html.charts.ink import Ink
from relata.interfaces.html.charts.scale import width_of
from relata.interfaces.html.charts.series import Chart, Mark


def spans(marks: tuple[Mark, ...]) -> list[tuple[float, float]]:
    """Where each bar begins and ends: the first and the last stand on the ground, the others where the one before
    ended."""
    found: list[tuple[float, float]] = []
    level = 0.0
    for at, mark in enumerate(marks):
        value = mark.value or 0.0
        if at in (0, len(marks) - 1):
            found.append((0.0, value))
            level = value
        else:
            found.append((level, level + value))
            level += value
    return found


def draw(ink: Ink, chart: Chart, size: Size, write: Write) -> None:
    """What grew is good, what shrank is bad; each bar says its difference."""
    marks = chart.series[0].marks
    found = spans(marks)
    area = upright(ink, chart, size, write, [end for one in found for end in one], top=14)
    slot = (area.right - area.left) / max(len(marks), 1)
    thick = min(slot * 0.68, 64)
    fits = all(width_of(mark.text, SMALL) < slot - 2 for mark in marks)
    for at, (mark, (begin, end)) in enumerate(zip(marks, found, strict=True)):
        left = area.left + slot * at + (slot - thick) / 2
        top, bottom = area.values.at(max(begin, end)), area.values.at(min(begin, end))
        is_total = at in (0, len(marks) - 1)
        role = "series-0" if is_total else "good" if end >= begin else "bad"
        with ink.mark(mark, tip(chart, 0, at)):
            ink.rect(left - 2, area.top, thick + 4, area.bottom - area.top, "hit", extra="hit")
            ink.rect(left, top, thick, max(bottom - top, 1.5), role, radius=2.5)
        if at + 1 < len(marks):
            y = area.values.at(end)
            ink.line(left + thick, y, left + slot, y, "soft", dash="2 3")
        if fits:
            ink.text(left + thick / 2, top - 5, mark.text, size=SMALL, anchor="middle", role="text", is_above=True)
