"""The same expression for the same records, by both back ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa
from psycopg.types.json import Jsonb
from tests.engine.formula.asking import DIALECT
from tests.engine.formula.company import METADATA, TABLES, THINGS, CompanyColumns, CompanyScope, Record

from relata.engine.formula import (
    EvaluationContext,
    Kind,
    Node,
    Params,
    check,
    compile_currency,
    compile_sql,
    evaluate,
    parse,
)
from relata.foundation.clock import Clock
from relata.foundation.money import Money

SCOPE = CompanyScope("opportunity")
ME = UUID(int=0x7000_8000_0000_0000_0000 + 1)


def person(number: int) -> UUID:
    return UUID(f"00000000-0000-7000-8000-{number:012d}")


@dataclass
class Company:
    """Records in memory, and the same in the tables of a connection."""

    connection: psycopg.Connection[Any]
    opportunities: list[Record]
    context: EvaluationContext = field(
        default_factory=lambda: EvaluationContext(
            Clock(datetime(2026, 6, 15, 21, 30, tzinfo=UTC), "Europe/Berlin"),
            person(1),
            person(2),
            (person(1), person(2)),
        )
    )


@dataclass
class Answers:
    """One per opportunity. found: whether the expression as a filter finds it."""

    kind: Kind
    python: list[object]
    sql: list[object]
    found: list[bool]


def both(company: Company, expression: str | Node) -> Answers:
    node = parse(expression) if isinstance(expression, str) else expression
    checked = check(node, SCOPE)
    python = [_listed(evaluate(checked, record, company.context)) for record in company.opportunities]
    table = TABLES["opportunity"]
    columns = CompanyColumns("opportunity", table)
    params = Params("f")
    value = compile_sql(checked, columns, params, as_value=True)
    currency = compile_currency(checked, columns, params) if checked.type.kind is Kind.MONEY else sa.null()
    condition = compile_sql(checked, columns, params) if checked.type.kind is Kind.BOOLEAN else sa.null()
    query = sa.select(value, currency, condition).select_from(table).order_by(table.c.id)
    values = params.values(checked.literals, company.context)
    rows = company.connection.execute(str(query.compile(dialect=DIALECT)), values, prepare=False).fetchall()
    return Answers(
        checked.type.kind, python, [_value(row[0], row[1]) for row in rows], [row[2] is True for row in rows]
    )


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _value(value: Any, currency: Any) -> object:
    return Money(value, currency) if currency is not None else value


def store(connection: psycopg.Connection[Any], opportunities: Sequence[Record]) -> None:
    """Replaces the content of all tables."""
    connection.execute(f"truncate {', '.join(THINGS)}")
    rows: dict[str, dict[UUID, Record]] = {name: {} for name in THINGS}
    for opportunity in opportunities:
        _gather("opportunity", opportunity, rows)
    for name, records in rows.items():
        for record in records.values():
            _insert(connection, name, record)


def _gather(name: str, record: Record, rows: dict[str, dict[UUID, Record]]) -> None:
    if record.values["id"] in rows[name]:
        return
    rows[name][record.values["id"]] = record
    for link, target in THINGS[name].links.items():
        if record.values.get(link) is not None:
            _gather(target, record.values[link], rows)
    for relation, (target, _) in THINGS[name].relations.items():
        for child in record.related.get(relation, []):
            _gather(target, child, rows)


def _insert(connection: psycopg.Connection[Any], name: str, record: Record) -> None:
    row: dict[str, Any] = {}
    for key, value in record.values.items():
        if isinstance(value, Money):
            row[key], row[f"{key}_currency"] = value.amount, value.currency
        elif isinstance(value, Record):
            row[f"{key}_id"] = value.values["id"]
        elif key in THINGS[name].links:
            row[f"{key}_id"] = value
        else:
            row[key] = Jsonb(value) if isinstance(value, dict) else value
    places = ", ".join(f"%({key})s" for key in row)
    connection.execute(f"insert into {name} ({', '.join(row)}) values ({places})", row)


def create_tables(connection: psycopg.Connection[Any]) -> None:
    for table in METADATA.sorted_tables:
        connection.execute(f"drop table if exists {table.name}")
        connection.execute(str(sa.schema.CreateTable(table).compile(dialect=DIALECT)))


def typical_company(connection: psycopg.Connection[Any]) -> Company:
    """Six opportunities, from complete to empty."""
    create_tables(connection)
    opportunities = _typical()
    store(connection, opportunities)
    return Company(connection, opportunities)


def _typical() -> list[Record]:
    acme = Record({"id": person(1), "name": "Acme", "industry": "software", "employees": 40})
    globex = Record({"id": person(2), "name": "Globex", "industry": None, "revenue": Money(Decimal(5), "USD")})
    anna = Record({"id": person(1), "name": "Anna"})
    full = {
        "account": acme,
        "owner": anna,
        "name": "ÄcmÉ straße x%",
        "notes": "X%",
        "stage": "won",
        "tags": ["vip", "late"],
        "scores": [Decimal(1), Decimal("2.0")],
        "amount": Money(Decimal("20000.10"), "EUR"),
        "budget": Money(Decimal(100), "EUR"),
        "probability": Decimal(30),
        "factor": Decimal("2.5"),
        "seats": 3,
        "is_hot": True,
        "is_new": False,
        "close_date": date(2026, 7, 31),
        "start_date": date(2026, 6, 14),
        "created_at": datetime(2026, 6, 14, 22, 30, tzinfo=UTC),
        "called_at": datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        "effort": timedelta(hours=3, microseconds=1),
        "spent": timedelta(minutes=90),
        "extra": {"a": 1},
    }
    empty: dict[str, Any] = dict.fromkeys(full)
    changes: list[dict[str, Any]] = [
        full,
        full | {"stage": "lost", "account": globex, "budget": Money(Decimal(100), "USD"), "factor": Decimal(0)},
        full | {"stage": None, "amount": Money(Decimal(100), "EUR"), "notes": " 12.50 ", "owner": None, "seats": 2**40},
        full | {"budget": None, "close_date": date(2026, 6, 15), "tags": [], "factor": Decimal("-7.125"), "extra": {}},
        empty | {"name": "", "is_new": True},
        empty | {"name": "ΑΣ", "is_new": False, "close_date": date(2026, 6, 14), "created_at": full["created_at"]},
    ]
    return [_opportunity(number, values) for number, values in enumerate(changes, start=1)]


def _opportunity(number: int, values: dict[str, Any]) -> Record:
    record = Record({"id": person(number), **values}, {"activities": []})
    for index in range(number):
        record.related["activities"].append(
            Record(
                {
                    "id": person(number * 100 + index),
                    "opportunity": record,
                    "kind": ["call", "mail"][index % 2],
                    "at": datetime(2026, 6, 1 + index * 3, tzinfo=UTC),
                    "cost": Money(Decimal(index * 7), "EUR") if index else None,
                }
            )
        )
    return record
