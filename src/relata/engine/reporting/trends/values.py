"""What a trend says, as values."""

from __future__ import annotations

from datetime import date

import msgspec

from relata.engine.reporting.trends.line import Line


class Odd(msgspec.Struct, frozen=True, kw_only=True):
    """A period that lies outside of what is usual. row: its place in the result; None where it has no records.
    is_small: it stands on few records, so that chance explains it."""

    period: date
    row: int | None
    value: float
    expected: float
    is_small: bool


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """grain: of the periods. periods: the first day of each, up to the last one that is over. numbers: the first
    figure's; durations in seconds. line: one step is one period."""

    grain: str
    periods: tuple[date, ...]
    numbers: tuple[float | None, ...]
    line: Line
    odd: tuple[Odd, ...]
