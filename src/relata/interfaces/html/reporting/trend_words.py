"""A trend in words and as a chart takes it: where it goes, how sure that is, and which periods are odd."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from relata.engine.reporting.alerts.unusual import Latest
from relata.engine.reporting.metrics.metric import Metric
from relata.engine.reporting.result import Result
from relata.engine.reporting.trends.trend import has_time
from relata.engine.reporting.trends.values import Odd, Trend
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import ngettext
from relata.interfaces.html.charts.series import Band
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.placed import is_placed
from relata.interfaces.html.reporting.timed import is_timed
from relata.interfaces.html.reporting.words import head_words, number_words

_MOST_ODD = 4


def notes_of(result: Result, words: Formatter) -> tuple[str, ...]:
    """What one must know about an answer, the trend included."""
    notes = [note.text for note in result.notes]
    kind = result.definition.picture.kind
    if kind == "map" and not is_placed(result):
        notes.append(_("A map needs groups by country, or by latitude and longitude."))
    if kind == "timeline" and not is_timed(result):
        notes.append(_("A timeline needs a figure that is a day, such as a largest close date, or periods in rows."))
    if result.definition.picture.trend and has_time(result):
        notes.extend(_told(result, result.trend, words))
    return tuple(notes)


def _told(result: Result, trend: Trend | None, words: Formatter) -> Iterator[str]:
    if trend is None:
        yield _("Too few periods are over to see a trend.")
        return
    line = trend.line
    low, high = _number(result, line.low, words), _number(result, line.high, words)
    values = {"by": _number(result, abs(line.slope), words), "low": low, "high": high}
    if line.low > 0:
        yield _("Goes up by about %(by)s a period (95 %%: %(low)s to %(high)s).") % values
    elif line.high < 0:
        yield _("Goes down by about %(by)s a period (95 %%: %(low)s to %(high)s).") % values
    else:
        yield _("No clear direction (95 %%: %(low)s to %(high)s a period).") % values
    if line.is_shaky:
        text = ngettext("It stands on %(num)d period only.", "It stands on %(num)d periods only.", line.count)
        yield text % {"num": line.count}
    for odd in trend.odd[-_MOST_ODD:]:
        yield _odd(result, odd, words)


def _odd(result: Result, odd: Odd, words: Formatter) -> str:
    when = head_words(result.rows[odd.row], words) if odd.row is not None else words.date(odd.period)
    values = {"when": when, "now": _number(result, odd.value, words), "usual": _number(result, odd.expected, words)}
    text = _("%(when)s is unusual: %(now)s, where about %(usual)s was to be expected.") % values
    return text + " " + _("It stands on few records, so that chance may explain it.") if odd.is_small else text


def unusual_words(metric: Metric, latest: Latest, words: Formatter) -> str:
    """What the owner of an alert is told of the last full period; "" where it is usual."""
    if latest.odd is None:
        return ""
    return f"{metric.title}: {_odd(latest.result, latest.odd, words)}"


def _number(result: Result, value: float, words: Formatter) -> str:
    return number_words(result.measures[0], Decimal(str(round(value, 6))), words, is_short=True)


def bands_of(result: Result) -> tuple[Band | None, ...]:
    """At each row; None where the line does not reach."""
    trend = result.trend
    if trend is None:
        return ()
    steps = {day: step for step, day in enumerate(trend.periods)}
    found: list[Band | None] = []
    for row in result.row_leaves:
        day = result.rows[row].keys[0].value
        step = steps.get(day) if isinstance(day, date) else None
        middle = trend.line.at(step) if step is not None else None
        found.append(None if middle is None else Band(middle, middle - trend.line.usual, middle + trend.line.usual))
    return tuple(found)


def odd_places(result: Result) -> tuple[int, ...]:
    """The places of odd periods among the rows."""
    rows = {odd.row for odd in result.trend.odd} if result.trend is not None else set()
    return tuple(at for at, row in enumerate(result.row_leaves) if row in rows)
