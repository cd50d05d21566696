"""A report as a timeline: each group from its first to its last day, or its numbers period by period."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_skeleton

from relata.engine.reporting.definition import PERIODS
from relata.engine.reporting.periods import begin, moved
from relata.engine.reporting.result import Head, Key, Result
from relata.engine.ui.values import colour_number
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.charts.series import Chart, Mark, Series, Span, Tick, finite
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.address import Address
from relata.interfaces.html.reporting.words import as_number, head_words, value_words

#: More lanes than this nobody reads; the table has them all.
MOST_LANES, MOST_TICKS = 60, 12
_DAY_SECONDS = 86_400
_DATED = ("date", "datetime")
_STEPS = (("day", "MMMd"), ("week", "MMMd"), ("month", "yMMM"), ("quarter", "yMMM"), ("year", "y"))


def timeline_of(result: Result, words: Formatter, address: Address, title: str) -> Chart | None:
    """None for a report that knows no days."""
    dated = _dated(result)
    if dated:
        lanes = _spans(result, words, address, dated)
    elif (level := _period(result)) >= 0:
        lanes = _periods(result, words, address, level)
    else:
        return None
    days = [day for lane in lanes for mark in lane.marks if mark.span for day in (mark.span.start, mark.span.end)]
    return Chart(
        kind="timeline", title=title, series=tuple(lanes), ticks=_ticks(min(days), max(days), words) if days else (),
        now=Tick(words.today.toordinal(), _("Today")), empty=_("No records"),
    )  # fmt: skip


def is_timed(result: Result) -> bool:
    """Whether a timeline can be made of it."""
    return bool(_dated(result)) or _period(result) >= 0


def _dated(result: Result) -> tuple[int, ...]:
    """The places of figures that are days."""
    return tuple(at for at, one in enumerate(result.measures) if one.kind in _DATED)


def _period(result: Result) -> int:
    """The level of rows that is a period; -1 for none."""
    return next((at for at, one in enumerate(result.row_levels) if one.kind in PERIODS), -1)


def _spans(result: Result, words: Formatter, address: Address, dated: tuple[int, ...]) -> list[Series]:
    """From the earliest to the latest of a group's days. Groups without a day are in the table."""
    column, found = len(result.columns) - 1, []
    for row in result.row_leaves:
        known = [(value, at) for at in dated if isinstance(value := result.value(row, column, at), date)]
        if not known:
            continue
        days = [_ordinal(value, words) for value, _at in known]
        told = [value_words(result.measures[at], value, words) for value, at in known]
        others = [
            f"{one.label}: {value_words(one, result.value(row, column, at), words)}"
            for at, one in enumerate(result.measures)
            if at not in dated
        ]
        mark = Mark(
            value=1, text=" – ".join(dict.fromkeys(told)), note=", ".join(others),
            span=Span(min(days), max(days)), href=address(result.drill_of(row, column, known[0][1])),
        )  # fmt: skip
        head = result.rows[row]
        found.append(Series(label=head_words(head, words), marks=(mark,), colour=_colour(head.key)))
        if len(found) == MOST_LANES:
            break
    return found


def _periods(result: Result, words: Formatter, address: Address, level: int) -> list[Series]:
    """A lane for each group of the other levels; what happened in a period is as large as its number."""
    lanes: dict[tuple[str, ...], tuple[Head, list[Mark]]] = {}
    shown, column = result.measures[0], len(result.columns) - 1
    for row in result.row_leaves:
        keys, value = result.rows[row].keys, result.value(row, column)
        day = keys[level].value
        if value is None or not isinstance(day, date) or not as_number(value):
            continue
        rest = Head(keys=(*keys[:level], *keys[level + 1 :]))
        lane = tuple(key.id for key in rest.keys)
        if lane not in lanes and len(lanes) == MOST_LANES:
            continue
        after = moved(day, result.row_levels[level].kind, 1)
        mark = Mark(
            value=finite(as_number(value)), x=0, note=head_words(Head(keys=(keys[level],)), words),
            text=value_words(shown, value, words, is_short=True), href=address(result.drill_of(row, column)),
            span=Span(day.toordinal(), after.toordinal()),
        )  # fmt: skip
        lanes.setdefault(lane, (rest, []))[1].append(mark)
    return [
        Series(label=head_words(head, words) if head.keys else "", marks=tuple(marks), colour=_colour(head.key))
        for head, marks in lanes.values()
    ]


def _colour(key: Key | None) -> int | None:
    return colour_number(key.colour) if key is not None and key.colour else None


def _ordinal(value: date, words: Formatter) -> float:
    """A moment where the reader is."""
    if not isinstance(value, datetime):
        return value.toordinal()
    here = value.astimezone(words.zone)
    return here.toordinal() + (here.hour * 3600 + here.minute * 60 + here.second) / _DAY_SECONDS


def _ticks(low: float, high: float, words: Formatter) -> tuple[Tick, ...]:
    """The first days of periods, as long as makes about ten of them."""
    first, last = date.fromordinal(max(int(low), 1)), date.fromordinal(int(high))
    for grain, skeleton in _STEPS:
        days = _between(first, last, grain)
        if len(days) <= MOST_TICKS:
            return tuple(Tick(day.toordinal(), format_skeleton(skeleton, day, locale=words.locale)) for day in days)
    years = days[:: max(1, len(days) // MOST_TICKS)]
    return tuple(Tick(day.toordinal(), str(day.year)) for day in years)


def _between(first: date, last: date, grain: str) -> list[date]:
    day, found = begin(first, grain), list[date]()
    while day <= last and len(found) <= 400:
        if day >= first:
            found.append(day)
        day = moved(day, grain, 1)
    return found
