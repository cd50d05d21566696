"""Where the definition of a metric changed along its chart, as the chart takes it."""

from __future__ import annotations

from relata.engine.reporting.dashboards.answers import Answer
from relata.engine.reporting.metrics.remarks import remarks_of
from relata.interfaces.html.charts.series import Remark


def remarks(answered: Answer) -> tuple[Remark, ...]:
    """None for what is no metric."""
    return tuple(Remark(at, text) for at, text in remarks_of(answered.result, answered.metric))
