"""Names, types, and what the checker makes of links, choices and money."""

from __future__ import annotations

import pytest
from tests.engine.formula.agreement import person
from tests.engine.formula.asking import OPPORTUNITY, answer, checked, problem
from tests.engine.formula.company import CompanyScope, Record

from relata.engine.formula import BOOLEAN, DATE, DATETIME, DURATION, MONEY, NUMBER, TEXT, Type, check, parse
from relata.foundation.errors import Invalid


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("amount * probability / 100", MONEY),
        ("amount / budget", NUMBER),
        ("name + notes", TEXT),
        ("close_date + 3", DATE),
        ("close_date - start_date", NUMBER),
        ("created_at - called_at", DURATION),
        ("created_at - close_date", DURATION),
        ("created_at + effort", DATETIME),
        ("effort / 2", DURATION),
        ("effort / spent", NUMBER),
        ("if(is_hot, close_date, created_at)", DATETIME),
        ("coalesce(null, 3)", NUMBER),
        ("factor + null", NUMBER),
        ("count(activities)", NUMBER),
        ("amount.currency", TEXT),
    ],
)
def test_every_expression_has_a_type(text: str, type_: Type) -> None:
    assert checked(text).type == type_


@pytest.mark.parametrize(
    ("text", "position", "hint"),
    [
        ('stge = "won"', 0, "Did you mean stage?"),
        ('account.industy = "retail"', 8, "Did you mean industry?"),
        ("count(activites) > 1", 6, "Did you mean activities?"),
        ('exists(activities, knd = "call")', 19, "Did you mean kind?"),
        ("lenght(name) > 3", 0, None),
        ("flor(factor)", 0, "Did you mean floor or lower?"),
    ],
)
def test_an_unknown_name_is_refused_with_similar_ones(text: str, position: int, hint: str | None) -> None:
    found = problem(text)
    assert found.position == position
    assert hint is None or found.hint == hint


@pytest.mark.parametrize(
    "text",
    [
        'amount > "x"',
        "name = 5",
        "name > is_hot",
        "is_hot > is_new",
        "account > owner",
        "account = owner",
        'tags = "vip"',
        "extra = 1",
        "place = null and place = place",
        "amount + 1",
        "amount * amount",
        "name + 1",
        "close_date + close_date",
        "-name",
        "amount and is_hot",
        "not amount",
        "if(amount, 1, 2)",
        'if(is_hot, 1, "x")',
        "lower(factor)",
        "len(factor)",
        "year(name)",
        "min(amount, budget)",
        "round(factor, probability)",
        "round(factor, 13)",
        'money(1, "euro")',
        "money(1, name)",
        'date("2026-02-30")',
        'close_date > "soon"',
        "next_days(3)",
        "close_date in next_days(name)",
        "close_date in next_days(1.5)",
        "close_date in next_days(20000)",
        "close_date in this_week(1)",
        "name in this_week()",
        "name in 3",
        "name in (1, 2)",
        "name in ('a', null)",
        "name contains ('a', 'b')",
        "factor contains 'a'",
        "exists(name)",
        "exists(3)",
        "if(is_hot)",
        "today(1)",
        "(1, 2)",
        "factor + (1, 2)",
        "text(effort)",
        "number(is_hot)",
    ],
)
def test_what_has_no_meaning_is_refused(text: str) -> None:
    assert problem(text).code == "expression"


def test_a_filter_must_be_a_condition() -> None:
    found = problem("amount", BOOLEAN)
    assert found.message == "A condition is needed here, not an amount of money (character 1)."


def test_the_result_is_turned_into_the_expected_type() -> None:
    assert checked('"2026-01-31"', DATE).type == DATE
    assert checked("null", MONEY).type == MONEY
    assert "a number is needed" in problem("name", NUMBER).message


def test_a_hidden_field_does_not_exist_and_is_not_suggested() -> None:
    scope = CompanyScope("opportunity", hidden=frozenset({"amount"}))
    with pytest.raises(Invalid) as refusal:
        check(parse("amont > 3"), scope)
    assert "amount" not in (refusal.value.problems[0].hint or "")
    with pytest.raises(Invalid):
        check(parse("amount > 3"), scope)


@pytest.mark.parametrize("text", ['stage = "wonn"', 'stage != "wonn"', 'stage in ("new", "wonn")', '"wonn" = stage'])
def test_a_value_that_is_no_choice_is_refused_with_similar_ones(text: str) -> None:
    assert problem(text).hint == "Did you mean won?"


@pytest.mark.parametrize("text", ['tags contains "vipp"', 'tags in ("eu", "vipp")', '"vipp" in tags'])
def test_lists_of_choices_know_their_choices(text: str) -> None:
    assert problem(text).hint == "Did you mean vip?"


ACME = Record({"id": person(7), "name": "Acme"})


@pytest.mark.parametrize(
    "text",
    [
        'account = "Acme"',
        '"Acme" = account',
        'account in ("Globex", "Acme")',
        'account contains "CM"',
        f'account = "{person(7)}"',
        f'account in ("Globex", "{person(7)}")',
        "account = account.id",
        'account != "Globex"',
    ],
)
def test_a_link_is_compared_by_title_or_by_id(text: str) -> None:
    assert answer(text, account=ACME) is True


def test_a_text_for_a_date_is_read_as_one() -> None:
    assert checked('close_date > "2026-01-31"').literals == checked('close_date > date("2026-01-31")').literals[-1:]


@pytest.mark.parametrize("other", ["budget", 'money(1, "EUR")'])
def test_nested_money_can_not_grow_without_end(other: str) -> None:
    text = other
    for _ in range(18):
        text = f"if({text} = {other}, {other}, {other})"
    with pytest.raises(Invalid) as refusal:
        check(parse(text), OPPORTUNITY)
    assert refusal.value.code == "expression_too_large"
