"""The change planner: from what is declared and what exists to the steps between, and their safe execution.

Locks are tried for 80 ms and again, never waited for: with a long timeout every reader queues behind the waiting lock.
Indexes on tables that have rows are built concurrently. Columns are only added here; dropping one is a person's
decision.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from relata.engine.storage.catalogue import Existing, read
from relata.engine.storage.database import Database
from relata.engine.storage.tables import ColumnSpec, IndexSpec, TableSpec
from relata.foundation.errors import LimitReached, Unavailable

T = TypeVar("T")
LOCK_TIMEOUT_MS = 80
#: 80 ms of waiting and up to 1 s of pause each: about a minute of patience with a busy table.
LOCK_TRIES = 80
_NAME = re.compile(r"^[a-z_][a-z0-9_]{0,62}$")


@dataclass(frozen=True, slots=True)
class Step:
    """One DDL statement. concurrent: must run outside a transaction."""

    sql: str
    concurrent: bool = False


def quoted(name: str) -> str:
    """An identifier for SQL; ValueError for one that our own rules do not allow."""
    if not _NAME.match(name):
        raise ValueError(f"not an identifier: {name!r}")
    return f'"{name}"'


def plan(schema: str, wanted: Iterable[TableSpec], existing: dict[str, Existing]) -> list[Step]:
    """The steps that make `existing` what is `wanted`, in an order that works."""
    tables: list[Step] = []
    columns: list[Step] = []
    indexes: list[Step] = []
    references: list[Step] = []
    for spec in wanted:
        have = existing.get(spec.name)
        if have is None:
            tables.append(Step(_create_table(schema, spec)))
        else:
            columns.extend(_missing_columns(schema, spec, have))
        indexes.extend(_missing_indexes(schema, spec, have))
        references.extend(_missing_references(schema, spec, have))
    return [*_sequences(schema, wanted), *tables, *columns, *indexes, *references]


def _sequences(schema: str, wanted: Iterable[TableSpec]) -> list[Step]:
    found = []
    for spec in wanted:
        for column in spec.columns:
            if "__seq" in column.default:
                name = column.default.split(".")[-1].split("'")[0]
                found.append(Step(f"create sequence if not exists {quoted(schema)}.{quoted(name)}"))
    return found


def _create_table(schema: str, spec: TableSpec) -> str:
    lines = [_column_ddl(schema, column) for column in spec.columns]
    lines.append(f"primary key ({', '.join(map(quoted, spec.primary_key))})")
    return f"create table {quoted(schema)}.{quoted(spec.name)} ({', '.join(lines)}) with (fillfactor = 90)"


def _column_ddl(schema: str, column: ColumnSpec) -> str:
    default = f" default {column.default.replace('{schema}', schema)}" if column.default else ""
    return f"{quoted(column.name)} {column.sql_type}{' not null' if column.not_null else ''}{default}"


def _missing_columns(schema: str, spec: TableSpec, have: Existing) -> list[Step]:
    table = f"{quoted(schema)}.{quoted(spec.name)}"
    return [
        Step(f"alter table {table} add column {_column_ddl(schema, column)}")
        for column in spec.columns
        if column.name not in have.columns
    ]


def _missing_indexes(schema: str, spec: TableSpec, have: Existing | None) -> list[Step]:
    steps = []
    for index in spec.indexes:
        if have is not None and short(index.name) in have.invalid:
            steps.append(
                Step(f"drop index concurrently if exists {quoted(schema)}.{quoted(short(index.name))}", concurrent=True)
            )
        if have is None or short(index.name) not in have.indexes:
            steps.append(Step(index_ddl(schema, spec.name, index, concurrently=have is not None), have is not None))
    return steps


def index_ddl(schema: str, table: str, index: IndexSpec, *, concurrently: bool) -> str:
    """The statement that builds an index."""
    columns = ", ".join(column if column.startswith("(") else quoted(column) for column in index.columns)
    return (
        f"create {'unique ' if index.unique else ''}index {'concurrently ' if concurrently else ''}"
        f"if not exists {quoted(short(index.name))} on {quoted(schema)}.{quoted(table)} using {index.method}"
        f" ({columns})"
        + (f" include ({', '.join(map(quoted, index.include))})" if index.include else "")
        + (f" where {index.where}" if index.where else "")
    )


def _missing_references(schema: str, spec: TableSpec, have: Existing | None) -> list[Step]:
    steps = []
    for column, target, action in spec.references:
        name = short(f"fk__{spec.name}__{column}")
        if have is None or name not in have.constraints:
            late = " not valid" if have is not None else ""
            steps.append(
                Step(
                    f"alter table {quoted(schema)}.{quoted(spec.name)} add constraint {quoted(name)}"
                    f" foreign key ({quoted(column)}) references {quoted(schema)}.{quoted(target)} (id)"
                    f" on delete {action}{late}"
                )
            )
    return steps


def short(name: str) -> str:
    """PostgreSQL cuts identifiers at 63 bytes; ours keep a readable head and stay distinct."""
    if len(name) <= 63:
        return name
    tail = f"{sum(ord(letter) * 31**place for place, letter in enumerate(name)) % 16**8:08x}"
    return f"{name[:54]}_{tail}"


async def apply(database: Database, steps: Sequence[Step]) -> None:
    """Run the steps; those that need no transaction of their own share one. Safe to run again after a crash."""
    together = [step for step in steps if not step.concurrent]
    if together:
        await _locking(database, [step.sql for step in together])
    for step in steps:
        if step.concurrent:
            async with database.read() as connection:
                await connection.execute(step.sql)


async def _locking(database: Database, statements: Sequence[str]) -> None:
    async def attempt() -> None:
        async with database.transaction() as connection:
            await connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT_MS}ms'")
            for sql in statements:
                await connection.execute(sql)

    await patiently(attempt)


async def patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """`attempt` again and again while its lock is not to be had at once. Unavailable when patience ends."""
    for tries in range(LOCK_TRIES):
        try:
            return await attempt()
        except LimitReached as error:
            if error.code != "try_again":
                raise
            await asyncio.sleep(min(0.05 * (tries + 1), 1.0))
    raise Unavailable("The table is busy; the change was not made.", code="busy", hint="Try again in a quiet minute.")


async def synchronise(database: Database, schema: str, wanted: Sequence[TableSpec]) -> list[Step]:
    """Bring a schema to what is wanted; the steps that were needed."""
    async with database.read() as connection:
        existing = await read(connection, schema)
    steps = plan(schema, wanted, existing)
    await apply(database, steps)
    return steps
