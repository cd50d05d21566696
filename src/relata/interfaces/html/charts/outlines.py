"""The world as the server draws it: outlines of countries, where small ones lie, and from degrees to a flat map."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

import msgspec

Point = tuple[float, float]
Ring = tuple[Point, ...]
Box = tuple[float, float, float, float]


class Shape(msgspec.Struct, frozen=True):
    """A part of a country, and the box around it."""

    ring: Ring
    box: Box


class World(msgspec.Struct, frozen=True):
    """Flat, y downwards. shapes: the parts of each country by its two letters, the largest first; points: countries
    that are too small for an outline."""

    shapes: dict[str, tuple[Shape, ...]]
    points: dict[str, Point]


@cache
def world() -> World:
    """Read once, when the first map is drawn."""
    kept = json.loads((Path(__file__).parent / "outlines.json").read_text(encoding="utf-8"))
    shapes = {
        code: tuple(sorted((_shape(ring) for ring in parts), key=_extent, reverse=True))
        for code, parts in kept["shapes"].items()
    }
    return World(shapes, {code: flat(x / 10, y / 10) for code, (x, y) in kept["points"].items()})


def _shape(numbers: list[int]) -> Shape:
    ring = tuple(flat(x / 10, y / 10) for x, y in zip(numbers[::2], numbers[1::2], strict=True))
    return Shape(ring, box_of(ring))


def _extent(shape: Shape) -> float:
    left, top, right, bottom = shape.box
    return (right - left) * (bottom - top)


def flat(longitude: float, latitude: float) -> Point:
    """Natural Earth's projection, by the polynomials of Šavrič, Patterson and Jenny (2011)."""
    across, up = math.radians(longitude), math.radians(latitude)
    square = up * up
    fourth = square * square
    x = across * (0.8707 - 0.131979 * square + fourth * (-0.013791 + fourth * (0.003971 * square - 0.001529 * fourth)))
    y = up * (1.007226 + square * (0.015085 + fourth * (-0.044475 + 0.028874 * square - 0.005916 * fourth)))
    return x, -y


def box_of(points: Ring) -> Box:
    """Left, top, right, bottom."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def middle(code: str) -> Point | None:
    """Where a country's mark stands: the middle of its largest part; None for a country that is not known."""
    parts = world().shapes.get(code)
    if parts is None:
        return world().points.get(code)
    left, top, right, bottom = parts[0].box
    return (left + right) / 2, (top + bottom) / 2


def cut(ring: Ring, box: Box) -> Ring:
    """What of a shape lies in the box, by Sutherland and Hodgman."""
    found = list(ring)
    for axis, edge, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        kept: list[Point] = []
        for at, point in enumerate(found):
            before = found[at - 1]
            inside, was = (point[axis] - edge) * sign >= 0, (before[axis] - edge) * sign >= 0
            if inside != was:
                share = (edge - before[axis]) / (point[axis] - before[axis])
                kept.append((before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1])))
            if inside:
                kept.append(point)
        found = kept
    return tuple(found)
