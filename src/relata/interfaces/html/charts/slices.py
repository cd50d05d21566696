"""Shares of a whole as a ring, each with its name, number and share; and how far something has come, as an arc."""

from __future__ import annotations

import math

from relata.foundation.i18n import gettext as _
from relata.interfaces.html.charts.frame import SMALL, Size, Write, tip
from relata.interfaces.html.charts.ink import Ink, number
from relata.interfaces.html.charts.scale import clipped, width_of
from relata.interfaces.html.charts.series import SERIES_COLOURS, Chart

_ROW = 21.0


def shares(chart: Chart) -> list[tuple[int, float]]:
    """Category and share of the whole, 0-1, of what is more than nothing; they add to one."""
    marks = chart.series[0].marks
    total = math.fsum(mark.value or 0.0 for mark in marks)
    return [(at, mark.value / total) for at, mark in enumerate(marks) if mark.value and total > 0]


def role_of(chart: Chart, category: int) -> str:
    """The colour of a slice: its own, or that of its position."""
    own = chart.role(0, category)
    return own if own.startswith("colour-") else f"series-{min(category, SERIES_COLOURS - 1)}"


def draw(ink: Ink, chart: Chart, size: Size, write: Write) -> None:
    """The ring on the left, what it means on the right; below each other where it is narrow."""
    found = shares(chart)
    is_narrow = size.width < 340
    named = _named(found, 10 if is_narrow else max(int(size.height // _ROW), 4))
    lines = len(named) + (len(named) < len(found))
    high = size.height - (lines * _ROW + 8 if is_narrow else 0)
    radius = max(min(high, size.width if is_narrow else size.width * 0.48) / 2 - 4, 20)
    x, y = (size.width / 2 if is_narrow else radius + 4), (radius + 4 if is_narrow else size.height / 2)
    hole = 0.0 if chart.kind == "pie" else radius * 0.62
    angle = -math.pi / 2
    for category, share in found:
        turn = share * 2 * math.pi
        with ink.mark(chart.series[0].marks[category], tip(chart, 0, category)):
            ink.path(
                _slice(x, y, radius, hole, angle, turn), fill=role_of(chart, category), stroke="surface", width=1.5
            )
        angle += turn
    if hole and chart.total:
        big = min(20.0, hole * 1.55 / max(width_of(chart.total, 1), 1))
        ink.text(x, y + big * 0.36, chart.total, size=big, anchor="middle", role="text", weight=570)
    left = 0.0 if is_narrow else radius * 2 + 28
    start = radius * 2 + 22 if is_narrow else max((size.height - lines * _ROW) / 2, 0)
    _meanings(ink, chart, named, left, start, size.width - left, write)
    if len(named) < len(found):
        rest = sum(share for _at, share in found) - sum(share for _at, share in named)
        y = start + _ROW * len(named) + 14
        ink.text(left + 16, y, _("%(n)s more") % {"n": len(found) - len(named)}, size=12.5, role="faint")
        ink.text(size.width - 4, y, f"{rest * 100:.0f}%", size=SMALL, anchor="end", role="faint")


def _named(found: list[tuple[int, float]], most: int) -> list[tuple[int, float]]:
    """Those that are told beside the ring, in their order: all, or the largest with a line left for the others."""
    if len(found) <= most:
        return found
    largest = sorted(found, key=lambda one: -one[1])[: most - 1]
    return [one for one in found if one in largest]


def _slice(x: float, y: float, radius: float, hole: float, angle: float, turn: float) -> str:
    """A part of the ring; a whole one is two halves, because an arc can't end where it begins."""
    if turn > 2 * math.pi - 1e-6:
        rings = (radius, hole) if hole else (radius,)
        return "".join(
            f"M{number(x - r)} {number(y)}A{number(r)} {number(r)} 0 1 {way} {number(x + r)} {number(y)}"
            f"A{number(r)} {number(r)} 0 1 {way} {number(x - r)} {number(y)}Z"
            for way, r in enumerate(rings)
        )
    far = 1 if turn > math.pi else 0

    def at(r: float, where: float) -> str:
        return f"{number(x + r * math.cos(where))} {number(y + r * math.sin(where))}"

    outer = f"M{at(radius, angle)}A{number(radius)} {number(radius)} 0 {far} 1 {at(radius, angle + turn)}"
    if not hole:
        return f"{outer}L{number(x)} {number(y)}Z"
    return f"{outer}L{at(hole, angle + turn)}A{number(hole)} {number(hole)} 0 {far} 0 {at(hole, angle)}Z"


def _meanings(ink: Ink, chart: Chart, found: list[tuple[int, float]], left: float, top: float, room: float,
              write: Write) -> None:  # fmt: skip
    marks = chart.series[0].marks
    percents = [f"{share * 100:.0f}%" for _at, share in found]
    numbers = max((width_of(marks[at].text, SMALL) for at, _share in found), default=0)
    has_both = room > numbers + 150
    for row, (at, _share) in enumerate(found):
        y = top + _ROW * row + 14
        ink.rect(left, y - 9, 10, 10, role_of(chart, at), radius=2.5)
        wanted = room - 16 - 44 - (numbers + 12 if has_both else 0)
        name = chart.categories[at] if at < len(chart.categories) else ""
        ink.text(left + 16, y, clipped(name, wanted, 12.5), size=12.5, role="text")
        if has_both:
            ink.text(left + room - 46, y, marks[at].text, size=SMALL, anchor="end")
        ink.text(left + room - 4, y, percents[row], size=SMALL, anchor="end", role="faint")


def gauge(ink: Ink, chart: Chart, size: Size, write: Write) -> None:
    """Half a ring that fills up to the goal; what is beyond stays full and is told by the number."""
    mark = chart.series[0].marks[0]
    value, goal = mark.value or 0.0, chart.goal or 100.0
    radius = max(min(size.width / 2 - 10, size.height - 44), 30)
    x, y, thick = size.width / 2, min(radius + 12, size.height - 30), max(radius * 0.17, 8)
    ink.path(_arc(x, y, radius - thick / 2, 1.0), stroke="line", width=thick)
    reached = min(max(value / goal if goal else 0.0, 0.0), 1.0)
    with ink.mark(mark, f"{chart.title}: {mark.text}"):
        if reached > 0:
            ink.path(
                _arc(x, y, radius - thick / 2, reached), stroke="good" if reached >= 1 else "series-0", width=thick
            )
        big = min(28.0, radius * 1.2 / max(width_of(mark.text, 1), 1))
        ink.text(x, y - 4, mark.text, size=big, anchor="middle", role="text", weight=570)
    ink.text(x, y + 20, chart.goal_text or write(goal), size=12, anchor="middle")


def _arc(x: float, y: float, radius: float, share: float) -> str:
    end = math.pi * (1 + share)
    to = f"{number(x + radius * math.cos(end))} {number(y + radius * math.sin(end))}"
    return f"M{number(x - radius)} {number(y)}A{number(radius)} {number(radius)} 0 0 1 {to}"
