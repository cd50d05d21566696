"""Days, moments and spans, as the person's calendar has them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.engine.formula.asking import NOON, answer

from relata.engine.formula import EvaluationContext
from relata.foundation.clock import Clock

#: A Wednesday, 00:30 in Berlin and still Tuesday in UTC.
NIGHT = EvaluationContext(Clock(datetime(2026, 5, 12, 22, 30, tzinfo=UTC), "Europe/Berlin", 0, 4))


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        ("today()", (2026, 5, 13), (2026, 5, 13)),
        ("yesterday()", (2026, 5, 12), (2026, 5, 12)),
        ("tomorrow()", (2026, 5, 14), (2026, 5, 14)),
        ("this_week()", (2026, 5, 11), (2026, 5, 17)),
        ("last_week()", (2026, 5, 4), (2026, 5, 10)),
        ("next_week()", (2026, 5, 18), (2026, 5, 24)),
        ("this_month()", (2026, 5, 1), (2026, 5, 31)),
        ("last_month()", (2026, 4, 1), (2026, 4, 30)),
        ("next_quarter()", (2026, 7, 1), (2026, 9, 30)),
        ("last_year()", (2025, 1, 1), (2025, 12, 31)),
        ("this_fiscal_year()", (2026, 4, 1), (2027, 3, 31)),
        ("last_fiscal_quarter()", (2026, 1, 1), (2026, 3, 31)),
        ("last_days(7)", (2026, 5, 6), (2026, 5, 13)),
        ("next_days(30)", (2026, 5, 13), (2026, 6, 12)),
        ("next_days(0)", (2026, 5, 13), (2026, 5, 13)),
        ("last_weeks(2)", (2026, 4, 27), (2026, 5, 10)),
        ("next_weeks(1)", (2026, 5, 18), (2026, 5, 24)),
        ("last_months(5)", (2025, 12, 1), (2026, 4, 30)),
        ("next_months(2)", (2026, 6, 1), (2026, 7, 31)),
    ],
)
def test_a_span_has_its_first_and_last_day(span: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    start, end = date(*first), date(*last)
    text = f"close_date in {span} and start_date in {span}"
    assert answer(text, NIGHT, close_date=start, start_date=end) is True
    assert (
        answer(f"close_date - 1 in {span} or start_date + 1 in {span}", NIGHT, close_date=start, start_date=end)
        is False
    )


def test_a_span_of_a_datetime_follows_the_zone() -> None:
    assert answer("created_at in today()", NIGHT, created_at=datetime(2026, 5, 12, 22, 0, tzinfo=UTC)) is True
    assert answer("created_at in today()", NIGHT, created_at=datetime(2026, 5, 12, 21, 59, tzinfo=UTC)) is False


def test_the_week_starts_on_the_persons_first_day() -> None:
    sunday_first = EvaluationContext(Clock(NIGHT.clock.now, "Europe/Berlin", 6))
    assert answer("close_date in this_week()", sunday_first, close_date=date(2026, 5, 10)) is True
    assert answer("close_date in this_week()", NIGHT, close_date=date(2026, 5, 10)) is False


def test_past_and_future_leave_out_today_for_dates_and_now_for_moments() -> None:
    assert answer("close_date in past() or close_date in future()", NIGHT, close_date=date(2026, 5, 13)) is False
    assert answer("created_at in past() or created_at in future()", NIGHT, created_at=NIGHT.clock.now) is False
    assert answer("close_date in past() and start_date in future()", close_date=date.min, start_date=date.max) is True


def test_a_date_compared_with_a_moment_is_the_start_of_its_day_there() -> None:
    midnight = datetime(2026, 5, 12, 22, 0, tzinfo=UTC)
    assert answer("created_at = date('2026-05-13')", NIGHT, created_at=midnight) is True
    assert answer("close_date = created_at", NIGHT, created_at=midnight, close_date=date(2026, 5, 13)) is True


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        # Clocks go back from 1:00 to 0:00, so midnight comes twice: the first counts.
        ("America/Havana", "2025-11-02", datetime(2025, 11, 2, 4, 0, tzinfo=UTC)),
        # Clocks go forward from 0:00 to 1:00, so there is no midnight.
        ("America/Sao_Paulo", "2018-11-04", datetime(2018, 11, 4, 3, 0, tzinfo=UTC)),
        ("Pacific/Apia", "2011-12-31", datetime(2011, 12, 31, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_day_starts_with_its_first_moment(zone: str, day: str, start: datetime) -> None:
    there = EvaluationContext(Clock(NOON.clock.now, zone))
    assert answer(f'datetime(date("{day}"))', there) == start


def test_a_month_later_is_the_last_day_of_a_short_month() -> None:
    assert answer("add_months(date('2024-01-31'), 1)") == date(2024, 2, 29)
    assert answer("add_months(date('2024-02-29'), -12.9)") == date(2023, 2, 28)


def test_a_day_later_is_the_same_time_on_the_wall() -> None:
    before = datetime(2026, 3, 28, 11, 0, tzinfo=UTC)
    assert answer("add_days(created_at, 1)", created_at=before) == datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
    assert answer("created_at + days(1)", created_at=before) == datetime(2026, 3, 29, 11, 0, tzinfo=UTC)


def test_a_moment_without_offset_is_local_time() -> None:
    assert answer('datetime("2026-06-15 14:30")') == datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
    assert answer('datetime("2026-06-15T14:30:00+05:30")') == datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
