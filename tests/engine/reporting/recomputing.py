"""Reports worked out a second time, record by record in Python, to compare with."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from relata.engine.query.request import Query
from relata.engine.reporting.definition import Grouping, Measure
from relata.engine.workspace.workspace import Workspace
from relata.foundation.money import Money

FIELDS = ("id", "owner", "source", "amount", "probability", "close_date", "created_at", "account.industry", "account")
RATES = {"EUR": Decimal(1), "USD": Decimal("0.9")}


async def records(work: Workspace, where: Any = None) -> list[dict[str, Any]]:
    """All deals that the actor sees."""
    page = await work.query(Query("opportunity", where, fields=FIELDS, limit=500))
    return page.values()


def key_of(grouping: Grouping, record: dict[str, Any], zone: str) -> Any:
    """The group in which a record falls."""
    value = record[grouping.path]
    if value is None:
        return None
    if grouping.buckets:
        ends = grouping.buckets
        at = sum(value >= end for end in ends)
        return (ends[at - 1] if at else None, ends[at] if at < len(ends) else None)
    if not grouping.grain:
        return str(value) if grouping.path in ("owner", "account") else value
    day = value.astimezone(ZoneInfo(zone)).date() if isinstance(value, datetime) else value
    return _PERIODS[grouping.grain](day)


_PERIODS: dict[str, Callable[[date], Any]] = {
    "day": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
    "quarter": lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    "year": lambda day: day.replace(month=1, day=1),
    "fiscal_quarter": lambda day: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
    "fiscal_year": lambda day: day.replace(month=1, day=1),
    "weekday": lambda day: day.isoweekday(),
    "month_of_year": lambda day: day.month,
}


def figure(measure: Measure, records: Iterable[dict[str, Any]]) -> Any:
    """What a measure is of some records."""
    chosen = list(records)
    if measure.function == "count":
        return len(chosen)
    values = [value for record in chosen if (value := _number(record[measure.path])) is not None]
    if measure.function in ("filled", "distinct"):
        return len(values) if measure.function == "filled" else len(set(values))
    if not values:
        return None
    if measure.function == "average":
        return (sum(values) / Decimal(len(values))).quantize(Decimal("1e-12"))
    if measure.function == "percentile":
        ordered = sorted(values)
        return ordered[max(0, -(-measure.percentile * len(ordered) // 100) - 1)]
    return {"sum": sum, "min": min, "max": max, "median": statistics.median}[measure.function](values)  # type: ignore[operator]


def _number(value: Any) -> Any:
    if isinstance(value, Money):
        return value.amount * RATES[value.currency] if value.currency in RATES else None
    return value
