"""Booleans have two values: whatever meets an empty value is false, and its opposite is true."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.engine.formula.asking import NOON, answer

from relata.engine.formula import EvaluationContext
from relata.foundation.money import Money

EUR, USD = Money(Decimal(10), "EUR"), Money(Decimal(10), "USD")


@pytest.mark.parametrize(
    "text",
    [
        'stage = "won"',
        "factor < 1",
        "factor >= 1",
        "not factor != 3",
        "factor between 1 and 2",
        'notes contains ""',
        'notes starts ""',
        "factor in (1, 2)",
        "2 in scores",
        'tags contains "vip"',
        'tags in ("vip")',
        "close_date in this_year()",
        "is_hot",
        "is_hot = false",
        "factor < null",
        "1 / 0 = 1",
        "account = 'Acme'",
    ],
)
def test_an_empty_value_makes_a_comparison_false(text: str) -> None:
    assert answer(text) in (False, None)
    assert answer(f"not ({text})") is True


def test_not_equal_includes_what_is_empty() -> None:
    assert answer('stage != "won"') is True
    assert answer('stage not in ("won", "lost")') is True


def test_equals_null_asks_for_emptiness() -> None:
    assert answer("stage = null") is True
    assert answer("null != notes", notes="x") is True


def test_two_empty_fields_are_equal() -> None:
    assert answer("close_date = start_date") is True
    assert answer("amount = budget") is True
    assert answer("close_date = start_date", start_date=date.max) is False


def test_the_empty_text_and_the_empty_list_are_empty_too() -> None:
    assert answer("empty(notes) and tags is null and empty(extra)", notes="", tags=[], extra={}) is True
    assert answer("empty(notes) or tags is null or empty(extra)", notes=" ", tags=["vip"], extra={"a": 1}) is False


def test_nothing_equals_me_when_nobody_looks() -> None:
    nobody = EvaluationContext(NOON.clock)
    assert answer("owner = me()", nobody) is False
    assert answer("owner != me()", nobody) is True
    assert answer("owner in my_teams()", nobody) is False


@pytest.mark.parametrize(
    "text",
    [
        "factor + 1",
        "factor / 0",
        "10 / (factor - 3)",
        "amount + budget",
        "amount / budget",
        "name + notes",
        "add_days(close_date, 1)",
        "add_days(today(), 99999999999)",
        "add_months(today(), 90000)",
        "99999999999999999999999999999 * 11",
        'number("12,5")',
        "coalesce(notes, null)",
        "min(notes, null)",
        "if(is_hot, 1)",
        "hours(99999999999)",
        "len(notes)",
        "year(close_date)",
        "round(probability)",
    ],
)
def test_what_has_no_result_is_null(text: str) -> None:
    assert answer(text, factor=Decimal(3) if "3" in text else None, name="x", amount=EUR, budget=USD) is None


def test_money_of_two_currencies_is_neither_equal_nor_ordered() -> None:
    assert answer("amount = budget or amount < budget or amount >= budget", amount=EUR, budget=USD) is False
    assert answer("amount = 10 and budget = 10", amount=EUR, budget=USD) is True


def test_concat_skips_what_is_empty() -> None:
    assert answer('concat(name, notes, "!")', name="a") == "a!"


def test_min_and_max_skip_what_is_empty() -> None:
    assert answer("max(close_date, start_date)", start_date=date(2026, 1, 1)) == date(2026, 1, 1)


def test_counting_nothing_is_zero() -> None:
    assert answer("count(activities) = 0 and not exists(activities)") is True
