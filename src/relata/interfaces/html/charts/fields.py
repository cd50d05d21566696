"""Points over two numbers, and a table whose cells are shaded by what they hold."""

from __future__ import annotations

from relata.interfaces.html.charts.frame import SMALL, Size, Write, legend, tip
from relata.interfaces.html.charts.ink import Ink
from relata.interfaces.html.charts.scale import clipped, scale, width_of
from relata.interfaces.html.charts.series import Chart, values

#: From where to where along, and how high.
Place = tuple[float, float, float]
#: With more points than this their names would lie over each other.
_MOST_NAMES = 24


def scatter(ink: Ink, chart: Chart, size: Size, write: Write) -> None:
    """One point for each record or group, at its two numbers, with its name where there is room."""
    top, (along_name, up_name) = legend(ink, chart, size), chart.axes
    across = [mark.x for one in chart.series for mark in one.marks if mark.x is not None and mark.value is not None]
    bottom = size.height - (42 if along_name else 24)
    top += 18 if up_name else 0
    upright = scale(values(chart), bottom, top + 8, from_zero=False, most=max(2, int((bottom - top) / 42) + 1))
    written = list(dict.fromkeys(write(tick) for tick in upright.ticks))
    left = max(width_of(one, SMALL) for one in written) + 10
    along = scale(across, left, size.width - 10, from_zero=False, most=max(2, int(size.width / 110)))
    ink.text(0, top - 8, clipped(up_name, size.width, SMALL), size=SMALL)
    ink.text(size.width - 6, size.height - 6, clipped(along_name, size.width, SMALL), size=SMALL, anchor="end")
    for tick in upright.ticks:
        ink.line(left, upright.at(tick), size.width - 6, upright.at(tick), "zero" if tick == 0 else "line")
        ink.text(left - 8, upright.at(tick) + 4, write(tick), size=SMALL, anchor="end", role="faint")
    for tick in along.ticks:
        words = chart.along(tick) if chart.along is not None else f"{tick:g}"
        half = width_of(words, SMALL) / 2
        ink.text(min(along.at(tick), size.width - half), bottom + 18, words, size=SMALL, anchor="middle", role="faint")
    taken = [
        (along.at(mark.x) - 6, along.at(mark.x) + 6, upright.at(mark.value))
        for one in chart.series for mark in one.marks if mark.x is not None and mark.value is not None
    ]  # fmt: skip
    is_named = sum(len(one.marks) for one in chart.series) <= _MOST_NAMES
    for position, one in enumerate(chart.series):
        for mark in one.marks:
            if mark.value is None or mark.x is None:
                continue
            x, y = along.at(mark.x), upright.at(mark.value)
            with ink.mark(mark, ": ".join(word for word in (mark.label, mark.text) if word)):
                ink.circle(x, y, 5, chart.role(position), stroke="surface", width=1, opacity=0.8)
                if is_named:
                    _name(ink, mark.label, x, y, left, size.width, taken)


def _name(ink: Ink, label: str, x: float, y: float, left: float, right: float, taken: list[Place]) -> None:
    """Beside the point, on the side that is free; a name that would lie over others is left to who points at it."""
    sides = (("start", x + 9, right - x - 12), ("end", x - 9, x - left - 12))
    for anchor, at, room in sides if x <= right * 0.7 else reversed(sides):
        words = clipped(label, room, SMALL)
        wide = width_of(words, SMALL)
        begin, end = (at, at + wide) if anchor == "start" else (at - wide, at)
        if not any(begin < other_end and other < end and abs(y - height) < 12 for other, other_end, height in taken):
            taken.append((begin, end, y))
            ink.text(at, y + 4, words, size=SMALL, anchor=anchor)
            return


def heat(ink: Ink, chart: Chart, size: Size) -> None:
    """Rows are series, columns are categories. The more, the darker; what is below zero has the other colour."""
    rows, columns = len(chart.series), len(chart.categories)
    names = min(max(width_of(one.label, 12.5) for one in chart.series) + 12, size.width * 0.3)
    wide = (size.width - names) / max(columns, 1)
    high = min((size.height - 24) / max(rows, 1), 44)
    most = max(map(abs, values(chart)), default=0.0)
    every = max(1, round(34 / wide + 0.49)) if wide < 34 else 1
    for at, name in enumerate(chart.categories):
        if at % every == 0:
            words = clipped(name, wide * every - 4, SMALL)
            ink.text(names + wide * (at + 0.5), 14, words, size=SMALL, anchor="middle", role="faint")
    for row, one in enumerate(chart.series):
        y = 24 + high * row
        ink.text(0, y + high / 2 + 4, clipped(one.label, names - 10, 12.5), size=12.5, role="text")
        for at, mark in enumerate(one.marks[:columns]):
            x = names + wide * at
            ink.rect(x + 1, y + 1, wide - 2, high - 2, "sunken", radius=3)
            if mark.value is None:
                continue
            strength = abs(mark.value) / most if most else 0.0
            with ink.mark(mark, tip(chart, row, at)):
                ink.rect(x + 1, y + 1, wide - 2, high - 2, "bad" if mark.value < 0 else "accent", radius=3,
                         opacity=0.06 + 0.94 * strength)  # fmt: skip
                if width_of(mark.text, SMALL) < wide - 6 and high > 16:
                    ink.text(x + wide / 2, y + high / 2 + 4, mark.text, size=SMALL, anchor="middle",
                             role="on" if strength > 0.55 else "text")  # fmt: skip
