"""Short ways to ask the language something in a test."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from tests.engine.formula.company import TABLES, CompanyColumns, CompanyScope, Record

from relata.engine.formula import BOOLEAN, Checked, EvaluationContext, Params, Type, check, compile_sql, evaluate, parse
from relata.foundation.clock import Clock
from relata.foundation.errors import Invalid, Problem

DIALECT: Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
OPPORTUNITY = CompanyScope("opportunity")
NOON = EvaluationContext(Clock(datetime(2026, 6, 15, 12, 0, tzinfo=UTC), "Europe/Berlin"))


def checked(text: str, expect: Type | None = None) -> Checked:
    return check(parse(text), OPPORTUNITY, expect=expect)


def answer(text: str, context: EvaluationContext = NOON, **values: Any) -> object:
    """For an opportunity that has only these values."""
    return evaluate(checked(text), Record(values), context)


def problem(text: str, expect: Type | None = None) -> Problem:
    """Why it is refused."""
    with pytest.raises(Invalid) as refusal:
        checked(text, expect)
    return refusal.value.problems[0]


def where(text: str) -> str:
    """As a filter in SQL."""
    columns = CompanyColumns("opportunity", TABLES["opportunity"])
    element = compile_sql(checked(text, BOOLEAN), columns, Params())
    sql = str(sa.select(sa.literal_column("1")).where(element).compile(dialect=DIALECT))
    return " ".join(sql.partition("WHERE ")[2].split()).replace("opportunity.", "")
