"""From a report's answer to the chart of it. Each mark leads to the records behind it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import msgspec

from relata.engine.reporting.definition import PERIODS
from relata.engine.reporting.result import Key, Result, Shown
from relata.engine.ui.values import colour_number
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.charts.series import Chart, Kind, Mark, Remark, Series, finite
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.address import Address
from relata.interfaces.html.reporting.over_time import told_chart
from relata.interfaces.html.reporting.placed import is_placed, map_of
from relata.interfaces.html.reporting.timed import is_timed, timeline_of
from relata.interfaces.html.reporting.trend_words import bands_of, odd_places
from relata.interfaces.html.reporting.words import as_number, head_words, number_words, value_words

_KINDS: dict[str, Kind] = {
    "bar": "bar", "column": "bar", "stacked": "bar", "line": "line", "area": "area", "pie": "pie", "donut": "donut",
    "funnel": "funnel", "cohort": "heat", "scatter": "scatter", "heatmap": "heat", "gauge": "gauge", "number": "spark",
    "map": "map", "timeline": "timeline",
}  # fmt: skip
#: More marks than this can't be told apart; the table has them all.
MOST_MARKS = 400


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """The one number of a report: of the total. href: its records."""

    text: str
    full: str
    href: str
    label: str


def is_drawn(result: Result) -> bool:
    """Whether the report is more than a table."""
    kind = result.definition.picture.kind
    return kind in _KINDS and (kind != "map" or is_placed(result)) and (kind != "timeline" or is_timed(result))


def figure_of(result: Result, formatter: Formatter, address: Address) -> Figure | None:
    """The total of the first measure; None where there is nothing that could be counted."""
    if not result.measures:
        return None
    shown, total = result.measures[0], result.total
    value = total.values[0] if total is not None else None
    return Figure(
        text=value_words(shown, value, formatter, is_short=True), full=value_words(shown, value, formatter),
        href=address(_whole(result)) if value is not None else "", label=shown.label,
    )  # fmt: skip


def _whole(result: Result) -> str:
    return result.drill_of(len(result.rows) - 1, len(result.columns) - 1)


def writer(result: Result, formatter: Formatter) -> Callable[[float], str]:
    """How the axis upwards writes its numbers."""
    shown = result.measures[0] if result.measures else Shown(label="", kind="number", name="", index=0)
    if result.definition.picture.kind == "scatter" and len(result.measures) > 1:
        shown = result.measures[1]
    return _writer(shown, formatter)


def _writer(shown: Shown, formatter: Formatter) -> Callable[[float], str]:
    return lambda value: number_words(shown, Decimal(str(value)), formatter, is_short=True)


def chart_of(
    result: Result, formatter: Formatter, address: Address, title: str, remarks: tuple[Remark, ...] = ()
) -> Chart | None:
    """The picture that the report asks for; None for tables, and for a single number without a way that it came."""
    picture = result.definition.picture
    kind = _KINDS.get(picture.kind)
    if kind is None or not result.measures:
        return None
    is_plain = kind in ("spark", "gauge", "map", "timeline")
    told = told_chart(result, formatter, address, title) if not is_plain else None
    if told is not None:
        return told
    if kind == "spark" and (not result.row_levels or result.row_levels[0].kind not in PERIODS):
        return None
    if kind == "map":
        return map_of(result, formatter, address, title, _summary(result, formatter))
    if kind == "timeline":
        return timeline_of(result, formatter, address, title)
    build = {"scatter": _scatter, "gauge": _gauge}.get(kind, _series)
    series = build(result, formatter, address)
    rows = tuple(result.rows[at] for at in result.row_leaves[:MOST_MARKS])
    categories = tuple(head_words(one, formatter) for one in rows) if result.row_levels else ("",)
    colours = tuple(_colour(one.key) for one in rows)
    if kind == "heat":
        categories, series = _crossed(categories, series)
    figure = figure_of(result, formatter, address)
    target = finite(picture.target)
    has_two = kind == "scatter" and len(result.measures) > 1
    return Chart(
        kind=kind, title=title, series=series, categories=() if kind in ("scatter", "gauge") else categories,
        colours=colours if len(series) == 1 else (), goal=target, total=figure.text if figure else "",
        goal_text=_goal(result, formatter), is_horizontal=picture.kind == "bar",
        is_stacked=picture.kind == "stacked" or (picture.kind == "area" and _adds_up(result)),
        remarks=remarks, bands=bands_of(result) if kind in ("line", "area") and not _adds_up(result) else (),
        odd=odd_places(result), empty=_("No records"), summary=_summary(result, formatter),
        axes=(result.measures[0].label, result.measures[1].label) if has_two else ("", ""),
        along=_writer(result.measures[0], formatter) if has_two else None,
    )  # fmt: skip


def _colour(key: Key | None) -> int | None:
    """The colour that the thing has everywhere; None for none of its own."""
    return colour_number(key.colour) if key is not None and key.colour else None


def _adds_up(result: Result) -> bool:
    return bool(result.column_levels) and result.measures[0].additive


def _goal(result: Result, formatter: Formatter) -> str:
    target = result.definition.picture.target
    if target is None:
        return ""
    return _("Target %(n)s") % {"n": number_words(result.measures[0], target, formatter, is_short=True)}


def _summary(result: Result, formatter: Formatter) -> str:
    """The largest group and the total, for who can't see the picture."""
    shown, total = result.measures[0], result.total
    found = [(as_number(result.value(at, len(result.columns) - 1)), at) for at in result.row_leaves]
    known = [(value, at) for value, at in found if value is not None]
    told = []
    if total is not None:
        told.append(_("Total: %(n)s") % {"n": value_words(shown, total.values[0], formatter)})
    if known and result.row_levels:
        at = max(known)[1]
        text = value_words(shown, result.value(at, len(result.columns) - 1), formatter)
        told.append(_("Largest: %(name)s, %(n)s") % {"name": head_words(result.rows[at], formatter), "n": text})
    return ". ".join(told)


