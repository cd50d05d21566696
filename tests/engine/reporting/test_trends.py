"""Lines through numbers in time: exact where the numbers are, calm where one is not, silent where there are too few."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relata.engine.reporting.definition import Definition, Grouping, Measure, Picture
from relata.engine.reporting.running import run
from relata.engine.reporting.trends.line import LEAST, line_of
from relata.engine.reporting.trends.trend import trend_of
from relata.foundation.clock import Clock
from relata.testing.house import House


@given(st.integers(-1000, 1000), st.integers(-50, 50), st.integers(LEAST, 40))
def test_a_straight_line_is_found_exactly(start: int, slope: int, count: int) -> None:
    line = line_of([start + slope * step for step in range(count)])
    assert line is not None and (line.slope, line.low, line.high, line.odd) == (slope, slope, slope, ())
    assert line.at(count) == pytest.approx(start + slope * count)


def test_one_odd_number_is_named_and_bends_nothing() -> None:
    chance = random.Random(5)
    numbers = [100 + 2 * step + chance.uniform(-3, 3) for step in range(24)]
    plain = line_of(numbers)
    numbers[15] = 900
    bent = line_of(numbers)
    assert plain is not None and bent is not None and plain.odd == () and bent.odd == (15,)
    assert bent.slope == pytest.approx(plain.slope, abs=0.1) and plain.low < 2 < plain.high and plain.is_clear


def test_chance_has_no_direction_and_few_numbers_have_no_line() -> None:
    wrong = 0
    for seed in range(200):  # 95 of 100 intervals hold the truth, which is no slope
        chance = random.Random(seed)
        line = line_of([chance.gauss(0, 1) for _ in range(20)])
        assert line is not None
        wrong += line.is_clear
    assert 2 <= wrong <= 20
    assert line_of([1.0] * (LEAST - 1)) is None and line_of([None] * 30) is None
    flat = line_of([4.0] * 12)
    assert flat is not None and not flat.is_clear and flat.usual == 0


async def test_a_reports_trend_leaves_out_the_period_that_is_not_over(house: House) -> None:
    async with house.system() as work:
        for month, many in enumerate((3, 3, 4, 4, 5, 5, 0, 6), start=1):  # nothing in July
            for number in range(many):
                values = {"name": f"{month}.{number}", "close_date": date(2025, month, 3), "amount": 10}
                await work.create("opportunity", values)
        by_month = Definition(object="opportunity", rows=(Grouping(path="close_date", grain="month"),))
        total = Measure(function="sum", path="amount")
        result = await run(work, Definition(object="opportunity", rows=by_month.rows, measures=(total,)))
        trend = trend_of(result, Clock(datetime(2025, 8, 20, tzinfo=UTC)))
        assert trend is not None
        assert list(trend.numbers) == [30, 30, 40, 40, 50, 50]  # the last full month that has records is June
        later = trend_of(result, Clock(datetime(2025, 9, 20, tzinfo=UTC)))
        assert later is not None and list(later.numbers[6:]) == [0, 60]  # a sum of nothing is zero
        assert [(one.period, one.is_small) for one in later.odd] == [(date(2025, 7, 1), True)]


async def test_a_report_that_asks_for_a_trend_has_it(house: House) -> None:
    async with house.system() as work:
        for month in range(1, 13):
            for number in range(month):
                await work.create("opportunity", {"name": f"{month}.{number}", "close_date": date(2024, month, 3)})
        by_month = Grouping(path="close_date", grain="month")
        result = await run(work, Definition(object="opportunity", rows=(by_month,), picture=Picture(trend=True)))
        assert result.trend is not None and result.trend.line.slope == 1 and result.trend.line.is_clear
        plain = await run(work, Definition(object="opportunity", rows=(by_month,)))
        assert plain.trend is None
