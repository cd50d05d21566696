"""A metric's number beside that of the period before: how it moved, and whether that is good news."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from relata.engine.reporting.dashboards.answers import Answer
from relata.engine.reporting.dashboards.periods import Period
from relata.engine.reporting.result import Result
from relata.foundation.i18n import gettext as _
from relata.interfaces.html.formatting import Formatter
from relata.interfaces.html.reporting.words import as_number, number_words, value_words


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """change: such as +12%, "" where nothing can be compared. better: None for neither good nor bad. note: with what it
    is compared; span: of which days. caveat: why one should not lean on it. help: what the metric means. version: which
    definition."""

    change: str = ""
    better: bool | None = None
    note: str = ""
    span: str = ""
    caveat: str = ""
    help: str = ""
    version: int = 1
    no_data: bool = False


def compared(answered: Answer, words: Formatter) -> Compared:
    """Of a metric; without a former period only what it means."""
    metric = answered.metric
    help, version, least = ("", 1, 0) if metric is None else (metric.advice, metric.version, metric.least)
    total = answered.result.total
    now = _total(answered.result)
    if now is None:
        return Compared(help=help, version=version, no_data=True)
    count = total.count if total is not None else 0
    caveat = _("Only %(n)s records: small numbers jump.") % {"n": count} if count < least else ""
    before = _total(answered.former) if answered.former is not None else None
    if answered.former_period is None:
        return Compared(help=help, version=version, caveat=caveat)
    span = span_words(answered.former_period, words)
    if before is None:
        note = _("no data in the period before")
        return Compared(help=help, version=version, caveat=caveat, note=note, span=span)
    shown = answered.result.measures[0]
    if shown.kind == "percent":
        gap = now - before
        change = f"{'+' if gap > 0 else ''}{words.number(round(Decimal(str(gap)), 1))} {_('points')}"
    elif before:
        gap = (now - before) / abs(before) * 100
        change = f"{'+' if gap > 0 else ''}{words.percent(Decimal(str(round(gap))))}"
    else:
        gap = now - before
        change = f"{'+' if gap > 0 else ''}{number_words(shown, Decimal(str(gap)), words, is_short=True)}"
    way = metric.better if metric is not None else "neither"
    better = None if way == "neither" or not gap else (gap > 0) == (way == "up")
    former = answered.former.total if answered.former is not None else None
    told = value_words(shown, former.values[0] if former is not None else None, words, is_short=True)
    note = _("from %(number)s") % {"number": told}
    return Compared(change=change, better=better, note=note, span=span, caveat=caveat, help=help, version=version)


def span_words(period: Period, words: Formatter) -> str:
    """First and last day of a period."""
    last = period.until.fromordinal(period.until.toordinal() - 1)
    return f"{words.date(period.since)} – {words.date(last)}" if last > period.since else words.date(last)


def _total(result: Result) -> float | None:
    total = result.total
    return as_number(total.values[0]) if total is not None and total.values else None
