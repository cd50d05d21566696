"""A straight line through numbers in time that a few odd ones can't bend, with what is usual around it.

The slope is the median of the slopes between all pairs (Theil 1950), its interval the one of Sen (1968): the pairs'
slopes whose ranks lie around the middle by the spread of Kendall's tau. Around the line lies the range in which 95 of
100 single periods are expected, by the median absolute deviation; a number is odd where its modified z-score is above
3.5 (Iglewicz and Hoaglin 1993). No assumption about a normal distribution enters the line; one about independent
periods enters the interval, so that a season makes it narrower than it should be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist, median

import msgspec

#: With fewer numbers nothing is said; with fewer than SHAKY it is said to be shaky.
LEAST, SHAKY = 6, 12
#: More are thinned out to the latest ones: every pair is looked at.
MOST = 400
_Z = NormalDist().inv_cdf(0.975)
#: So many standard deviations of a normal distribution are one median, and one mean, absolute deviation.
_BY_MEDIAN, _BY_MEAN = 1.482602218505602, 1.253314137315500
ODD = 3.5


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """slope: by one step. low, high: between which it lies 95 times in 100. start: of the line at step 0. usual: how
    far 95 of 100 numbers lie from the line at most. odd: the places of those that lie further than anything usual.
    count: how many numbers it stands on."""

    start: float
    slope: float
    low: float
    high: float
    usual: float
    odd: tuple[int, ...]
    count: int

    def at(self, step: int) -> float:
        """The line's height."""
        return self.start + self.slope * step

    @property
    def is_clear(self) -> bool:
        """Whether it goes up, or down, rather than by chance."""
        return self.low > 0 or self.high < 0

    @property
    def is_shaky(self) -> bool:
        """Whether it stands on few numbers."""
        return self.count < SHAKY


def line_of(numbers: Sequence[float | None]) -> Line | None:
    """Through numbers one step apart; None for a step without one. None where there are too few."""
    points = [(step, number) for step, number in enumerate(numbers) if number is not None and math.isfinite(number)]
    points = points[-MOST:]
    if len(points) < LEAST:
        return None
    slopes = sorted(
        (later[1] - sooner[1]) / (later[0] - sooner[0]) for at, later in enumerate(points) for sooner in points[:at]
    )
    slope = median(slopes)
    low, high = _ends(slopes, points)
    start = median(number - slope * step for step, number in points)
    rest = [number - start - slope * step for step, number in points]
    spread = _spread(rest)
    odd = [step for (step, _), away in zip(points, rest, strict=True) if spread and abs(away) > ODD * spread]
    return Line(start=start, slope=slope, low=low, high=high, usual=_Z * spread, odd=tuple(odd), count=len(points))


def _ends(slopes: list[float], points: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """Sen's interval, with his correction for equal numbers."""
    count = len(points)
    ties: dict[float, int] = {}
    for _, number in points:
        ties[number] = ties.get(number, 0) + 1
    tied = sum(many * (many - 1) * (2 * many + 5) for many in ties.values())
    spread = math.sqrt(max(count * (count - 1) * (2 * count + 5) - tied, 0) / 18)
    reach = _Z * spread
    first = max(math.floor((len(slopes) - reach) / 2), 0)
    last = min(math.ceil((len(slopes) + reach) / 2), len(slopes) - 1)
    return slopes[first], slopes[last]


def _spread(rest: Sequence[float]) -> float:
    """Of a normal distribution with these deviations; where most numbers lie on the line, by the mean instead."""
    by_median = median(abs(away) for away in rest) * _BY_MEDIAN
    largest = max(abs(away) for away in rest)
    if by_median > largest * 1e-9:
        return by_median
    return sum(abs(away) for away in rest) / len(rest) * _BY_MEAN
