"""When a series happens, for the days asked only. A series lives on the wall clock of its zone: what is at nine stays
at nine when clocks change. A time that the clocks skip comes an hour later; of one that comes twice, the first counts.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from relata.engine.calendars import steady
from relata.engine.calendars.rule import MOST_COUNTED, Rule

#: A counted series is looked at for so long; what never happens is found out, and not waited for.
FARTHEST_YEARS = 100
_DAY = timedelta(days=1)
#: The last day that is counted to, on any wall.
_END = datetime(9998, 1, 1)  # noqa: DTZ001 - walls have no zone
_BEGIN, _BEGIN_WALL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 1)  # noqa: DTZ001 - the same moment in UTC


@dataclass(frozen=True, slots=True)
class Series:
    """starts: the first moment. skipped, extra: moments that are left out and put in (EXDATE, RDATE)."""

    starts: datetime
    zone: str
    rule: Rule | None
    skipped: frozenset[datetime] = frozenset()
    extra: tuple[datetime, ...] = ()


def occurrences(series: Series, first: datetime, until: datetime, *, most: int = 5000) -> list[datetime]:
    """The starts in [first, until), in order, in UTC; `most` at most. The start itself is
    always one, unless the series ends before it."""
    zone = ZoneInfo(series.zone)
    low, high = _wall(first, zone) - _DAY, _wall(until, zone) + _DAY
    found = {one.astimezone(UTC) for one in series.extra}
    if not _is_over_before_it_begins(series, zone):
        found.add(series.starts.astimezone(UTC))
    if series.rule is not None:
        found |= {_moment(one, zone) for one in _walls(series, zone, low, high)}
    skipped = {one.astimezone(UTC) for one in series.skipped}
    return sorted(one for one in found if first <= one < until and one not in skipped)[:most]


def last_start(series: Series) -> datetime | None:
    """The start of the last one, in UTC; None for a series that never ends."""
    if series.rule is None:
        return max((series.starts, *series.extra)).astimezone(UTC)
    if series.rule.is_endless:
        return None
    zone = ZoneInfo(series.zone)
    start = _wall(series.starts, zone)
    farthest = min(_END, start + 365 * FARTHEST_YEARS * _DAY)
    last = max(_walls(series, zone, start, series.rule.until or farthest), default=start)
    return max(last.replace(tzinfo=zone).astimezone(UTC), series.starts, *series.extra).astimezone(UTC)


def later_end(starts: datetime, ends: datetime, occurrence: datetime, zone: str) -> datetime:
    """The end of an occurrence: it lasts as long on the wall clock as the first one, in UTC."""
    return later_ends(starts, ends, (occurrence,), zone)[0]


def later_ends(starts: datetime, ends: datetime, found: Sequence[datetime], zone: str) -> list[datetime]:
    """As `later_end`, of many occurrences."""
    here = ZoneInfo(zone)
    lasts = _wall(ends, here) - _wall(starts, here)
    return [max(_moment(_wall(one, here) + lasts, here), one) for one in found]


def _is_over_before_it_begins(series: Series, zone: ZoneInfo) -> bool:
    until = series.rule.until if series.rule is not None else None
    return until is not None and until < _wall(series.starts, zone)


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """What clocks show there; clamped where a zone would lead out of the calendar."""
    try:
        there = moment.astimezone(zone)
    except OverflowError:
        there = moment
    return datetime.combine(there.date(), there.time())


def _moment(wall: datetime, zone: ZoneInfo) -> datetime:
    """When clocks there show this, in UTC: what `wall.replace(tzinfo=zone).astimezone(UTC)` says, in a fifth of the
    time."""
    ahead = zone.utcoffset(wall)
    return _BEGIN + (wall - ahead - _BEGIN_WALL) if ahead else _BEGIN + (wall - _BEGIN_WALL)


def _walls(series: Series, zone: ZoneInfo, low: datetime, high: datetime) -> Iterator[datetime]:
    """Wall-clock starts from low to high, the rule's end and count respected."""
    rule, start = series.rule, _wall(series.starts, zone)
    assert rule is not None
    last = min(high, _END, rule.until) if rule.until else min(high, _END)
    even = steady.steps(rule, start.weekday())
    if even is None:
        return _walked(rule, start, low, last)
    return steady.walls(rule, *even, start, low, last)


def _walked(rule: Rule, start: datetime, low: datetime, last: datetime) -> Iterator[datetime]:
    """Wall-clock starts from low to last, one period after the other."""
    counted = 0
    for moment in _all(rule, start, start if rule.count else max(start, low), last):
        if moment > last or (rule.count and counted >= min(rule.count, MOST_COUNTED)):
            return
        if moment >= start:
            counted += 1
            if moment >= low:
                yield moment