def _mark(result: Result, row: int, column: int, measure: int, formatter: Formatter, address: Address) -> Mark:
    value = result.value(row, column, measure)
    shown = result.measures[measure]
    if value is None and shown.additive and result.row_levels and result.row_levels[0].kind in PERIODS:
        value = Decimal(0)  # a sum of nothing; what is no sum stays a gap
    text = value_words(shown, value, formatter, is_short=True)
    full = value_words(shown, value, formatter)
    href = address(result.drill_of(row, column, measure), shown.object) if value is not None else ""
    return Mark(value=finite(as_number(value)), text=text, note=full if full != text else "", href=href)


def _series(result: Result, formatter: Formatter, address: Address) -> tuple[Series, ...]:
    """One for each column; without columns one for each measure that can share the first one's axis."""
    rows = result.row_leaves[:MOST_MARKS]
    if result.column_levels:
        found = []
        for column in result.column_leaves:
            key = result.columns[column].key
            marks = tuple(_mark(result, row, column, 0, formatter, address) for row in rows)
            label = head_words(result.columns[column], formatter)
            found.append(Series(label=label, marks=marks, colour=_colour(key)))
        return tuple(found)
    first, column = result.measures[0], len(result.columns) - 1
    return tuple(
        Series(label=one.label, marks=tuple(_mark(result, row, column, at, formatter, address) for row in rows))
        for at, one in enumerate(result.measures)
        if (one.kind, one.currency, one.unit) == (first.kind, first.currency, first.unit)
    )


def _crossed(rows: tuple[str, ...], columns: tuple[Series, ...]) -> tuple[tuple[str, ...], tuple[Series, ...]]:
    """A heat map reads its rows downwards, where a chart has them along."""
    turned = tuple(Series(label=name, marks=tuple(one.marks[at] for one in columns)) for at, name in enumerate(rows))
    return tuple(one.label for one in columns), turned


def _scatter(result: Result, formatter: Formatter, address: Address) -> tuple[Series, ...]:
    """The first measure along, the second one up; the first up by itself where there is no second."""
    column, up = len(result.columns) - 1, min(1, len(result.measures) - 1)
    marks = []
    for place, row in enumerate(result.row_leaves[:MOST_MARKS]):
        mark = _mark(result, row, column, up, formatter, address)
        along = finite(as_number(result.value(row, column, 0))) if up else float(place)
        marks.append(msgspec.structs.replace(mark, x=along, label=head_words(result.rows[row], formatter)))
    return (Series(label=result.measures[up].label, marks=tuple(marks)),)


def _gauge(result: Result, formatter: Formatter, address: Address) -> tuple[Series, ...]:
    mark = _mark(result, len(result.rows) - 1, len(result.columns) - 1, 0, formatter, address)
    return (Series(label=result.measures[0].label, marks=(mark,)),)
