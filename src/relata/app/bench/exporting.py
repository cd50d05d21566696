"""Contacts as CSV and JSON lines, through the door, beside the same rows by PostgreSQL's own COPY."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from functools import partial

import psutil

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_least, at_most
from relata.engine.query.request import Query
from relata.engine.storage.planner import quoted
from relata.engine.transfer.exporting import FORMATS, export_records

_LEAST, _MOST_MB = 50_000, 60
_FIELDS = ("id", "name", "job_title", "department", "account.name", "email", "phone", "language", "lifecycle_stage")
#: So many rows at least, however small the company is.
_ROWS = 100_000


async def measure(bench: Bench) -> list[Figure]:
    """Rows a second, and the memory that stays taken meanwhile."""
    process = psutil.Process()
    before = process.memory_info().rss
    context = await bench.house.door.context(MAIN)
    who, table = bench.administrator.id, f"{quoted(context.schema)}.contact"
    floor = await _floor(bench, table)
    figures = []
    for form in FORMATS:
        query = Query("contact", fields=_FIELDS)
        door = bench.house.door
        speed = await _speed(partial(export_records, door, MAIN, who, query, form))
        figures.append(at_least(f"Export as {form.upper()}", speed, "rows/s", _LEAST, note=f"COPY {floor:,.0f}"))
    grown = (process.memory_info().rss - before) / 1e6
    return [*figures, at_most("Memory that the exports take", grown, "MB", _MOST_MB)]


async def _speed(begin: Callable[[], AsyncIterator[str]]) -> float:
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