def _all(rule: Rule, start: datetime, since: datetime, until: datetime) -> Iterator[datetime]:
    """Everything that the rule names in its periods around [since, until], in order; also before the start."""
    times = _times(rule, start)
    for days in _periods(rule, start.date(), since.date(), until.date()):
        moments = [datetime.combine(day, clock) for day in days for clock in times]
        if rule.by_position:
            chosen = {at - 1 if at > 0 else at for at in rule.by_position}
            moments = sorted({moments[at] for at in chosen if -len(moments) <= at < len(moments)})
        yield from moments


def _times(rule: Rule, start: datetime) -> list[time]:
    return sorted(
        time(hour, minute, second)
        for hour in rule.hours or (start.hour,)
        for minute in rule.minutes or (start.minute,)
        for second in rule.seconds or (start.second,)
    )


def _periods(rule: Rule, start: date, since: date, until: date) -> Iterator[list[date]]:
    """The days of each period, from the one in which `since` lies; whole periods before it are passed by counting."""
    step = rule.interval
    if rule.frequency in ("DAILY", "WEEKLY"):
        length = 7 if rule.frequency == "WEEKLY" else 1
        width = step * length
        begin = start - timedelta(days=(start.weekday() - rule.week_start) % 7 if length == 7 else 0)
        begin += timedelta(days=max(0, (since - begin).days // width) * width)
        weekdays = {day for _number, day in rule.by_day} or ({start.weekday()} if length == 7 else set())
        places = [at for at in range(length) if length == 1 or (rule.week_start + at) % 7 in weekdays]
        while begin <= until and begin.year < 9998:
            yield [day for at in places if _fits(rule, start, day := begin + timedelta(days=at))]
            begin += timedelta(days=width)
        return
    monthly = rule.frequency == "MONTHLY"
    at = start.year * 12 + start.month - 1 if monthly else start.year
    reached = since.year * 12 + since.month - 1 if monthly else since.year
    at += max(0, (reached - at) // step) * step
    while at <= (until.year * 12 + until.month - 1 if monthly else until.year) and at < (
        9998 * 12 if monthly else 9998
    ):
        months = [at % 12 + 1] if monthly else _months(rule, start)
        year = at // 12 if monthly else at
        yield [
            day
            for month in months
            for number in range(1, calendar.monthrange(year, month)[1] + 1)
            if _fits(rule, start, day := date(year, month, number))
        ]
        at += step


def _months(rule: Rule, start: date) -> list[int]:
    if rule.by_month:
        return list(rule.by_month)
    is_plain = not (rule.by_week or rule.by_year_day or rule.by_month_day or rule.by_day)
    return [start.month] if is_plain else list(range(1, 13))


def _fits(rule: Rule, start: date, day: date) -> bool:
    """Whether a day of a period is meant: it passes every part of the rule, and what the rule leaves open is as on the
    first day."""
    if rule.by_month and day.month not in rule.by_month:
        return False
    if not (rule.by_week or rule.by_year_day or rule.by_month_day or rule.by_day):
        if rule.frequency == "WEEKLY":
            return day.weekday() == start.weekday()
        if rule.frequency in ("MONTHLY", "YEARLY"):
            return day.day == start.day
        return True
    if rule.by_month_day:
        length = calendar.monthrange(day.year, day.month)[1]
        if day.day not in rule.by_month_day and day.day - length - 1 not in rule.by_month_day:
            return False
    if rule.by_year_day:
        at, length = day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365
        if at not in rule.by_year_day and at - length - 1 not in rule.by_year_day:
            return False
    if rule.by_week and not _in_week(rule, day):
        return False
    return not rule.by_day or any(_is_weekday(rule, number, weekday, day) for number, weekday in rule.by_day)


def _is_weekday(rule: Rule, number: int, weekday: int, day: date) -> bool:
    """Whether the day is the number-th such weekday of its month, or of its year where the rule is of years."""
    if day.weekday() != weekday:
        return False
    if number == 0:
        return True
    if rule.frequency == "YEARLY" and not rule.by_month:
        at, length = day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365
    else:
        at, length = day.day, calendar.monthrange(day.year, day.month)[1]
    return (at - 1) // 7 + 1 == number if number > 0 else (length - at) // 7 + 1 == -number


def _in_week(rule: Rule, day: date) -> bool:
    """Whether the day lies in one of the rule's weeks of its own year; the first week has four days at least."""
    first = date(day.year, 1, 1)
    offset = (first.weekday() - rule.week_start) % 7
    begin = first + timedelta(days=-offset if offset <= 3 else 7 - offset)
    number = (day - begin).days // 7 + 1
    following = date(day.year + 1, 1, 1)
    ahead = (following.weekday() - rule.week_start) % 7
    weeks = ((following + timedelta(days=-ahead if ahead <= 3 else 7 - ahead)) - begin).days // 7
    return 1 <= number <= weeks and (number in rule.by_week or number - weeks - 1 in rule.by_week)
