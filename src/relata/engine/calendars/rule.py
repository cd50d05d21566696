"""A recurrence rule of RFC 5545 as a value, read from text and written back in one form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
#: More occurrences than anybody plans, counted.
MOST_COUNTED = 10_000
_DAY = re.compile(r"^([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)$")
_UNTIL = re.compile(r"^(\d{8})(?:T(\d{6})(Z?))?$")
#: Lists of numbers: the smallest and the largest that may stand there; the same may be counted from the end.
_LISTS = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
_TIMES = {"BYHOUR": 23, "BYMINUTE": 59, "BYSECOND": 59}


@dataclass(frozen=True, slots=True)
class Rule:
    """count and until exclude each other. until: wall-clock time where the series is at home, the last one that may
    be. by_day: pairs of an ordinal (0 for every one) and a weekday from Monday. times: hours, minutes, seconds that
    stand in place of the start's, empty for the start's own."""

    frequency: str
    interval: int = 1
    count: int = 0
    until: datetime | None = None
    by_day: tuple[tuple[int, int], ...] = ()
    by_month: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_week: tuple[int, ...] = ()
    by_position: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()
    week_start: int = 0

    @property
    def is_endless(self) -> bool:
        """Whether it never ends by itself."""
        return not self.count and self.until is None


def parse_rule(text: str, zone: str) -> Rule:
    """`FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270101T000000Z` as a value. ValueError with a sentence for what is no rule, or
    repeats within a day."""
    parts = _parts(text)
    frequency = parts.pop("FREQ", "")
    if frequency not in FREQUENCIES:
        raise ValueError("Something repeats daily, weekly, monthly or yearly.")
    interval = _number("INTERVAL", parts.pop("INTERVAL", "1"), 1, 1000)
    count, until = parts.pop("COUNT", ""), parts.pop("UNTIL", "")
    if count and until:
        raise ValueError("A series ends after a number of times or on a day, not both.")
    lists = {name: _numbers(name, parts.pop(name, ""), -most, most) for name, most in _LISTS.items()}
    times = {name: _numbers(name, parts.pop(name, ""), 0, most) for name, most in _TIMES.items()}
    days = tuple(_weekday(one) for one in parts.pop("BYDAY", "").split(",") if one)
    if any(number for number, _day in days) and frequency in ("DAILY", "WEEKLY"):
        raise ValueError("Only months and years have a first or last Monday.")
    if any(month < 1 for month in lists["BYMONTH"]):
        raise ValueError("Months are 1 to 12.")
    start = parts.pop("WKST", "MO")
    if start not in WEEKDAYS or parts:
        raise ValueError(f"A rule knows no {next(iter(parts), start)[:20]}.")
    return Rule(
        frequency, interval,
        _number("COUNT", count, 1, MOST_COUNTED) if count else 0, _until(until, zone) if until else None, days,
        tuple(sorted(set(lists["BYMONTH"]))), lists["BYMONTHDAY"], lists["BYYEARDAY"], lists["BYWEEKNO"],
        lists["BYSETPOS"], times["BYHOUR"], times["BYMINUTE"], times["BYSECOND"], WEEKDAYS.index(start),
    )  # fmt: skip


def rule_text(rule: Rule, zone: str, *, of_days: bool = False) -> str:
    """The rule as RFC 5545 writes it. of_days: of whole days, whose end is a day, too."""
    parts = [f"FREQ={rule.frequency}"]
    if rule.interval > 1:
        parts.append(f"INTERVAL={rule.interval}")
    if rule.count:
        parts.append(f"COUNT={rule.count}")
    if rule.until is not None:
        moment = rule.until.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        parts.append(f"UNTIL={rule.until:%Y%m%d}" if of_days else f"UNTIL={moment:%Y%m%dT%H%M%SZ}")
    if rule.by_day:
        parts.append("BYDAY=" + ",".join(f"{number or ''}{WEEKDAYS[day]}" for number, day in rule.by_day))
    lists = {
        "BYMONTH": rule.by_month, "BYMONTHDAY": rule.by_month_day, "BYYEARDAY": rule.by_year_day,
        "BYWEEKNO": rule.by_week, "BYHOUR": rule.hours, "BYMINUTE": rule.minutes, "BYSECOND": rule.seconds,
        "BYSETPOS": rule.by_position,
    }  # fmt: skip
    parts += [f"{name}=" + ",".join(map(str, numbers)) for name, numbers in lists.items() if numbers]
    if rule.week_start:
        parts.append(f"WKST={WEEKDAYS[rule.week_start]}")
    return ";".join(parts)


def _parts(text: str) -> dict[str, str]:
    text = re.sub(r"\s+", "", text).upper().removeprefix("RRULE:").strip(";")
    if len(text) > 500:
        raise ValueError("This rule is too long.")
    pairs = [part.partition("=") for part in text.split(";")]
    names = [name for name, _sign, _value in pairs]
    if not all(value for _name, _sign, value in pairs) or len(set(names)) != len(names):
        raise ValueError("A rule is written as FREQ=WEEKLY;BYDAY=MO.")
    return {name: value for name, _sign, value in pairs}


def _number(name: str, text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[+-]?\d{1,6}", text) or not least <= int(text) <= most:
        raise ValueError(f"{name} is a number from {least} to {most}.")
    return int(text)


def _numbers(name: str, text: str, least: int, most: int) -> tuple[int, ...]:
    found = tuple(dict.fromkeys(_number(name, one, least, most) for one in text.split(",") if one))
    if least < 0 and 0 in found:
        raise ValueError(f"{name} counts from 1, or from -1 at the end.")
    return found


def _weekday(text: str) -> tuple[int, int]:
    found = _DAY.match(text)
    if found is None:
        raise ValueError("Weekdays are written as MO, or 2MO for the second Monday.")
    return int(found.group(1) or 0), WEEKDAYS.index(found.group(2))


def _until(text: str, zone: str) -> datetime:
    found = _UNTIL.match(text)
    try:
        if found is None:
            raise ValueError
        day = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
        if found.group(2) is None:
            return datetime.combine(day, time(23, 59, 59))
        clock = time(int(text[9:11]), int(text[11:13]), min(59, int(text[13:15])))
        moment = datetime.combine(day, clock)
        if not found.group(3):
            return moment
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise ValueError("A series ends on a day such as 20261231.") from None
