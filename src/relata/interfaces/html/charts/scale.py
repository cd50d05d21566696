"""Axes: round steps between two numbers, and how wide words are before anybody has drawn them."""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[]- \u00a0\u202f"), frozenset("mwMW@%€—…")


class Scale(msgspec.Struct, frozen=True):
    """From numbers to pixels. low, high: the round ends. start, end: where they lie."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """The pixel of a number; the middle where all are nearer to each other than can be told."""
        if self.high <= self.low:
            return (self.start + self.end) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def scale(numbers: Iterable[float], start: float, end: float, *, from_zero: bool = True, most: int = 5) -> Scale:
    """An axis that holds all the numbers, with about `most` round ticks. Zero is on it unless it says otherwise."""
    found = [*numbers, *([0.0] if from_zero else [])] or [0.0]
    low, high = min(found), max(found)
    if high - low < 1e-9:
        low, high = (low - abs(low) * 0.5, high + abs(high) * 0.5) if low and not from_zero else (low, low + 1)
    step = _round_step((high - low) / max(most - 1, 1))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(float(f"{step * count:.12g}") for count in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], start, end, ticks)


def _round_step(raw: float) -> float:
    power = 10.0 ** math.floor(math.log10(raw)) if raw > 0 else 1.0
    return next((nice * power for nice in (1, 2, 2.5, 5) if nice * power >= raw * 0.999), 10 * power)


def width_of(words: str, size: float = 12) -> float:
    """About how many pixels a line of text takes in our face."""
    units = 0.0
    for letter in words:
        if letter in _NARROW:
            units += 0.33
        elif letter in _WIDE:
            units += 0.88
        elif ord(letter) > 0x2E80:
            units += 1.0
        else:
            units += 0.66 if letter.isupper() or letter.isdigit() else 0.56
    return units * size


def clipped(words: str, room: float, size: float = 12) -> str:
    """As much of a text as fits, with a sign that there is more; "" where not even two letters do."""
    if width_of(words, size) <= room:
        return words
    kept = words
    while len(kept) > 1 and width_of(kept + "…", size) > room:
        kept = kept[:-1]
    return kept.rstrip() + "…" if len(kept) > 1 else ""
