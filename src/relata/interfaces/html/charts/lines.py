"""Lines and areas over an ordered axis, with their names at their ends; and the small line beside a number."""

from __future__ import annotations

from relata.interfaces.html.charts.bands import band, band_ends, rings
from relata.interfaces.html.charts.frame import SMALL, Area, Size, Write, goal, legend, remarks, tip, upright
from relata.interfaces.html.charts.ink import Ink, number
from relata.interfaces.html.charts.scale import clipped, scale, width_of
from relata.interfaces.html.charts.series import Chart, values

_NAMED_MOST, _DOTS_MOST = 6, 40
Point = tuple[float, float]


def draw(ink: Ink, chart: Chart, size: Size, write: Write) -> None:
    """The whole chart. Where a number is missing, the line breaks."""
    count = max(len(one.marks) for one in chart.series)
    heights = _stacked(chart) if chart.kind == "area" and chart.is_stacked else None
    ends = [high for row in heights for _, high in row] if heights else values(chart)
    widest = max(width_of(one.label, SMALL) for one in chart.series) + 14
    is_named = heights is None and 1 < len(chart.series) <= _NAMED_MOST and widest < size.width * 0.3
    top = 4 if is_named else legend(ink, chart, size)
    ends = [*ends, *band_ends(chart), *([chart.goal] if chart.goal is not None else [])]
    area = upright(ink, chart, size, write, ends, top=top,
                   right=widest if is_named else 8)  # fmt: skip
    places: list[list[Point | None]] = []
    for position, one in enumerate(chart.series):
        row: list[Point | None] = []
        for at, mark in enumerate(one.marks):
            high = heights[position][at][1] if heights else mark.value
            row.append(None if high is None or mark.value is None else (_x(area, at, count), area.values.at(high)))
        places.append(row)
    band(ink, chart, area)
    for position, row in enumerate(places):
        lows = [area.values.at(low) for low, _ in heights[position]] if heights else [area.zero] * count
        _line(ink, chart, position, row, lows)
    for position, row in enumerate(places):
        _dots(ink, chart, position, row, area)
    if is_named:
        _names(ink, chart, places, area, size)
    rings(ink, chart, places[0], area)
    goal(ink, chart, area)
    remarks(ink, chart, area)


def _x(area: Area, at: int, count: int) -> float:
    return area.left + (area.right - area.left) / count * (at + 0.5)


def _stacked(chart: Chart) -> list[list[tuple[float, float]]]:
    """From where to where each series goes when they stand upon each other."""
    grounds = [0.0] * max(len(one.marks) for one in chart.series)
    rows = []
    for one in chart.series:
        row = []
        for at, mark in enumerate(one.marks):
            row.append((grounds[at], grounds[at] + (mark.value or 0.0)))
            grounds[at] = row[-1][1]
        rows.append(row)
    return rows


def _runs(row: list[Point | None]) -> list[list[tuple[int, Point]]]:
    """The unbroken stretches."""
    runs: list[list[tuple[int, Point]]] = [[]]
    for at, point in enumerate(row):
        if point is not None:
            runs[-1].append((at, point))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _through(points: list[Point]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def _line(ink: Ink, chart: Chart, position: int, row: list[Point | None], lows: list[float]) -> None:
    role = chart.role(position)
    for run in _runs(row):
        points = [point for _, point in run]
        if chart.kind == "area":
            ground = [(x, lows[at]) for at, (x, _) in reversed(run)]
            ink.path(_through([*points, *ground]) + "Z", fill=role, opacity=0.75 if chart.is_stacked else 0.14)
        ink.path(_through(points), stroke=role, width=2)


def _dots(ink: Ink, chart: Chart, position: int, row: list[Point | None], area: Area) -> None:
    """Where the numbers are. Many points are only seen by who points at them; one alone is always."""
    seen = sum(point is not None for point in row)
    is_few = not chart.is_stacked and seen <= _DOTS_MOST and (area.right - area.left) / max(seen, 1) > 18
    for at, point in enumerate(row):
        if point is None:
            continue
        with ink.mark(chart.series[position].marks[at], tip(chart, position, at)):
            ink.circle(*point, 11, "hit", extra="hit")
            is_alone = (at == 0 or row[at - 1] is None) and (at + 1 >= len(row) or row[at + 1] is None)
            extra = "" if is_few or is_alone else "shy"
            if ink.palette is None or not extra:
                ink.circle(*point, 3.25, chart.role(position), stroke="surface", width=1.5, extra=extra)


def _names(ink: Ink, chart: Chart, places: list[list[Point | None]], area: Area, size: Size) -> None:
    """Each line's name at its end; names that would touch move apart."""
    ends = sorted(
        (next((point[1] for point in reversed(row) if point), area.bottom), position)
        for position, row in enumerate(places)
    )
    free = area.top
    for left, (y, position) in enumerate(ends):
        latest = area.bottom - 15 * (len(ends) - left - 1)
        free = max(free, min(y, latest))
        words = clipped(chart.series[position].label, size.width - area.right - 14, SMALL)
        ink.circle(area.right + 3, free, 3, chart.role(position))
        ink.text(area.right + 10, free + 4, words, size=SMALL)
        free += 15


def spark(ink: Ink, chart: Chart, size: Size) -> None:
    """The way of one number, without axes; its last point is marked."""
    marks = chart.series[0].marks
    found = [(at, mark.value) for at, mark in enumerate(marks) if mark.value is not None]
    axis = scale([value for _, value in found], size.height - 4, 4, from_zero=False)
    step = (size.width - 8) / max(len(marks) - 1, 1)
    points = [(4 + step * at, axis.at(value)) for at, value in found]
    ground = [(points[-1][0], size.height), (points[0][0], size.height)]
    ink.path(_through([*points, *ground]) + "Z", fill="series-0", opacity=0.1)
    ink.path(_through(points), stroke="series-0", width=1.75)
    ink.circle(*points[-1], 3, "series-0", stroke="surface", width=1.5)
