"""The rule for numbers: 12 places, half away from zero."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.engine.formula.asking import answer

from relata.foundation.money import Money


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("0.1 + 0.2", "0.3"),
        ("1 / 3", "0.333333333333"),
        ("2 / 3", "0.666666666667"),
        ("-2 / 3", "-0.666666666667"),
        ("1 / 3 * 3", "0.999999999999"),
        ("0.0000005 * 0.000001", "0.000000000001"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(1234.565, 2)", "1234.57"),
        ("round(1250, -2)", "1300"),
        ("floor(-0.5)", "-1"),
        ("ceil(-0.5)", "0"),
        ("abs(-3) - -4", "7"),
        ("1 + 2 * 3 - 4 / 2", "5"),
        ("12345678901234567890123456789.123456789012 - 0.000000000012", "12345678901234567890123456789.123456789000"),
        ("-12345678901234567890123456789.123456789012", "-12345678901234567890123456789.123456789012"),
        ('number(" +12.50 ")', "12.5"),
        ("weekday(date('2026-06-14')) + quarter(date('2026-06-14')) / 10", "7.2"),
        ("date('2026-03-01') - date('2024-02-29')", "731"),
        ("len('straße') + len('日本')", "8"),
        ("max(1, 7, 3) - min(1, 7, 3)", "6"),
        ("hours(3) / minutes(90)", "2"),
    ],
)
def test_numbers_are_decimals(text: str, result: str) -> None:
    assert answer(text) == Decimal(result)


def test_money_keeps_its_currency() -> None:
    amount = Money(Decimal("10.01"), "EUR")
    assert answer("round(amount * 3 / 2 + money(1, 'EUR'), 2)", amount=amount) == Money(Decimal("16.02"), "EUR")
    assert answer("-amount", amount=amount) == Money(Decimal("-10.01"), "EUR")
    assert answer("text(amount) + currency(amount)", amount=amount) == "10.01 EUREUR"


def test_durations_are_counted_in_microseconds() -> None:
    assert answer("days(1) / 7 * 7") == timedelta(days=1) + timedelta(microseconds=1)
