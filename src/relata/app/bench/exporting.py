"""A list of every contact as CSV: how fast the rows leave, and what memory that takes,
beside PostgreSQL's own copy.""", """Contacts as CSV and JSON lines, through the door,
beside the same rows by PostgreSQL's own COPY.""",

from __future__ import annotations

import time

import psutil
from psycopg import AsyncConnection

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_least, at_most
from relata.engine.query.request import Query
from relata.engine.storage.planner import quoted
from relata.engine.transfer.exporting import export_csv

#: What a person would take along.
_FIELDS = ("id", "name", "email", "account", "owner", "created_at")
_LEAST_ROWS, _MOST_MB = 50_000, 60


async def measure(bench: Bench) -> list[Figure]:
    """For the administrator. The floor counts rows of the same columns that `copy` writes."""
    process = psutil.Process()
    before = most = process.memory_info().rss
    rows, started = -1, time.perf_counter()
    async for piece in export_csv(bench.house.door, MAIN, bench.administrator.id, Query("contact", fields=_FIELDS)):
        rows += piece.count("\n")
        most = max(most, process.memory_info().rss)
    rate = rows / (time.perf_counter() - started)
    floor = await _copied(bench)
    grown = (most - before) / 1e6
    note = f"{rows:,} rows; copy alone {floor:,.0f} rows/s, {floor / rate:.1f} times as many"
    return [
        at_least("Export of every contact as CSV", rate, "rows/s", _LEAST_ROWS, note=note),
        at_most("Memory that the export takes", grown, "MB", _MOST_MB),
    ]


async def _copied(bench: Bench) -> float:
    """Rows a second."""
    space = quoted((await bench.house.door.context(MAIN)).schema)
    sql = f"copy (select id, name, email, account, owner, created_at from {space}.contact where deleted_at is null)"
    started, rows = time.perf_counter(), 0
    async with (
        await AsyncConnection.connect(bench.url) as connection,
        connection.cursor() as cursor,
        cursor.copy(sql + " to stdout with csv") as copy,
    ):
        async for block in copy:
            rows += bytes(block).count(b"\n")
    return rows / (time.perf_counter() - started)
from collections.abc import AsyncIterator, Callable
from relata.app.bench.figures import Figure, at_least
from relata.engine.transfer.exporting import FORMATS, export_records
_LEAST = 50_000
_FIELDS = ("id", "name", "job_title", "department", "account.name", "email", "phone", "language", "lifecycle_stage")
#: So many rows at least, however small the company is.
_ROWS = 100_000
    context = await bench.house.door.context(MAIN)
    who, table = bench.administrator.id, f"{quoted(context.schema)}.contact"
    floor = await _floor(bench, table)
    figures = []
    for form in FORMATS:
        query = Query("contact", fields=_FIELDS)
        speed = await _speed(
            bench, lambda form=form, query=query: export_records(bench.house.door, MAIN, who, query, form)
        )
        figures.append(at_least(f"Export as {form.upper()}", speed, "rows/s", _LEAST, note=f"COPY {floor:,.0f}"))
    return figures
async def _speed(bench: Bench, begin: Callable[[], AsyncIterator[str]]) -> float:
    rows, began = 0, time.perf_counter()
    while rows < _ROWS:
        async for piece in begin():
            rows += piece.count("\n")
    return rows / (time.perf_counter() - began)
async def _floor(bench: Bench, table: str) -> float:
    rows, began = 0, time.perf_counter()
    columns = "id, name, job_title, department, account, email, phone, language, lifecycle_stage"
    async with bench.house.database.transaction() as connection:
        while rows < _ROWS:
            sql = f"copy (select {columns} from {table} where deleted_at is null order by id) to stdout (format csv)"
            async for block in connection.copy_out(sql):
                rows += block.count(b"\n")
    return rows / (time.perf_counter() - began)
