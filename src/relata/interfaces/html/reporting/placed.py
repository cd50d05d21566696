"""A report as a map: its groups are countries, or latitudes and longitudes."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache

from babel import Locale

from relata.engine.reporting.result import Head, Result
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.charts.outlines import middle
from relata.interfaces.html.charts.series import Chart, Mark, Place, Series, finite
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.address import Address
from relata.interfaces.html.reporting.words import as_number, head_words, value_words

#: More places than this can't be told apart; the table has them all.
MOST_PLACES = 1000
_NAMED = ("country", "text", "choice")
_DEGREE = re.compile(r"\.(lat|lng)\b")
Reading = Callable[[Head], Place | None]


def map_of(result: Result, words: Formatter, address: Address, title: str, summary: str) -> Chart | None:
    """Of a country that was written in several ways, the largest has its place. None where groups are no places."""
    reading = _reading(result)
    if reading is None or not result.measures:
        return None
    column, shown = len(result.columns) - 1, result.measures[0]
    named = 2 if _by_degrees(result) else 0
    marks = []
    for row in result.row_leaves[:MOST_PLACES]:
        value = result.value(row, column)
        if value is None:
            continue
        head = result.rows[row]
        keys = Head(keys=head.keys[named:] or head.keys)
        text, full = value_words(shown, value, words, is_short=True), value_words(shown, value, words)
        marks.append(
            Mark(
                value=finite(as_number(value)), text=text, note=full if full != text else "", place=reading(head),
                href=address(result.drill_of(row, column), shown.object), label=head_words(keys, words),
            )
        )  # fmt: skip
    return Chart(
        kind="map", title=title, series=(Series(label=shown.label, marks=tuple(marks)),), summary=summary,
        empty=_("No records"), unplaced=_("Not on the map:"),
    )  # fmt: skip


def is_placed(result: Result) -> bool:
    """Whether a map can be made of it."""
    return _by_degrees(result) or any(_country(result, head) for head in result.rows)


def _reading(result: Result) -> Reading | None:
    if _by_degrees(result):
        return _point
    codes: dict[str, str] = {}  # the group of a country; another spelling of it has no place
    for row in sorted(result.row_leaves, key=lambda one: -(as_number(result.value(one, len(result.columns) - 1)) or 0)):
        if code := _country(result, result.rows[row]):
            codes.setdefault(code, result.rows[row].keys[0].id)
    groups = {group: Place(country=code) for code, group in codes.items()}
    return (lambda head: groups.get(head.keys[0].id)) if groups else None


def _by_degrees(result: Result) -> bool:
    """Whether the first two levels are the two numbers of a point, as they are or rounded."""
    levels = [f"{one.path}{one.expression}" for one in result.definition.rows[:2]]
    found = [match[1] for text in levels if (match := _DEGREE.search(text))]
    return len(result.row_levels) >= 2 and found == ["lat", "lng"]


def _point(head: Head) -> Place | None:
    values = [key.value for key in head.keys[:2]]
    latitude, longitude = (float(one) if isinstance(one, (int, float, Decimal)) else None for one in values)
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Place(longitude=longitude, latitude=latitude)


def _country(result: Result, head: Head) -> str:
    """The country of a group of the first level, by its code or its name; "" for none."""
    if len(head.keys) != 1 or len(result.row_levels) != 1 or result.row_levels[0].kind not in _NAMED:
        return ""
    key = head.keys[0]
    for text in (key.value, key.label):
        if isinstance(text, str) and (code := _codes().get(text.strip().casefold())) and middle(code) is not None:
            return code
    return ""


@cache
def _codes() -> dict[str, str]:
    """Two letters and names of countries in the languages that people type them in."""
    found: dict[str, str] = {}
    for language in ("it", "nl", "es", "fr", "de", "en"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2:
                found[name.casefold()] = found[code.casefold()] = code
    return found
