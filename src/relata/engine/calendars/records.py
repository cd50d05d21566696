"""When a record happens, by what its object declares (`Recurs`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from relata.engine.calendars.recurrence import Series, later_ends, occurrences
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
    zone, text = values.get(recurs.zone) or "UTC", values.get(recurs.rule)
    try:
        rule = _rule(text, zone) if isinstance(text, str) and text else None
    except (ValueError, OSError):
        rule = None
    return Happens(
        Series(starts, zone, rule, frozenset(_moments(values.get(recurs.skipped))), _moments(values.get(recurs.extra))),
        _end(recurs, values),
        bool(values.get(recurs.all_day)) if recurs.all_day else False,
    )


@lru_cache(maxsize=2000)
def _rule(text: str, zone: str) -> Rule:
    """Many records have the same rule."""
    return parse_rule(text, zone)


def spans_of(
    recurs: Recurs, values: Mapping[str, Any], first: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """As `spans_in`, of a record's values; what happens once is nearly everything, and nothing is made of it."""
    if values.get(recurs.rule) or values.get(recurs.extra) or values.get(recurs.skipped):
        return spans_in(happens(recurs, values), first, until)
    return _once(values[recurs.start], _end(recurs, values), first, until)


def spans_in(one: Happens, first: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Its spans that reach into [first, until), in order."""
    series = one.series
    if series.rule is None and not series.extra and not series.skipped:
        return _once(series.starts, one.ends, first, until)
    lasts = one.ends - one.series.starts + timedelta(hours=2)  # clocks may give it one more
    starts = occurrences(series, first - lasts, until)
    ends = later_ends(series.starts, one.ends, starts, series.zone)
    return [(start, end) for start, end in zip(starts, ends, strict=True) if end > first or start >= first]


def _once(starts: datetime, ends: datetime, first: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    return [(starts, ends)] if starts < until and (ends > first or starts >= first) else []


def _end(recurs: Recurs, values: Mapping[str, Any]) -> datetime:
    starts, ends = values[recurs.start], values.get(recurs.end)
    return ends if isinstance(ends, datetime) and ends > starts else starts + USUAL


def _moments(stored: Any) -> tuple[datetime, ...]:
    if not isinstance(stored, (list, tuple)):
        return ()
    return tuple(datetime.fromisoformat(one) for one in stored if isinstance(one, str))
