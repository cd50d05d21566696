"""Whether the last full period of a metric is far from what is usual: its trend, read to the last day that is over."""

from __future__ import annotations

from datetime import date

import msgspec

from relata.engine.reporting.dashboards.filters import Chosen, applied
from relata.engine.reporting.dashboards.periods import Period
from relata.engine.reporting.definition import Grouping, Picture
from relata.engine.reporting.metrics.metric import Metric
from relata.engine.reporting.periods import begin, moved
from relata.engine.reporting.result import Result
from relata.engine.reporting.running import run
from relata.engine.reporting.trends.trend import trend_of
from relata.engine.reporting.trends.values import Odd, Trend
from relata.engine.reporting.wording import in_words
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: So many periods are looked at: enough to know what is usual, few enough that it is usual now.
LOOKED_AT = {"day": 60, "week": 52, "month": 36, "quarter": 20}


class Latest(msgspec.Struct, frozen=True, kw_only=True):
    """The last period that is over, its first day. odd: None where it is usual. trend: None while too few periods are
    known."""

    period: date
    result: Result
    trend: Trend | None
    odd: Odd | None


async def latest(work: Workspace, metric: Metric, grain: str) -> Latest:
    """As the reader sees it. Invalid for a metric without a day."""
    definition = in_words(metric.definition) if metric.id is None else metric.definition
    if not definition.date:
        raise Invalid(_("This number has no day, so that nothing can be unusual about one."), code="no_date")
    clock = work.actor.clock()
    today = begin(clock.today, grain)
    last = moved(today, grain, -1)
    rows = (Grouping(path=definition.date, grain=grain),)
    plain = msgspec.structs.replace(definition, rows=rows, columns=(), picture=Picture())
    span = Period(moved(today, grain, -LOOKED_AT[grain]), today)
    result = await run(work, plain, extra=applied(work, definition, Chosen(period=span)).condition)
    trend = trend_of(result, clock, until=last)
    odd = None
    if trend is not None and trend.odd and trend.odd[-1].period == last:
        odd = trend.odd[-1]
    return Latest(period=last, result=result, trend=trend, odd=odd)
