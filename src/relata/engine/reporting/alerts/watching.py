"""Reading an alert's metric and deciding whether there is news. What is told is told once, until it changes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec

from relata.engine.reporting.alerts import unusual
from relata.engine.reporting.alerts.unusual import Latest
from relata.engine.reporting.dashboards.answers import of_metric
from relata.engine.reporting.dashboards.filters import Chosen
from relata.engine.reporting.dashboards.periods import period_of
from relata.engine.reporting.metrics.catalogue import metric
from relata.engine.reporting.metrics.metric import Metric
from relata.engine.reporting.result import Result
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

_DAY = timedelta(days=1)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What the metric said. number: None while there is no data, which passes no mark. is_past: of the mark, or far
    from usual. latest: for alerts about what is unusual."""

    metric: Metric
    result: Result
    number: Decimal | None
    is_past: bool
    latest: Latest | None = None

    @property
    def about(self) -> date | None:
        """The unusual period; None where a mark was passed."""
        return self.latest.period if self.latest is not None and self.latest.odd is not None else None


async def read(work: Workspace, alert: Record) -> Reading:
    """As its owner sees it. NotFound where the metric is gone or its records are not open any more."""
    one = await metric(work, alert["metric"])
    if alert["way"] == "unusual":
        latest = await unusual.latest(work, one, alert["grain"] or "month")
        return Reading(metric=one, result=latest.result, number=None, is_past=latest.odd is not None, latest=latest)
    found = await of_metric(work, one, Chosen(period=period_of(alert["period"] or "", work.clock)))
    number = _number(found.result)
    mark = Decimal(alert["mark"])
    is_past = number is not None and (number > mark if alert["way"] == "above" else number < mark)
    return Reading(metric=one, result=found.result, number=number, is_past=is_past)


async def note(work: Workspace, alert: Record, state: str, problem: str = "", about: date | None = None) -> bool:
    """Keep how it is; whether that is news: the mark was passed, another period is unusual, or reading fails, for the
    first time."""
    is_news = state != "quiet" and (alert["state"] != state if about is None else alert["told_of"] != about)
    values = {"state": state, "read_at": work.clock.now, "problem": problem[:300] or None}
    if about is not None:
        values["told_of"] = about
    await work.change(alert, values)
    return is_news


def _number(result: Result) -> Decimal | None:
    """Percent as 25 for 25 %, a duration in days."""
    value = result.total.values[0] if result.total is not None else None
    if isinstance(value, timedelta):
        return Decimal(value / _DAY)
    return Decimal(value) if isinstance(value, (int, Decimal)) else None
