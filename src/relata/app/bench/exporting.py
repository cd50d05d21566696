"""Contacts as CSV and JSON lines, through the door, beside the same rows by PostgreSQL's own COPY; and a report of as
many groups as there are contacts as each kind of file."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from functools import partial

import psutil

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_least, at_most
from relata.engine.query.request import Query
from relata.engine.reporting.definition import Definition, Grouping, Measure
from relata.engine.reporting.every_group import every_group
from relata.engine.reporting.running import run
from relata.engine.storage.planner import quoted
from relata.engine.transfer.exporting import FORMATS, export_records
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.web.ground import formatter
from relata.interfaces.web.reports.files import MEDIA_TYPES, file_of
from relata.interfaces.web.reports.sheet import sheet_of

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
    for form in MEDIA_TYPES:
        groups, speed = await _report(bench, form)
        figures.append(at_least(f"Report of {groups:,} groups as {form.upper()}", speed, "rows/s", _LEAST))
    grown = (process.memory_info().rss - before) / 1e6
    return [*figures, at_most("Memory that the exports take", grown, "MB", _MOST_MB)]


async def _report(bench: Bench, form: str) -> tuple[int, float]:
    """Its groups, and how many of them a second come to be in the file."""
    rows = (Grouping(path="name"), Grouping(path="account"))
    definition = Definition(object="contact", rows=rows, measures=(Measure(), Measure(function="max", path="birthday")))

    async def write(work: Workspace) -> int:
        result = await run(work, definition, seconds=60)
        words = formatter(work)
        found = sheet_of(result, words) if result.is_whole else await every_group(work, definition, result)
        with await file_of(form, "Contacts", found, words) as file:
            return sum(1 for _line in file) - 1 if form != "xlsx" else bench.options.contacts

    began = time.perf_counter()
    groups = await bench.house.door.run(MAIN, bench.administrator.id, write, read_only=True)
    return groups, groups / (time.perf_counter() - began)


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
