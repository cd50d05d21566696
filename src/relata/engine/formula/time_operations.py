"""Dates, datetimes and durations in both back ends.

A date is a day of the calendar; a datetime is an instant, and its day is the day in the person's zone. A date as an
instant is the first moment of that day there, also when the clocks change at midnight. Local times that exist twice
or never are read as PostgreSQL reads them: the later of two, and a missing one as if the clocks had not yet changed.

What is computed lies between the years 1 and 9999, a few days short of both ends; a shift is at most 4,000 years and
a duration at most 100,000 days. Beyond that the result is null.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from relata.engine.formula.number_operations import bounded_sql
from relata.engine.formula.numbers import EXACT, bounded, rounded
from relata.engine.formula.operation import Moment, OperationRule

FIRST_DAY, LAST_DAY = date(1, 1, 3), date(9999, 12, 29)
_FIRST_MOMENT = datetime(1, 1, 3, tzinfo=UTC)
_AFTER_LAST_MOMENT = datetime(9999, 12, 30, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

MOST_DAYS, MOST_MONTHS = 1_461_000, 48_000
MOST_MICROSECONDS = Decimal(100_000 * 86_400) * 1_000_000


# -- rules in Python


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def midnight(day: date, zone: ZoneInfo) -> datetime | None:
    """The first moment of a day: the microsecond after the last one of the day before."""
    if not FIRST_DAY <= day <= LAST_DAY:
        return None
    return as_instant(datetime.combine(day, time()) - _MICROSECOND, zone) + _MICROSECOND


def as_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a local time without zone."""
    offsets = [local.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1)]
    return (local - min(offsets)).replace(tzinfo=UTC)


def shift_days(day: date, count: Decimal) -> date | None:
    days = _steps(count, MOST_DAYS)
    return None if days is None else _day_in_range(day + timedelta(days=days))


def shift_months(day: date, count: Decimal) -> date | None:
    """The same day of another month, or its last day when it is too short."""
    months = _steps(count, MOST_MONTHS)
    if months is None:
        return None
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return _day_in_range(date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])))


def _shift_moment_days(moment: Moment, value: datetime, count: Decimal) -> datetime | None:
    """The same time of day in the person's zone."""
    days = _steps(count, MOST_DAYS)
    if days is None:
        return None
    local = value.astimezone(moment.zone).replace(tzinfo=None) + timedelta(days=days)
    return _moment_in_range(as_instant(local, moment.zone))


def _shift_moment_months(moment: Moment, value: datetime, count: Decimal) -> datetime | None:
    local = value.astimezone(moment.zone).replace(tzinfo=None)
    day = shift_months(local.date(), count)
    return None if day is None else _moment_in_range(as_instant(datetime.combine(day, local.time()), moment.zone))


def _steps(count: Decimal, most: int) -> int | None:
    """A count without its fraction, or None when it is too large."""
    return int(count) if abs(int(count)) < most else None


def _day_in_range(day: date) -> date | None:
    return day if FIRST_DAY <= day <= LAST_DAY else None


def _moment_in_range(moment: datetime) -> datetime | None:
    return moment if _FIRST_MOMENT <= moment < _AFTER_LAST_MOMENT else None


