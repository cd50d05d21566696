"""The law of the language: for any well-typed expression, record, moment and zone, SQL says what Python says."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.formula.agreement import Company, both, create_tables, store
from tests.engine.formula.expressions import expressions
from tests.engine.formula.pools import MOMENTS, ZONES, varied

from relata.engine.formula import EvaluationContext, Kind, Node, from_json, parse, to_json, to_text
from relata.foundation.clock import Clock

EXAMPLES = int(os.environ.get("FORMULA_EXAMPLES", "150"))


@pytest.fixture(scope="module")
def opportunities(connection: psycopg.Connection[Any]) -> Company:
    create_tables(connection)
    records = varied(30, seed=7)
    store(connection, records)
    return Company(connection, records)


clocks = st.builds(
    Clock,
    st.sampled_from([*MOMENTS, datetime(2026, 6, 15, 12, tzinfo=UTC)]),
    st.sampled_from(ZONES),
    st.integers(0, 6),
    st.integers(1, 12),
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(node=expressions(), clock=clocks)
def test_for_every_expression_sql_says_what_python_says(opportunities: Company, node: Node, clock: Clock) -> None:
    company = Company(opportunities.connection, opportunities.opportunities, EvaluationContext(clock))
    answers = both(company, node)
    assert answers.python == answers.sql, to_text(node)
    if answers.kind is Kind.BOOLEAN:
        assert answers.found == [answer is True for answer in answers.python], to_text(node)


@pytest.mark.parametrize("zone", ZONES)
def test_in_every_zone_days_start_when_the_calendar_says(opportunities: Company, zone: str) -> None:
    there = EvaluationContext(Clock(datetime(2026, 6, 15, 12, tzinfo=UTC), zone))
    company = Company(opportunities.connection, opportunities.opportunities, there)
    for text in ("datetime(close_date)", "date(created_at)", "add_days(created_at, 1)", "add_months(called_at, 8)"):
        answers = both(company, text)
        assert answers.python == answers.sql


@settings(max_examples=EXAMPLES, deadline=None)
@given(expressions())
def test_text_and_json_give_the_same_tree_back(node: Node) -> None:
    assert parse(to_text(node)) == node
    assert from_json(to_json(node)) == node
