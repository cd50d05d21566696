"""A calendar of working hours as a value, and its hours as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise

from relata.engine.automation.working_time.instants import reached

_SPAN = re.compile(r"^([01]?\d|2[0-4]):([0-5]\d)\s*[-\u2013]\s*([01]?\d|2[0-4]):([0-5]\d)$")
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Working hours on one day, in minutes since midnight on the wall; `end` (up to 1440) is not in it."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.start // 60:02}:{self.start % 60:02}-{self.end // 60:02}:{self.end % 60:02}"


#: For a calendar that nobody wrote.
NINE_TO_FIVE = (Span(540, 1020),)


@dataclass(frozen=True)
class Calendar:
    """zone: IANA. week: the spans of each day from Monday, in order and apart. special: days with other hours than
    their weekday's; none on a holiday. name: what people call it."""

    zone: str
    week: tuple[tuple[Span, ...], ...] = (NINE_TO_FIVE,) * 5 + ((), ())
    special: Mapping[date, tuple[Span, ...]] = field(default_factory=dict, hash=False)
    name: str = ""

    def hours(self, day: date) -> tuple[Span, ...]:
        """When somebody works on that day."""
        known = self.special.get(day)
        return self.week[day.weekday()] if known is None else known

    def is_working_day(self, day: date) -> bool:
        """Whether somebody works at all on that day."""
        return bool(self.hours(day))

    def openings(self, day: date) -> list[tuple[datetime, datetime]]:
        """The same as instants in UTC, from and until; what a change of the clocks leaves nothing of is left out."""
        found = [(reached(self.zone, day, one.start), reached(self.zone, day, one.end)) for one in self.hours(day)]
        return [(start, end) for start, end in found if start < end]


def parse_spans(text: str) -> tuple[Span, ...]:
    """`09:00-12:00, 13:00-17:00` as spans, in order; empty for a day off. ValueError with a sentence for anything
    else."""
    parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    spans = []
    for part in parts:
        found = _SPAN.match(part)
        if found is None:
            raise ValueError("Working hours are written as 09:00-12:00, 13:00-17:00; empty is a day off.")
        hours = [int(one) for one in found.groups()]
        span = Span(hours[0] * 60 + hours[1], hours[2] * 60 + hours[3])
        if not span.start < span.end <= _DAY_MINUTES:
            raise ValueError("Working hours end after they begin, at 24:00 at the latest; a night is two days' hours.")
        spans.append(span)
    spans.sort()
    if any(later.start < earlier.end for earlier, later in pairwise(spans)):
        raise ValueError("These working hours overlap each other.")
    return tuple(spans)


def spans_text(spans: Iterable[Span]) -> str:
    """Spans as they are written."""
    return ", ".join(str(one) for one in spans)
