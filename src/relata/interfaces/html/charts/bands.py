"""The trend of a line: a band of what is usual, the line itself, and rings around what is not."""

from __future__ import annotations

from relata.interfaces.html.charts.frame import Area
from relata.interfaces.html.charts.ink import Ink, number
from relata.interfaces.html.charts.series import Chart

Point = tuple[float, float]


def band_ends(chart: Chart) -> list[float]:
    """What the axis has to hold. The band may be cut at zero where no number lies below it."""
    found = [height for one in chart.bands if one is not None for height in (one.low, one.high)]
    is_above = all(mark.value is None or mark.value >= 0 for one in chart.series for mark in one.marks)
    return [max(height, 0.0) for height in found] if is_above else found


def band(ink: Ink, chart: Chart, area: Area) -> None:
    """Behind everything else."""
    count = len(chart.bands)
    step = (area.right - area.left) / max(count, 1)
    known = [(area.left + step * (at + 0.5), one) for at, one in enumerate(chart.bands) if one is not None]
    if len(known) < 2:
        return
    tops = [(x, _inside(area, one.high)) for x, one in known]
    bottoms = [(x, _inside(area, one.low)) for x, one in reversed(known)]
    ink.path(_through([*tops, *bottoms]) + "Z", fill="soft", opacity=0.1)
    (first, begin), (last, end) = known[0], known[-1]
    ink.line(first, _inside(area, begin.middle), last, _inside(area, end.middle), "soft", width=1.25, dash="2 4")


def rings(ink: Ink, chart: Chart, row: list[Point | None], area: Area) -> None:
    """Around numbers that are far from usual; their reason is told in words below."""
    for at in chart.odd:
        point = row[at] if at < len(row) else None
        if point is not None:
            ink.circle(*point, 7, "none", stroke="soft", width=1.5)


def _inside(area: Area, height: float) -> float:
    return min(max(area.values.at(height), area.top), area.bottom)


def _through(points: list[Point]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)
