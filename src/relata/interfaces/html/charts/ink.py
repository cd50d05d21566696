"""Writes SVG. On screens every colour is a class, so that themes and the strict policy hold; in files it is a value."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from markupsafe import escape

from relata.interfaces.html.charts.series import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Role -> colour, for files: the light theme, as measured from the tokens.
PAPER: Mapping[str, str] = {
    "text": "#1a2327", "soft": "#4c575c", "faint": "#646f74", "line": "#e2e6e8", "zero": "#b9c2c6",
    "surface": "#ffffff", "sunken": "#f6f8f9", "accent": "#00646f", "good": "#1f7a45", "warning": "#8a5a00",
    "bad": "#c22f2f", "on": "#ffffff",
    "series-0": "#1a8090", "series-1": "#d5722a", "series-2": "#7e5fc4", "series-3": "#2f9558", "series-4": "#d2506f",
    "series-5": "#3a6bc2", "series-6": "#7d8c2c", "series-7": "#b853a5", "series-8": "#86583b", "series-9": "#7d878b",
    "colour-0": "#7e888c", "colour-1": "#d63a43", "colour-2": "#e27a2e", "colour-3": "#dda92f", "colour-4": "#8fae2f",
    "colour-5": "#2f9a5d", "colour-6": "#2db3a5", "colour-7": "#3096cf", "colour-8": "#4a6fd8", "colour-9": "#8a63d6",
    "colour-10": "#cf5fb5", "colour-11": "#87583a",
}  # fmt: skip


def number(value: float) -> str:
    """A coordinate: two decimals at most, and never an exponent."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


class Ink:
    """Collects the elements of one drawing. palette: None for classes; a mapping for a file, which has no links."""

    def __init__(self, palette: Mapping[str, str] | None = None) -> None:
        self.palette = palette
        self.parts: list[str] = []

    def rect(self, x: float, y: float, width: float, height: float, fill: str, *, radius: float = 0,
             opacity: float | None = None, extra: str = "") -> None:  # fmt: skip
        """A box; nothing where it has no extent."""
        if width <= 0 or height <= 0:
            return
        corner = f' rx="{number(radius)}"' if radius else ""
        place = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
        self.parts.append(f"<rect {place}{corner}{self._paint(fill=fill, extra=extra)}{_faded(opacity)}/>")

    def path(self, drawn: str, *, fill: str = "none", stroke: str = "", width: float = 2, dash: str = "",
             opacity: float | None = None, extra: str = "") -> None:  # fmt: skip
        """drawn: the path's commands."""
        line = f' stroke-width="{number(width)}" stroke-linejoin="round" stroke-linecap="round"' if stroke else ""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        paint = self._paint(fill=fill, stroke=stroke, extra=extra)
        self.parts.append(f'<path d="{drawn}"{paint}{line}{dashed}{_faded(opacity)}/>')

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str, *, width: float = 1, dash: str = ""
    ) -> None:
        """A hairline."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        place = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
        self.parts.append(f'<line {place}{self._paint(stroke=stroke)} stroke-width="{number(width)}"{dashed}/>')

    def circle(self, x: float, y: float, radius: float, fill: str, *, stroke: str = "", width: float = 0,
               opacity: float | None = None, extra: str = "") -> None:  # fmt: skip
        """A point."""
        ring = f' stroke-width="{number(width)}"' if stroke else ""
        place = f'cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"'
        self.parts.append(
            f"<circle {place}{self._paint(fill=fill, stroke=stroke, extra=extra)}{ring}{_faded(opacity)}/>"
        )

    def text(self, x: float, y: float, words: str, *, size: float = 12, anchor: str = "start", role: str = "soft",
             weight: int = 0, is_above: bool = False) -> None:  # fmt: skip
        """One line, its baseline at y. is_above: it lies over lines and keeps a rim of the ground around it."""
        if not words:
            return
        place = f'x="{number(x)}" y="{number(y)}" font-size="{number(size)}"'
        side = "" if anchor == "start" else f' text-anchor="{anchor}"'
        heavy = f' font-weight="{weight}"' if weight else ""
        rim = ""
        if is_above:
            rim = ' paint-order="stroke" stroke-width="3" stroke-linejoin="round"'
        paint = self._paint(fill=role, stroke="surface" if is_above else "")
        self.parts.append(f"<text {place}{side}{heavy}{rim}{paint}>{escape(words)}</text>")

    @contextmanager
    def mark(self, mark: Mark, tip: str) -> Iterator[None]:
        """What is drawn inside stands for this number: it can be pointed at, and leads to its records."""
        if self.palette is not None:
            yield
            return
        told = f'aria-label="{escape(tip)}" data-tip="{escape(tip)}"'
        tag = "a" if mark.href else "g"
        address = f' href="{escape(mark.href)}"' if mark.href else ' role="img"'
        self.parts.append(f'<{tag} class="mark"{address} {told}>')
        yield
        self.parts.append(f"</{tag}>")

    def _paint(self, *, fill: str = "", stroke: str = "", extra: str = "") -> str:
        if self.palette is not None:
            painted = f' fill="{self.palette.get(fill, "none")}"' if fill else ""
            return painted + (f' stroke="{self.palette.get(stroke, "none")}"' if stroke else "")
        names, own = [extra] if extra else [], ""
        for way, role in (("f", fill), ("s", stroke)):
            if role.startswith("colour-"):
                names.append(f"{way}-dot")
                own = f' data-colour="{role.removeprefix("colour-")}"'
            elif role:
                names.append(f"{way}-{role}")
        return (f' class="{" ".join(names)}"' if names else "") + own


def _faded(opacity: float | None) -> str:
    return "" if opacity is None else f' opacity="{number(opacity)}"'
