"""Funnels and cohorts as people read them: a line for each step, and a grid of what became of whom."""

from __future__ import annotations

import msgspec

from relata.engine.reporting.result import Result, Value
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import ngettext
from relata.interfaces.html.charts.series import Chart, Mark, Series, finite
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.address import Address
from relata.interfaces.html.reporting.lines import Line, Table, Text
from relata.interfaces.html.reporting.words import as_number, head_words, value_words

#: More cohorts than this can't be told apart in a picture; the table has them all.
_MOST_COHORTS = 24


class Reading(msgspec.Struct, frozen=True):
    """A result with what it is read with."""

    result: Result
    words: Formatter
    address: Address

    def value(self, row: int, name: str) -> Value:
        """A figure by its name; None for none."""
        place = self._place(name)
        return self.result.value(row, 0, place) if place is not None else None

    def text(self, row: int, name: str) -> Text:
        """The same as it is written, with the records behind it."""
        place = self._place(name)
        if place is None:
            return Text("")
        value = self.result.value(row, 0, place)
        if value is None:
            return Text("")
        href = self.address(self.result.drill_of(row, 0, place))
        return Text(value_words(self.result.measures[place], value, self.words), href)

    def _place(self, name: str) -> int | None:
        return next((at for at, one in enumerate(self.result.measures) if one.name == name), None)


def told_table(result: Result, words: Formatter, address: Address) -> Table | None:
    """The table of a funnel without groups, or of a cohort; None for any other report."""
    reading = Reading(result, words, address)
    if result.definition.cohort is not None:
        return _cohorts(reading)
    if result.definition.funnel is not None and not result.row_levels:
        return _steps(reading)
    return None


def _steps(reading: Reading) -> Table:
    labels = _labels(reading.result)
    heads = (_("Reached it"), _("Of all"), _("Of the step before"), _("Half came within"), _("Went no further"))
    lines = tuple(
        Line(label, tuple(reading.text(0, f"{kind}{at}") for kind in "scptd")) for at, label in enumerate(labels, 1)
    )
    return Table(_("Step"), heads, lines)


def _labels(result: Result) -> list[str]:
    return [one.label for one in result.measures if one.name.startswith("s") and one.name[1:].isdecimal()]


def _cohorts(reading: Reading) -> Table:
    result = reading.result
    ages = range(result.definition.cohort.periods + 1) if result.definition.cohort else range(0)
    level = result.row_levels[0] if result.row_levels else None
    heads = (result.measures[0].label, *(_age(level.kind if level else "", age) for age in ages))
    total = len(result.rows) - 1
    lines = [
        Line(
            head_words(result.rows[row], reading.words),
            (reading.text(row, "records"), *(reading.text(row, f"p{age}") for age in ages)), is_total=row == total,
        )
        for row in (*result.row_leaves, *([total] if level else []))
    ]  # fmt: skip
    return Table(level.label if level else "", heads, tuple(lines))


def _age(grain: str, age: int) -> str:
    names = {
        "day": ngettext("%(num)s day", "%(num)s days", age),
        "week": ngettext("%(num)s week", "%(num)s weeks", age),
        "quarter": ngettext("%(num)s quarter", "%(num)s quarters", age),
        "year": ngettext("%(num)s year", "%(num)s years", age),
    }
    return names.get(grain, ngettext("%(num)s month", "%(num)s months", age)) % {"num": age}


def told_chart(result: Result, words: Formatter, address: Address, title: str) -> Chart | None:
    """The picture of a funnel or cohort; None for any other report."""
    reading = Reading(result, words, address)
    if result.definition.cohort is not None:
        return (
            _grid(reading, title) if result.definition.picture.kind in ("cohort", "heatmap") else _curve(reading, title)
        )
    if result.definition.funnel is not None:
        return _funnel(reading, title)
    return None


def _funnel(reading: Reading, title: str) -> Chart:
    result, total = reading.result, len(reading.result.rows) - 1
    labels = _labels(result)
    marks = tuple(_mark(reading, total, f"s{at}", _time(reading, total, at)) for at in range(1, len(labels) + 1))
    kind, is_lying = ("funnel", False) if result.definition.picture.kind == "funnel" else ("bar", True)
    last = reading.value(total, f"c{len(labels)}")
    told = _("%(share)s reach %(step)s") % {
        "share": words_of_share(last, reading.words), "step": labels[-1] if labels else "",
    }  # fmt: skip
    return Chart(
        kind="funnel" if kind == "funnel" else "bar", title=title, series=(Series(label=title, marks=marks),),
        categories=tuple(labels), is_horizontal=is_lying, empty=_("No records"),
        summary=told if last is not None else "",
    )  # fmt: skip


def words_of_share(value: Value, words: Formatter) -> str:
    """A percentage, rounded."""
    number = as_number(value)
    return words.percent(round(number)) if number is not None else "–"


def _time(reading: Reading, row: int, step: int) -> str:
    found = reading.text(row, f"t{step}").text
    return _("half came within %(time)s") % {"time": found} if found else ""


def _mark(reading: Reading, row: int, name: str, note: str) -> Mark:
    found, value = reading.text(row, name), as_number(reading.value(row, name))
    return Mark(value=finite(value), text=found.text, href=found.href, note=note)


def _grid(reading: Reading, title: str) -> Chart:
    """The newest cohorts, each a row."""
    result = reading.result
    assert result.definition.cohort is not None
    ages = range(result.definition.cohort.periods + 1)
    rows = [row for row in result.row_leaves if result.rows[row].keys[0].value is not None][-_MOST_COHORTS:]
    series = tuple(
        Series(
            label=f"{head_words(result.rows[row], reading.words)} ({reading.text(row, 'records').text})",
            marks=tuple(_cell(reading, row, age) for age in ages),
        )
        for row in rows
    )
    return Chart(
        kind="heat", title=title, series=series, categories=tuple(map(str, ages)), empty=_("No records"),
        summary=_("Each row is a cohort, each column so many periods later."),
    )  # fmt: skip


def _curve(reading: Reading, title: str) -> Chart:
    """Of all cohorts that are old enough."""
    result, total = reading.result, len(reading.result.rows) - 1
    assert result.definition.cohort is not None
    ages = range(result.definition.cohort.periods + 1)
    marks = tuple(_cell(reading, total, age) for age in ages)
    kind = "area" if result.definition.picture.kind == "area" else "line"
    grain = result.row_levels[0].kind if result.row_levels else ""
    return Chart(
        kind="area" if kind == "area" else "line", title=title, series=(Series(label=title, marks=marks),),
        categories=tuple(_age(grain, age) for age in ages), empty=_("No records"),
    )  # fmt: skip


def _cell(reading: Reading, row: int, age: int) -> Mark:
    value, count = reading.value(row, f"p{age}"), reading.value(row, f"a{age}")
    if value is None:
        return Mark(value=None)
    note = _("%(n)s of %(all)s") % {"n": count, "all": reading.value(row, "records")}
    if row == len(reading.result.rows) - 1:
        note = str(count)
    return Mark(
        value=finite(as_number(value)), text=words_of_share(value, reading.words), note=note,
        href=reading.text(row, f"p{age}").href,
    )  # fmt: skip
