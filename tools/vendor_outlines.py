"""Copy the outlines of countries from the npm package world-atlas (Natural Earth, public domain) into one JSON file.

Run after raising the package's version: `python tools/vendor_outlines.py`. The result is committed, so that the server
draws maps without Node. Degrees are kept in tenths: countries by their two letters as rings of longitude and latitude,
those too small for an outline as a point.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from babel.core import get_global

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules" / "world-atlas"
TARGET = ROOT / "src" / "relata" / "interfaces" / "html" / "charts" / "outlines.json"
#: What the atlas tells apart without a number.
NAMED = {"Kosovo": "XK", "Somaliland": "SO", "N. Cyprus": "CY"}
#: A third of every map, and nobody's address.
LEFT_OUT = "AQ"
Ring = list[tuple[int, int]]


def rings(atlas: dict[str, Any], least: int = 3) -> dict[str, list[Ring]]:
    """The outer rings of each country that have so many corners at least, in tenths of degrees."""
    scale, shift = atlas["transform"]["scale"], atlas["transform"]["translate"]
    arcs = []
    for arc in atlas["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((round((x * scale[0] + shift[0]) * 10), round((y * scale[1] + shift[1]) * 10)))
        arcs.append(line)
    found: dict[str, list[Ring]] = {}
    for one in atlas["objects"]["countries"]["geometries"]:
        code = _code(one)
        if code and code != LEFT_OUT:
            polygons = one["arcs"] if one["type"] == "MultiPolygon" else [one["arcs"]]
            whole = [_ring(polygon[0], arcs) for polygon in polygons]
            found.setdefault(code, []).extend(part for ring in whole for part in _parts(ring) if len(part) >= least)
    return found


def _code(one: dict[str, Any]) -> str:
    aliases = get_global("territory_aliases").get(one.get("id", ""))
    return NAMED.get(one["properties"]["name"], "") if not aliases else str(aliases[0])


def _ring(numbers: list[int], arcs: list[Ring]) -> Ring:
    ring: Ring = []
    for number in numbers:
        line = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring.extend(point for point in line if not ring or point != ring[-1])
    return ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring


def _parts(ring: Ring) -> list[Ring]:
    """The atlas lets shapes run over the date line; a flat map has them at both of its ends."""
    line: Ring = []
    for x, y in ring:
        before = line[-1][0] if line else x
        line.append((x + 3600 * round((before - x) / 3600), y))
    if all(abs(x) <= 1800 for x, _ in line):
        return [line]
    return [part for turn in (-3600, 0, 3600) if (part := _between([(x + turn, y) for x, y in line]))]


def _between(line: Ring) -> Ring:
    """What lies on the map."""
    for edge, sign in ((-1800, 1), (1800, -1)):
        kept: Ring = []
        for at, (x, y) in enumerate(line):
            before = line[at - 1]
            if ((x - edge) * sign >= 0) != ((before[0] - edge) * sign >= 0):
                kept.append((edge, round(before[1] + (edge - before[0]) / (x - before[0]) * (y - before[1]))))
            if (x - edge) * sign >= 0:
                kept.append((x, y))
        line = kept
    return line


def middle(parts: list[Ring]) -> tuple[int, int]:
    """The middle of the largest part."""
    largest = max(parts, key=lambda ring: max(x for x, _ in ring) - min(x for x, _ in ring))
    xs, ys = [x for x, _ in largest], [y for _, y in largest]
    return (min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2


def main() -> None:
    shapes = rings(json.loads((SOURCE / "countries-110m.json").read_text(encoding="utf-8")))
    fine = rings(json.loads((SOURCE / "countries-50m.json").read_text(encoding="utf-8")), least=1)
    points = {code: middle(parts) for code, parts in sorted(fine.items()) if code not in shapes}
    kept = {
        code: [[number for point in ring for number in point] for ring in parts]
        for code, parts in sorted(shapes.items())
    }
    TARGET.write_text(json.dumps({"shapes": kept, "points": points}, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(kept)} outlines, {len(points)} points, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
