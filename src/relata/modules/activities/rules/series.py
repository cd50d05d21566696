"""Decisions about what repeats: rules from what people choose, what becomes of a series that is moved or divided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from relata.engine.calendars.recurrence import Series as Series
from relata.engine.calendars.recurrence import last_start as last_start
from relata.engine.calendars.recurrence import later_end as later_end
from relata.engine.calendars.recurrence import occurrences as occurrences
from relata.engine.calendars.rule import Rule, rule_text
from relata.engine.calendars.rule import parse_rule as parse_rule
from relata.modules.activities import errors

#: So far ahead one looks for the next one.
_HORIZON = timedelta(days=3700)


def rule_of(repeats: str, starts: datetime, zone: str) -> str:
    """The rule behind a choice, "" for never. starts: the first moment; its weekday and day are those of the series."""
    day = starts.astimezone(ZoneInfo(zone))
    rules = {
        "daily": Rule("DAILY"),
        "workdays": Rule("WEEKLY", by_day=tuple((0, one) for one in range(5))),
        "weekly": Rule("WEEKLY", by_day=((0, day.weekday()),)),
        "fortnightly": Rule("WEEKLY", interval=2, by_day=((0, day.weekday()),)),
        "monthly": Rule("MONTHLY"),
        "monthly_weekday": Rule("MONTHLY", by_day=((_number(day.date()), day.weekday()),)),
        "yearly": Rule("YEARLY"),
    }
    found = rules.get(repeats)
    return rule_text(found, zone) if found else ""


def choice_of(rule: str, starts: datetime, zone: str) -> str:
    """The choice that a rule is, `other` for none of them."""
    if not rule:
        return "never"
    plain = replace(parse_rule(rule, zone), until=None, week_start=0)
    choices = ("daily", "workdays", "weekly", "fortnightly", "monthly", "monthly_weekday", "yearly")
    if plain == Rule("WEEKLY"):
        return "weekly"
    return next((one for one in choices if parse_rule(rule_of(one, starts, zone), zone) == plain), "other")


def _number(day: date) -> int:
    """Which of its weekday in the month a day is; the fifth counts as the last."""
    return -1 if day.day > 28 else (day.day - 1) // 7 + 1


def with_last_day(rule: str, last: date | None, zone: str) -> str:
    """The rule ending with a day, or going on; one that ends after a number of times stays as it is."""
    found = parse_rule(rule, zone)
    if last is None:
        return rule_text(replace(found, until=None), zone)
    return rule_text(replace(found, count=0, until=datetime.combine(last, time(23, 59, 59))), zone)


def last_day_of(rule: str, zone: str) -> date | None:
    """The day on which a rule ends, as far as it says so."""
    until = parse_rule(rule, zone).until if rule else None
    return until.date() if until else None


def checked_rule(text: str, zone: str) -> str:
    """The rule in the one form that is kept; raises SeriesRuleWrong."""
    try:
        return rule_text(parse_rule(text, zone), zone)
    except ValueError as wrong:
        raise errors.SeriesRuleWrong(str(wrong)) from None


def series_from(values: Any) -> Series:
    """When a meeting or task happens. values: of a record or draft, by name."""
    zone = values["zone"] or "UTC"
    rule = parse_rule(values["rule"], zone) if values["rule"] else None
    return Series(
        values["starts_at"], zone, rule, frozenset(moments(values["skipped"])), moments(values["extra_dates"])
    )


def moments(stored: Sequence[str] | None) -> tuple[datetime, ...]:
    """Moments as JSON keeps them."""
    return tuple(datetime.fromisoformat(one) for one in stored or ())


def as_stored(found: Iterable[datetime]) -> list[str] | None:
    """The inverse; None for none."""
    return [one.astimezone(UTC).isoformat() for one in sorted(set(found))] or None


def end_of_series(values: Any) -> datetime | None:
    """When the last one is over; None for what is endless or happens once."""
    if not values["rule"] and not values["extra_dates"]:
        return None
    series = series_from(values)
    last = last_start(series)
    return None if last is None else later_end(values["starts_at"], values["ends_at"], last, series.zone)


def next_start(values: Any, now: datetime) -> datetime:
    """The start of the one that goes on now or comes next; of a series that is over, of the last one."""
    if not values["rule"] and not values["extra_dates"]:
        return values["starts_at"]  # type: ignore[no-any-return]
    series = series_from(values)
    lasts = max(timedelta(0), values["ends_at"] - values["starts_at"])
    coming = occurrences(series, now - lasts, now + _HORIZON, most=1)
    if coming:
        return coming[0]
    gone = occurrences(series, values["starts_at"], now, most=100_000)
    return gone[-1] if gone else values["starts_at"]


def whole_days(starts: datetime, ends: datetime, zone: str) -> tuple[datetime, datetime]:
    """From the midnight before the start to the midnight after the end, where the clock is."""
    here = ZoneInfo(zone)
    first, last = starts.astimezone(here), ends.astimezone(here)
    end_day = last.date() if last.time() == time() and last.date() > first.date() else last.date() + timedelta(days=1)
    return _midnight(first.date(), here), _midnight(end_day, here)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def shifted(moment: datetime, before: datetime, after: datetime, zone: str) -> datetime:
    """A moment of a series whose start was moved, moved as far on the wall clock."""
    here = ZoneInfo(zone)
    by = after.astimezone(here).replace(tzinfo=None) - before.astimezone(here).replace(tzinfo=None)
    return (moment.astimezone(here).replace(tzinfo=None) + by).replace(tzinfo=here).astimezone(UTC)


def moved_rule(rule: str, before: datetime, after: datetime, zone: str) -> str:
    """The rule of a series whose start was moved to another day; raises SeriesDaysUnclear where it names several."""
    here = ZoneInfo(zone)
    old, new = before.astimezone(here), after.astimezone(here)
    found = parse_rule(rule, zone)
    if old.date() == new.date():
        return rule
    if len(found.by_day) == 1 and found.by_day[0][1] == old.weekday():
        number = found.by_day[0][0] and _number(new.date())
        return rule_text(replace(found, by_day=((number, new.weekday()),)), zone)
    if found.by_month_day == (old.day,):
        return rule_text(replace(found, by_month_day=(new.day,)), zone)
    if found.by_day or found.by_month_day or found.by_year_day or found.by_week:
        raise errors.SeriesDaysUnclear
    return rule


def divided(values: Any, at: datetime) -> tuple[str, str]:
    """The rules before and from an occurrence on; a counted rule is counted on."""
    zone = values["zone"] or "UTC"
    found = parse_rule(values["rule"], zone)
    there = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    before = replace(found, count=0, until=there - timedelta(seconds=1))
    gone = 0
    if found.count:
        plain = Series(values["starts_at"], zone, found)
        gone = len(occurrences(plain, values["starts_at"], at, most=found.count))
    after = replace(found, count=max(1, found.count - gone)) if found.count else found
    return rule_text(before, zone), rule_text(after, zone)