def microseconds(duration: timedelta) -> Decimal:
    return Decimal(duration // _MICROSECOND)


def duration_of(count: Decimal | None) -> timedelta | None:
    """From microseconds, rounded half away from zero."""
    within = None if count is None else bounded(rounded(count, 0), MOST_MICROSECONDS)
    return None if within is None else timedelta(microseconds=int(within))


def _scaled(unit: int) -> OperationRule:
    return OperationRule(
        lambda count: duration_of(EXACT.multiply(count, Decimal(unit))), _duration_sql(f"{{0}} * {unit}")
    )


def _divided(duration: timedelta, by: Decimal) -> timedelta | None:
    # A count of microseconds and an ordinary number: cut off behind the 13th place, then rounded, as quotients are.
    cut = EXACT.divide_int(EXACT.multiply(microseconds(duration), Decimal(10**13)), by) if by else None
    return None if cut is None else duration_of(EXACT.multiply(cut, Decimal(1).scaleb(-13)))


def _earliest(*values: Any) -> Any:
    return min((value for value in values if value is not None), default=None)


def _latest(*values: Any) -> Any:
    return max((value for value in values if value is not None), default=None)


# -- the same in SQL


def _day_in_range_sql(sql: str) -> str:
    low, high = "date '0001-01-02'", "date '9999-12-30'"
    return f"nullif(nullif(least(greatest({sql}, {low}), {high}), {low}), {high})"


def _moment_in_range_sql(sql: str) -> str:
    low, high = "timestamptz '0001-01-02 23:59:59.999999+00'", "timestamptz '9999-12-30 00:00:00+00'"
    return f"nullif(nullif(least(greatest({sql}, {low}), {high}), {low}), {high})"


def _steps_sql(sql: str, most: int) -> str:
    return f"{bounded_sql(f'trunc({sql})', str(most))}::integer"


def _duration_sql(sql: str) -> str:
    return f"({bounded_sql(f'round({sql})', str(int(MOST_MICROSECONDS)))}::float8 * interval '1 microsecond')"


def _microseconds_sql(sql: str) -> str:
    return f"(extract(epoch from {sql}) * 1000000)"


_LOCAL = "({0} AT TIME ZONE {zone})"
_DAYS = f"make_interval(days => {_steps_sql('{1}', MOST_DAYS)})"
_MONTHS = f"make_interval(months => {_steps_sql('{1}', MOST_MONTHS)})"
_A, _B = _microseconds_sql("{0}"), _microseconds_sql("{1}")


def _part(name: str, read: str) -> OperationRule:
    return OperationRule(lambda day: Decimal(getattr(day, name)), f"extract({read} from {{0}})")


TIME_OPERATIONS = {
    "local_day": OperationRule(lambda moment, value: local_day(value, moment.zone), f"{_LOCAL}::date"),
    "midnight": OperationRule(
        lambda moment, day: midnight(day, moment.zone),
        "((("
        + _day_in_range_sql("{0}")
        + "::timestamp - interval '1 microsecond') AT TIME ZONE {zone}) + interval '1 microsecond')",
    ),
    "local_moment": OperationRule(lambda moment, local: as_instant(local, moment.zone), "({0} AT TIME ZONE {zone})"),
    "shift_days": OperationRule(shift_days, _day_in_range_sql(f"{{0}} + {_steps_sql('{1}', MOST_DAYS)}")),
    "shift_months": OperationRule(shift_months, _day_in_range_sql(f"({{0}} + {_MONTHS})::date")),
    "shift_moment_days": OperationRule(
        _shift_moment_days, _moment_in_range_sql(f"(({_LOCAL} + {_DAYS}) AT TIME ZONE {{zone}})")
    ),
    "shift_moment_months": OperationRule(
        _shift_moment_months, _moment_in_range_sql(f"(({_LOCAL} + {_MONTHS}) AT TIME ZONE {{zone}})")
    ),
    "days_from_to": OperationRule(lambda a, b: Decimal((b - a).days), "({1} - {0})::numeric"),
    "year": _part("year", "year"),
    "month": _part("month", "month"),
    "day": _part("day", "day"),
    "quarter": OperationRule(lambda day: Decimal((day.month + 2) // 3), "extract(quarter from {0})"),
    "weekday": OperationRule(lambda day: Decimal(day.isoweekday()), "extract(isodow from {0})"),
    "text_of_date": OperationRule(date.isoformat, "to_char({0}::timestamp, 'YYYY-MM-DD')"),
    "text_of_datetime": OperationRule(
        lambda moment, value: value.astimezone(moment.zone).replace(tzinfo=None).isoformat(" ", "minutes"),
        f"to_char({_LOCAL}, 'YYYY-MM-DD HH24:MI')",
    ),
    "elapsed": OperationRule(
        lambda start, end: duration_of(microseconds(end - start)), _duration_sql(_microseconds_sql("({1} - {0})"))
    ),
    "later": OperationRule(
        lambda moment, by: _moment_in_range(moment + by),
        _moment_in_range_sql("({0} + " + _duration_sql(_B) + ")"),
    ),
    "earlier": OperationRule(
        lambda moment, by: _moment_in_range(moment - by),
        _moment_in_range_sql("({0} - " + _duration_sql(_B) + ")"),
    ),
    "add_durations": OperationRule(
        lambda a, b: duration_of(microseconds(a) + microseconds(b)), _duration_sql(f"{_A} + {_B}")
    ),
    "subtract_durations": OperationRule(
        lambda a, b: duration_of(microseconds(a) - microseconds(b)), _duration_sql(f"{_A} - {_B}")
    ),
    "multiply_duration": OperationRule(
        lambda a, by: duration_of(EXACT.multiply(microseconds(a), by)), _duration_sql(f"{_A} * {{1}}")
    ),
    "divide_duration": OperationRule(
        _divided, _duration_sql(f"div({_A} * 10000000000000, nullif({{1}}, 0)) * 0.0000000000001")
    ),
    "microseconds": OperationRule(microseconds, _A),
    "days": _scaled(86_400_000_000),
    "hours": _scaled(3_600_000_000),
    "minutes": _scaled(60_000_000),
    "min_date": OperationRule(_earliest, "least({all})", sees_null=True),
    "max_date": OperationRule(_latest, "greatest({all})", sees_null=True),
}
