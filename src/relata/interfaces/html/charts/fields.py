"""Points over two numbers, and a table whose cells are shaded by what they hold."""

from __future__ import annotations

from relata.interfaces.html.charts.frame import SMALL, Size, Write, legend, tip
from relata.interfaces.html.charts.ink import Ink
from relata.interfaces.html.charts.scale import clipped, scale, width_of
from relata.interfaces.html.charts.series import Chart, values


def scatter(ink: Ink, chart: Chart, size: Size, write: Write) -> None:
    """One point for each record or group, at its two numbers."""
    top = legend(ink, chart, size)
    across = [mark.x for one in chart.series for mark in one.marks if mark.x is not None and mark.value is not None]
    bottom = size.height - 24
    upright = scale(values(chart), bottom, top + 8, from_zero=False, most=max(2, int((bottom - top) / 42) + 1))
    written = [write(tick) for tick in upright.ticks]
    left = max(width_of(one, SMALL) for one in written) + 10
    along = scale(across, left, size.width - 10, from_zero=False, most=max(2, int(size.width / 110)))
    for tick, words in zip(upright.ticks, written, strict=True):
        ink.line(left, upright.at(tick), size.width - 6, upright.at(tick), "zero" if tick == 0 else "line")
        ink.text(left - 8, upright.at(tick) + 4, words, size=SMALL, anchor="end", role="faint")
    for tick in along.ticks:
        words = f"{tick:g}" if abs(tick) < 10_000 else f"{tick:,.0f}"
        half = width_of(words, SMALL) / 2
        ink.text(
            min(along.at(tick), size.width - half), size.height - 6, words, size=SMALL, anchor="middle", role="faint"
        )
    for position, one in enumerate(chart.series):
        for mark in one.marks:
            if mark.value is None or mark.x is None:
                continue
            with ink.mark(mark, ": ".join(word for word in (mark.label, mark.text) if word)):
                ink.circle(along.at(mark.x), upright.at(mark.value), 5, chart.role(position), stroke="surface", width=1,
                           opacity=0.8)  # fmt: skip


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
