"""Heads and figures of a report in the reader's language and formats."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_skeleton, get_day_names, get_month_names

from relata.engine.reporting.result import Head, Key, Shown, Value
from relata.foundation.i18n import gettext as _
from relata.foundation.money import Money
from relata.interfaces.html.formatting import Formatter

_DAY_SECONDS = 86_400
_SHORT_FROM = 10_000


def head_words(head: Head, formatter: Formatter) -> str:
    """All levels of a row or column; the total's where there are none."""
    return " · ".join(key_words(key, formatter) for key in head.keys) or _("Total")


def key_words(key: Key, formatter: Formatter) -> str:
    """One group of one level."""
    if key.others:
        return _("Others")
    if key.kind == "country" and isinstance(key.value, str) and key.value:
        return formatter.country(key.value)
    if key.label:
        return key.label
    value = key.value
    if value is None or value == "":
        return _("None")
    if isinstance(value, tuple):
        return _range(value, formatter)
    if isinstance(value, date):
        return _period(key.kind, value, formatter)
    if key.kind == "weekday":
        return str(get_day_names("abbreviated", locale=formatter.locale)[int(value) - 1])
    if key.kind == "month_of_year":
        return str(get_month_names("abbreviated", context="stand-alone", locale=formatter.locale)[int(value)])
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return formatter.number(value)
    return str(value)


def _range(ends: tuple[Decimal | None, ...], formatter: Formatter) -> str:
    """Of numbers; the upper end is out."""
    low, high = (formatter.number(end) if end is not None else None for end in ends)
    if low is None:
        return _("under %(n)s") % {"n": high} if high is not None else _("any")
    if high is None:
        return _("%(n)s and more") % {"n": low}
    return _("%(low)s to under %(high)s") % {"low": low, "high": high}


def _period(kind: str, first: date, formatter: Formatter) -> str:
    locale = formatter.locale
    if kind == "week":
        year, week, _day = first.isocalendar()
        return _("Week %(week)s, %(year)s") % {"week": week, "year": year}
    if kind == "month":
        return str(format_skeleton("yMMM", first, locale=locale))
    if kind == "quarter":
        return str(format_skeleton("yQQQ", first, locale=locale))
    if kind == "year":
        return str(first.year)
    if kind in ("fiscal_quarter", "fiscal_year"):
        return _("From %(month)s") % {"month": format_skeleton("yMMM", first, locale=locale)}
    return formatter.date(first)


def value_words(shown: Shown, value: Value, formatter: Formatter, *, is_short: bool = False) -> str:
    """A figure with its unit. is_short: rounded to what one can take in at a glance, for charts and cards."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return formatter.datetime(value)
    if isinstance(value, date):
        return formatter.date(value)
    if isinstance(value, timedelta):
        return span_words(value.total_seconds(), formatter)
    if isinstance(value, str):
        return value
    return number_words(shown, Decimal(value), formatter, is_short=is_short)


def number_words(shown: Shown, value: Decimal, formatter: Formatter, *, is_short: bool = False) -> str:
    """A number as the measure's kind is written."""
    if shown.kind == "money" and shown.currency:
        money = Money(value, shown.currency)
        is_large = is_short and abs(value) >= _SHORT_FROM
        return formatter.compact(money) if is_large else formatter.money(money, whole=is_short, trim=not is_short)
    if shown.kind == "percent":
        return formatter.percent(value, 0 if is_short or value == value.to_integral_value() else 1)
    if shown.kind == "duration":
        return span_words(float(value), formatter)
    if is_short and abs(value) >= _SHORT_FROM:
        text = formatter.compact(value)
    else:
        text = formatter.number(value if value == value.to_integral_value() else round(value, 1 if is_short else 2))
    return f"{text}\u00a0{shown.unit}" if shown.unit else text


def span_words(seconds: float, formatter: Formatter) -> str:
    """Days where there are several, else hours and minutes."""
    if abs(seconds) >= 2 * _DAY_SECONDS:
        days = formatter.number(round(Decimal(seconds) / _DAY_SECONDS, 1 if abs(seconds) < 20 * _DAY_SECONDS else 0))
        return _("%(n)s days") % {"n": days}
    return formatter.duration(seconds)


def as_number(value: Value) -> float | None:
    """What a picture can place; None for what it can't, such as a text or a day."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    return float(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else None
