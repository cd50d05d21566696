"""The trend of a report over time: its first figure, period by period, without the one that is not over yet."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from relata.engine.reporting.definition import PERIODS
from relata.engine.reporting.periods import begin, moved
from relata.engine.reporting.result import Result
from relata.engine.reporting.trends.line import line_of
from relata.engine.reporting.trends.values import Odd, Trend
from relata.foundation.clock import Clock

#: A period of fewer records is no surprise, whatever its figure is.
FEW_RECORDS = 5
_MOST_PERIODS = 2000


def has_time(result: Result) -> bool:
    """Whether the rows are periods."""
    return len(result.row_levels) == 1 and result.row_levels[0].kind in PERIODS and bool(result.measures)


def trend_of(result: Result, clock: Clock, *, until: date | None = None) -> Trend | None:
    """until: the last period to look at, so that a sum of nothing there is seen. None where the rows are no periods, or
    too few are over."""
    if not has_time(result):
        return None
    grain, column = result.row_levels[0].kind, len(result.columns) - 1
    rows = {day: row for row in result.row_leaves if isinstance(day := result.rows[row].keys[0].value, date)}
    today = begin(clock.today, grain, clock.fiscal_month)
    over = sorted(day for day in rows if day < today)
    if not over:
        return None
    is_sum = result.measures[0].additive
    steps = _steps(over[0], max(over[-1], until) if until is not None and is_sum else over[-1], grain)
    blank = 0.0 if is_sum else None  # a sum of nothing is zero; what is no sum is not there
    numbers = tuple(_number(result, rows[day], column) if day in rows else blank for day in steps)
    line = line_of(numbers)
    if line is None:
        return None
    odd = tuple(_odd(result, rows.get(steps[at]), column, steps[at], numbers[at], line.at(at)) for at in line.odd)
    return Trend(grain=grain, periods=steps, numbers=numbers, line=line, odd=odd)


def _steps(first: date, last: date, grain: str) -> tuple[date, ...]:
    found = [first]
    while found[-1] < last and len(found) < _MOST_PERIODS:
        found.append(moved(found[-1], grain, 1))
    return tuple(found)


def _odd(result: Result, row: int | None, column: int, period: date, number: float | None, expected: float) -> Odd:
    cell = result.cells.get((row, column)) if row is not None else None
    is_small = cell is None or cell.count < FEW_RECORDS
    return Odd(period=period, row=row, value=number or 0.0, expected=expected, is_small=is_small)


def _number(result: Result, row: int, column: int) -> float | None:
    value = result.value(row, column)
    if isinstance(value, timedelta):
        return value.total_seconds()
    return float(value) if isinstance(value, (int, Decimal)) else None
