"""The SQL that an index can serve, and that one statement serves every value."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.engine.formula.asking import NOON, OPPORTUNITY, checked, where
from tests.engine.formula.company import TABLES, CompanyColumns

from relata.engine.formula import EvaluationContext, Params, check, compile_sql, parse, shape
from relata.foundation.clock import Clock


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ('stage = "won"', "(stage = %(p_0)s::text)"),
        ('"won" = stage', "(stage = %(p_0)s::text)"),
        ("100 < probability", "(probability > %(p_0)s::numeric)"),
        ("amount > 10000", "(amount > %(p_0)s::numeric)"),
        ("seats >= 2.5", "(seats >= %(p_0)s::bigint)"),
        ("seats in (1, 2)", "(seats = ANY (%(p_0)s::bigint[]))"),
        ("owner = me()", "(owner_id = %(p_0)s::uuid)"),
        ("owner in my_teams()", "(owner_id = ANY (%(p_0)s::uuid[]))"),
        ('stage in ("won", "lost")', "(stage = ANY (%(p_0)s::text[]))"),
        ('stage != "won"', "(((stage = %(p_0)s::text)) IS NOT TRUE)"),
        ("close_date in next_days(3)", "(close_date >= %(p_0)s::date AND close_date < %(p_1)s::date)"),
        ("created_at in today()", "(created_at >= %(p_0)s::timestamptz AND created_at < %(p_1)s::timestamptz)"),
        ("created_at > today()", "(created_at > %(p_0)s::timestamptz)"),
        ("close_date < add_days(today(), 3)", "(close_date < %(p_0)s::date)"),
        ("factor between 1 and 2", "(factor BETWEEN %(p_0)s::numeric AND %(p_1)s::numeric)"),
        ("close_date is null", "(close_date IS NULL)"),
        ('tags contains "vip"', "(tags @> %(p_0)s::text[])"),
        ('tags in ("vip", "eu")', "(tags && %(p_0)s::text[])"),
        ('name contains "x"', "(lower(name COLLATE relata.cased) LIKE %(p_0)s::text)"),
        ("factor = probability", "(factor IS NOT DISTINCT FROM probability)"),
        ("name = notes", "(name = notes)"),
        ("is_hot and not is_new", "(is_hot AND ((is_new) IS NOT TRUE))"),
    ],
)
def test_a_column_stays_bare(text: str, sql: str) -> None:
    assert where(text) == sql


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('stage = "won" and amount > 1', 'stage = "lost" and amount > 999.5'),
        ('stage in ("won")', 'stage in ("won", "lost", "new")'),
        ("close_date in next_days(3)", "close_date in next_days(90)"),
        ("close_date > date('2026-01-01')", "close_date > '2027-12-31'"),
        ("round(factor, 2) = 1", "round(factor, 3) = 2"),
        ('account in ("Acme")', 'account in ("Acme", "Globex")'),
    ],
)
def test_expressions_that_differ_in_literals_have_one_shape(one: str, other: str) -> None:
    assert shape(checked(one))[0] == shape(checked(other))[0]
    assert hash(shape(checked(one))[0]) == hash(shape(checked(other))[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('stage = "won"', 'name = "won"'),
        ("factor > 1", "factor >= 1"),
        ("close_date in next_days(3)", "close_date in last_days(3)"),
        ("factor = null", "factor = 3"),
        ("is_hot and is_new", "is_hot or is_new"),
        ("owner = me()", "owner = my_team()"),
        ("count(activities) > 1", "count(activities, cost > 1) > 1"),
    ],
)
def test_expressions_that_differ_otherwise_have_two_shapes(one: str, other: str) -> None:
    assert shape(checked(one))[0] != shape(checked(other))[0]


def test_one_compiled_statement_serves_other_literals_another_clock_and_another_person() -> None:
    first = check(parse('close_date < today() + 1 and stage in ("won")'), OPPORTUNITY)
    second = check(parse('close_date < today() + 2 and stage in ("new", "lost")'), OPPORTUNITY)
    params = Params("w")
    compile_sql(first, CompanyColumns("opportunity", TABLES["opportunity"]), params)
    later = EvaluationContext(Clock(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "Asia/Kolkata"))
    assert params.values(first.literals, NOON) == {"w_0": date(2026, 6, 16), "w_1": ["won"]}
    assert params.values(second.literals, later) == {"w_0": date(2027, 1, 3), "w_1": ["new", "lost"]}


def test_the_same_value_is_bound_once() -> None:
    params = Params()
    expression = checked("created_at in today() or called_at in today()")
    compile_sql(expression, CompanyColumns("opportunity", TABLES["opportunity"]), params)
    assert len(params.names) == 2


def test_signs_of_like_are_looked_for_as_they_are() -> None:
    params = Params()
    expression = checked('name contains "50%_Ä\\\\"')
    compile_sql(expression, CompanyColumns("opportunity", TABLES["opportunity"]), params)
    assert params.values(expression.literals, NOON) == {"p_0": "%50\\%\\_ä\\\\%"}


def test_a_condition_used_as_a_value_is_never_null() -> None:
    params, columns = Params(), CompanyColumns("opportunity", TABLES["opportunity"])
    value = str(compile_sql(checked("factor > 1"), columns, params, as_value=True))
    assert value.startswith("coalesce(")
    assert value.endswith(", false)")


def test_no_two_collectors_of_parameters_share_a_name() -> None:
    expression = checked(" or ".join(f"factor = {number}" for number in range(12)))
    names: list[str] = []
    for number in range(12):
        params = Params(f"x{number}")
        compile_sql(expression, CompanyColumns("opportunity", TABLES["opportunity"]), params)
        names += params.names
    assert len(set(names)) == 144
