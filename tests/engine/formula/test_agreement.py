"""Both back ends say the same about every record."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from tests.engine.formula.agreement import Company, both, typical_company

from relata.engine.formula import Kind

EXPRESSIONS = [
    'stage = "won" and amount > 10000 and account.industry in ("software", "retail")',
    'close_date in next_days(30) and not exists(activities, kind = "call")',
    "amount * probability / 100",
    'if(empty(close_date), "open", "closed")',
    'count(activities, kind = "call") > 1',
    "owner = me()",
    "owner in my_teams()",
    'account = "Acme"',
    'account in ("Acme", "Globex", "00000000-0000-7000-8000-000000000001")',
    "seats > 3.5 or seats in (1, 2.5)",
    "seats between 1.5 and 3.5",
    "seats * 1000000000 * seats",
    'name contains "x%" or name ends notes',
    'name starts "äC"',
    "created_at > close_date",
    "close_date = created_at",
    'created_at >= date("2026-01-01")',
    "created_at in this_week()",
    "close_date in past() or called_at in future()",
    "add_days(close_date, 1) in last_months(3)",
    "amount + budget",
    "amount = budget",
    "amount != budget",
    "amount < budget",
    "amount / budget",
    "amount - budget / 3",
    'amount > money(100, "EUR")',
    "if(is_hot, amount, budget * 2)",
    "coalesce(amount, budget)",
    "currency(coalesce(budget, amount))",
    "number(trim(notes)) + 1",
    "domain(notes)",
    'tags contains "vip" and tags in ("late", "eu")',
    "len(tags) + len(notes)",
    'stage != "won"',
    'min(name, notes) < "b"',
    "max(close_date, start_date)",
    "effort > hours(2)",
    "effort / spent",
    "effort * 1.5 + spent / 7",
    "created_at - called_at",
    "created_at + hours(probability)",
    "close_date - start_date",
    "add_months(close_date, probability)",
    "add_months(created_at, 1)",
    "add_days(created_at, seats)",
    "year(created_at) * 10000 + month(created_at) * 100 + day(created_at)",
    "weekday(close_date) + quarter(close_date)",
    "round(factor, 2) + floor(factor) - ceil(factor / 7)",
    "probability / factor",
    "abs(factor) - -factor",
    "lower(name) + upper(coalesce(notes, name))",
    'concat(name, notes, " / ", trim(notes))',
    'text(factor) + " " + text(close_date) + " " + text(created_at) + text(is_hot)',
    "text(amount)",
    "is_hot = is_new",
    "is_hot = (factor > 1)",
    "not is_hot",
    "is_hot",
    "factor = probability",
    "factor = null or notes is not null",
    "empty(notes) or empty(tags) or empty(extra)",
    "2 in scores",
    "factor in scores",
    "scores contains (1, 2)",
    "scores in ()",
    "factor in (1, probability, seats)",
    "amount in (100, 200)",
    "count(activities, cost > 10) * 2",
    "exists(activities, opportunity.amount > cost and at > now() - days(10))",
    "if(factor > 1, if(is_hot, 1), 2)",
    "1 / 0 = factor",
    "today() + 3 > close_date",
    "amount.currency = budget.currency",
    "empty(if(is_hot, extra)) or empty(if(is_hot, place))",
    "len(if(is_hot, tags)) > 1",
    "if(is_hot, null, is_new)",
    "exists(activities, true) and count(activities, false) = 0",
    "owner.name + account.name",
    "first(activities, at, cost > 10) <= last(activities, at) or empty(first(activities, at, false))",
]


@pytest.fixture(scope="session")
def company(connection: psycopg.Connection[Any]) -> Company:
    return typical_company(connection)


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_python_and_sql_agree_on(text: str, company: Company) -> None:
    answers = both(company, text)
    assert answers.python == answers.sql


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_a_filter_finds_the_records_for_which_it_is_true(text: str, company: Company) -> None:
    answers = both(company, text)
    if answers.kind is Kind.BOOLEAN:
        assert answers.found == [answer is True for answer in answers.python]
