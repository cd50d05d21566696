"""What a chart shows, before it has a size: categories, series and marks, with their words and addresses."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Literal

import msgspec

Kind = Literal[
    "bar", "line", "area", "pie", "donut", "funnel", "scatter", "heat", "gauge", "spark", "waterfall", "map", "timeline"
]

#: Of colours that stand for a position; what is further shares the last, which is grey.
SERIES_COLOURS = 10


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Somewhere on a map: a country by its two letters, or a point in degrees."""

    country: str = ""
    longitude: float = 0.0
    latitude: float = 0.0


class Span(msgspec.Struct, frozen=True):
    """From when to when, in days as `date.toordinal` counts them."""

    start: float
    end: float


class Tick(msgspec.Struct, frozen=True):
    """A day that an axis of time names."""

    at: float
    text: str


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """One number. value: None where there is none, which is not zero. text: as it is written for the reader. href: the
    records behind it. x: where it stands in a scatter. label: what it is called there. note: more for who points at it.
    place: on a map; span: on a timeline.
    """

    value: float | None
    text: str = ""
    href: str = ""
    x: float | None = None
    label: str = ""
    note: str = ""
    place: Place | None = None
    span: Span | None = None


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """Marks that belong together, one for each category. colour: one of the twelve of the house where the thing has
    a colour of its own; None for that of its position."""

    label: str
    marks: tuple[Mark, ...]
    colour: int | None = None


class Remark(msgspec.Struct, frozen=True):
    """Something that happened at a category, such as a new definition of what is measured."""

    at: int
    text: str


class Band(msgspec.Struct, frozen=True):
    """At a category: the height of the trend, and between what single numbers usually lie."""

    middle: float
    low: float
    high: float


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of numbers. title: the answer, or what is asked. summary: the same in a sentence, for who can't see it.
    colours: of the categories, where they have some and there is one series. goal: what is aimed at. empty: what
    stands where there is nothing. is_horizontal, is_stacked: of bars and areas. bands: of lines, one for each category.
    odd: categories whose numbers are far from usual. ticks, now: of a timeline's axis. unplaced: the words before what
    a map has no place for. axes: of a scatter, what lies along and what upwards; along: how the first writes its
    numbers."""

    kind: Kind
    title: str
    series: tuple[Series, ...]
    categories: tuple[str, ...] = ()
    colours: tuple[int | None, ...] = ()
    summary: str = ""
    goal: float | None = None
    goal_text: str = ""
    total: str = ""
    is_horizontal: bool = False
    is_stacked: bool = False
    remarks: tuple[Remark, ...] = ()
    bands: tuple[Band | None, ...] = ()
    odd: tuple[int, ...] = ()
    ticks: tuple[Tick, ...] = ()
    now: Tick | None = None
    unplaced: str = ""
    axes: tuple[str, str] = ("", "")
    along: Callable[[float], str] | None = None
    empty: str = ""

    def role(self, series: int, category: int | None = None) -> str:
        """The colour of a mark, as the ink knows it: the thing's own, or that of its position."""
        if category is not None and category < len(self.colours) and self.colours[category] is not None:
            return f"colour-{self.colours[category]}"
        own = self.series[series].colour
        return f"colour-{own}" if own is not None else f"series-{min(series, SERIES_COLOURS - 1)}"


def finite(value: float | int | Decimal | None) -> float | None:
    """A number that can be drawn; None for what can't."""
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def is_empty(chart: Chart) -> bool:
    """Whether there is nothing to draw; zeros are something."""
    return not any(mark.value is not None for one in chart.series for mark in one.marks)


def values(chart: Chart) -> list[float]:
    """Every number of the chart that is there."""
    return [mark.value for one in chart.series for mark in one.marks if mark.value is not None]
