"""When a record happens, by what its object declares (`Recurs`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from relata.engine.calendars.recurrence import Series, later_end, occurrences
from relata.engine.calendars.rule import Rule, parse_rule
from relata.engine.metadata.object import Recurs

#: A thing without an end lasts so long.
USUAL = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Happens:
    """A record's first span, and how it repeats. of_days: whole days of the series' zone."""

    series: Series
    ends: datetime
    of_days: bool = False


def happens(recurs: Recurs, values: Mapping[str, Any]) -> Happens:
    """From a record's values; what can't be read or was hidden counts as happening once."""
    starts = values[recurs.start]
    ends = values.get(recurs.end)
    zone, text = values.get(recurs.zone) or "UTC", values.get(recurs.rule)
    try:
        rule = _rule(text, zone) if isinstance(text, str) and text else None
    except (ValueError, OSError):
        rule = None
    return Happens(
        Series(starts, zone, rule, frozenset(_moments(values.get(recurs.skipped))), _moments(values.get(recurs.extra))),
        ends if isinstance(ends, datetime) and ends > starts else starts + USUAL,
        bool(values.get(recurs.all_day)) if recurs.all_day else False,
    )


@lru_cache(maxsize=2000)
def _rule(text: str, zone: str) -> Rule:
    """Many records have the same rule."""
    return parse_rule(text, zone)


def spans_in(one: Happens, first: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Its spans that reach into [first, until), in order."""
    series = one.series
    if series.rule is None and not series.extra and not series.skipped:  # nearly everything
        start = series.starts
        return [(start, one.ends)] if start < until and (one.ends > first or start >= first) else []
    lasts = one.ends - one.series.starts + timedelta(hours=2)  # clocks may give it one more
    found = []
    for start in occurrences(one.series, first - lasts, until):
        end = later_end(one.series.starts, one.ends, start, one.series.zone)
        if end > first or start >= first:
            found.append((start, end))
    return found


def _moments(stored: Any) -> tuple[datetime, ...]:
    if not isinstance(stored, (list, tuple)):
        return ()
    return tuple(datetime.fromisoformat(one) for one in stored if isinstance(one, str))
