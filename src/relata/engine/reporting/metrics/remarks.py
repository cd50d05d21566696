"""Where along a chart a metric was defined otherwise."""

from __future__ import annotations

from datetime import date

from relata.engine.reporting.definition import PERIODS
from relata.engine.reporting.metrics.metric import Metric
from relata.engine.reporting.result import Result
from relata.foundation.i18n import gettext as _


def remarks_of(result: Result, metric: Metric | None) -> tuple[tuple[int, str], ...]:
    """The place among the periods of the first one that the new definition counts in full, and what to say there."""
    if metric is None or not result.row_levels or result.row_levels[0].kind not in PERIODS:
        return ()
    firsts = [result.rows[at].keys[0].value for at in result.row_leaves]
    found = []
    for change in metric.changes:
        place = next((at for at, day in enumerate(firsts) if isinstance(day, date) and day >= change.until), None)
        if place is not None:
            words = change.note or _("Definition %(n)s") % {"n": change.version + 1}
            found.append((place, words))
    return tuple(found)
