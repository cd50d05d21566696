"""Countries shaded by their number, and points as large as theirs, over outlines of the world. Nothing is fetched."""

from __future__ import annotations

import math
from collections.abc import Iterator

from relata.interfaces.html.charts.frame import SMALL, Size, Write
from relata.interfaces.html.charts.ink import Ink
from relata.interfaces.html.charts.outlines import Box, Point, Shape, box_of, cut, flat, middle, world
from relata.interfaces.html.charts.scale import clipped, width_of
from relata.interfaces.html.charts.series import Chart, Mark

#: At least so much of the world is shown, in radians: a single town lies in its country.
_LEAST = 0.22
_FOOT, _LARGEST, _SHADES, _APART = 30.0, 26.0, 5, 1.6


class View:
    """Which part of the world is shown, and where it lies on the drawing."""

    def __init__(self, found: list[Point], size: Size) -> None:
        high = size.height - _FOOT
        left, top, right, bottom = box_of(tuple(found)) if found else (-2.6, -1.35, 2.6, 0.95)
        wide, tall = max((right - left) * 1.12, _LEAST), max((bottom - top) * 1.16, _LEAST)
        self.scale = min(size.width / wide, high / tall)
        half_width, half_height = size.width / self.scale / 2, high / self.scale / 2
        x, y = (left + right) / 2, (top + bottom) / 2
        self.box: Box = (x - half_width, y - half_height, x + half_width, y + half_height)

    def at(self, point: Point) -> Point:
        """The pixel of a flat place."""
        return (point[0] - self.box[0]) * self.scale, (point[1] - self.box[1]) * self.scale

    def drawn(self, shape: Shape) -> str:
        """The path of what is seen of a shape; "" for what lies outside. Corners too close to tell apart are one."""
        left, top, right, bottom = shape.box
        x, y, x_end, y_end = self.box
        if right < x or left > x_end or bottom < y or top > y_end:
            return ""
        is_whole = left >= x and right <= x_end and top >= y and bottom <= y_end
        ring, scale = shape.ring if is_whole else cut(shape.ring, self.box), self.scale
        path, last, above = [], -9.0, -9.0
        for point in ring:
            across, down = (point[0] - x) * scale, (point[1] - y) * scale
            if abs(across - last) + abs(down - above) >= _APART:
                path.append(f"{across:.1f} {down:.1f}")
                last, above = across, down
        return f"M{'L'.join(path)}Z" if len(path) > 2 else ""


def is_placed(mark: Mark) -> bool:
    """Whether the map knows where it is."""
    if mark.place is None:
        return False
    return not mark.place.country or middle(mark.place.country) is not None


def draw(ink: Ink, chart: Chart, size: Size, write: Write) -> None:
    """The whole map. The first series is shown; what has no place is told below."""
    marks = [one for one in chart.series[0].marks if one.value is not None]
    placed = [one for one in marks if is_placed(one)]
    countries = {one.place.country: one for one in placed if one.place and one.place.country in world().shapes}
    spots = [one for one in placed if one.place and one.place.country not in countries]
    view = View([*_corners(countries), *map(_spot, spots)], size)
    most = max((abs(one.value or 0.0) for one in placed), default=0.0)
    _ground(ink, view, countries)
    for code, mark in countries.items():
        shapes = "".join(view.drawn(one) for one in world().shapes[code])
        with ink.mark(mark, _tip(mark)):
            ink.path(shapes, fill=_role(mark), stroke="surface", width=0.75, opacity=_strength(mark, most))
    for mark in sorted(spots, key=lambda one: -abs(one.value or 0.0)):
        x, y = view.at(_spot(mark))
        share = abs(mark.value or 0.0) / most if most else 0.0
        with ink.mark(mark, _tip(mark)):
            ink.circle(x, y, 11, "hit", extra="hit")
            ink.circle(x, y, 3.5 + (_LARGEST - 3.5) * math.sqrt(share) * _dense(spots), _role(mark), stroke="surface",
                       width=1, opacity=0.72)  # fmt: skip
    room = _legend(ink, [one.value or 0.0 for one in countries.values()], most, size, write)
    _left_out(ink, chart, [one for one in marks if not is_placed(one)], size, room)


def _dense(spots: list[Mark]) -> float:
    """Many points are drawn smaller."""
    return 1.0 if len(spots) <= 40 else 0.55 if len(spots) <= 200 else 0.3


def _corners(countries: dict[str, Mark]) -> Iterator[Point]:
    """Of the largest part of each country: islands far away do not make the rest small."""
    for code in countries:
        left, top, right, bottom = world().shapes[code][0].box
        yield from ((left, top), (right, bottom))


def _spot(mark: Mark) -> Point:
    assert mark.place is not None
    if mark.place.country:
        return middle(mark.place.country) or (0.0, 0.0)
    return flat(mark.place.longitude, mark.place.latitude)


def _ground(ink: Ink, view: View, countries: dict[str, Mark]) -> None:
    """All land that is seen; countries with a number of their own are drawn over it."""
    shapes = (view.drawn(one) for code, parts in world().shapes.items() if code not in countries for one in parts)
    ink.path("".join(shapes), fill="line", stroke="surface", width=0.75)


def _role(mark: Mark) -> str:
    return "bad" if (mark.value or 0.0) < 0 else "accent"


def _strength(mark: Mark, most: float) -> float:
    """Never so faint that it looks like a country without a number."""
    return 0.16 + 0.84 * (abs(mark.value or 0.0) / most if most else 0.0)


def _tip(mark: Mark) -> str:
    told = ": ".join(word for word in (mark.label, mark.text) if word)
    return f"{told} ({mark.note})" if mark.note else told


def _legend(ink: Ink, numbers: list[float], most: float, size: Size, write: Write) -> float:
    """What the shades mean; answers where it ends."""
    if len(numbers) < 2 or not most:
        return 0
    y, low, high = size.height - 16, write(0), write(most)
    x = width_of(low, SMALL) + 8
    ink.text(0, y + 9, low, size=SMALL, role="faint")
    for step in range(_SHADES):
        ink.rect(x + step * 18, y, 18, 10, "accent", opacity=0.16 + 0.84 * (step + 0.5) / _SHADES)
    ink.text(x + _SHADES * 18 + 8, y + 9, high, size=SMALL, role="faint")
    return x + _SHADES * 18 + 8 + width_of(high, SMALL) + 20


def _left_out(ink: Ink, chart: Chart, marks: list[Mark], size: Size, left: float) -> None:
    """What the map can't show, each still leading to its records."""
    if not marks:
        return
    y, x, first = size.height - 7, left, chart.unplaced
    words = clipped(first, size.width - x, SMALL)
    ink.text(x, y, words, size=SMALL, role="faint")
    x += width_of(words, SMALL) + 6
    for at, mark in enumerate(marks):
        words = _tip(mark) + (" ·" if at + 1 < len(marks) else "")
        if x + width_of(words, SMALL) > size.width - (0 if at + 1 == len(marks) else 20):
            ink.text(x, y, "…", size=SMALL, role="faint")
            return
        with ink.mark(mark, _tip(mark)):
            ink.rect(x - 2, y - 11, width_of(words, SMALL) + 2, 15, "hit", extra="hit")
            ink.text(x, y, words, size=SMALL)
        x += width_of(words, SMALL) + 6
