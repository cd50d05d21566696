"""Ten million contacts in half an hour: rows without indexes, then the indexes, and the search's entries by COPY from
two processes. Contacts and accounts alone, without their log: enough for what one list, get, create and search cost."""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from relata.app.assembly import MAIN, House
from relata.app.bench.records import Rows, companies, id_of, insert_sql
from relata.app.bench.sizes import Options
from relata.app.settings import Settings
from relata.engine.search.index import entry_of
from relata.engine.search.indexed import column_names, indexed_fields
from relata.engine.storage.copy_format import line_of
from relata.engine.storage.planner import quoted

_ROWS, _ENTRIES, _PROCESSES = 250_000, 10_000, 2
_TABLES = ("account", "contact", "_search")
_INDEXES = """
    select indexname, indexdef from pg_indexes where schemaname = %s and tablename = %s
    and indexname not in (select conname from pg_constraint)
"""


async def fill(house: House, options: Options) -> None:
    """The records, their indexes, and the entries of the contacts; roll-ups stay empty."""
    context = await house.door.context(MAIN)
    await asyncio.to_thread(_fill, house.database.url, house.settings.home, context.schema, options,
                            context.numbers["account"])  # fmt: skip


def _fill(url: str, home: Path, schema: str, options: Options, number: int) -> None:
    space = quoted(schema)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set maintenance_work_mem = '1GB'")
        kept = {table: _dropped(connection, schema, table) for table in _TABLES}
        for rows in companies(options)[:2]:
            with ThreadPoolExecutor(_PROCESSES) as pool:
                list(pool.map(partial(_insert, url, space, rows, number), range(1, rows.count + 1, _ROWS)))
        share = options.contacts // _PROCESSES
        workers = [
            multiprocessing.get_context("spawn").Process(target=_index, args=(url, home, at * share, share))
            for at in range(_PROCESSES)
        ]
        for worker in workers:
            worker.start()
        for table in ("account", "contact"):
            _made(connection, space, table, kept[table])
        for worker in workers:
            worker.join()
            assert worker.exitcode == 0
        _made(connection, space, "_search", kept["_search"])


def _dropped(connection: psycopg.Connection[Any], schema: str, table: str) -> list[str]:
    found = connection.execute(_INDEXES, (schema, table)).fetchall()
    for name, _definition in found:
        connection.execute(f"drop index {quoted(schema)}.{quoted(name)}".encode())
    return [definition for _name, definition in found]


def _made(connection: psycopg.Connection[Any], space: str, table: str, definitions: list[str]) -> None:
    for definition in definitions:
        connection.execute(definition.encode())
    connection.execute(f"vacuum analyze {space}.{table}".encode())


def _insert(url: str, space: str, rows: Rows, number: int, low: int) -> None:
    """Some of them, by the statement of every other size without what writes the log."""
    sql = insert_sql(space, rows, number)
    sql = sql[sql.index("insert into") : sql.index(" returning *")]
    values = {"low": low, "high": min(low + _ROWS - 1, rows.count), "total": rows.count}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.encode(), values)


def _index(url: str, home: Path, first: int, count: int) -> None:
    """Entries of a run of contacts, in a process of its own."""
    settings = Settings.from_environment({"RELATA_HOME": str(home), "RELATA_DATABASE_URL": url})

    async def looked_up() -> tuple[str, Any]:
        async with House.of(settings, url) as house:
            context = await house.door.context(MAIN)
            return quoted(context.schema), context.registry.get("contact")

    space, one = asyncio.run(looked_up())
    fields = indexed_fields(one)
    names = ("id", "version", *(name for field in fields.values() for name in column_names(field)))
    select = f"select {', '.join(map(quoted, names))} from {space}.contact where id between {{}} and {{}}"
    copy = f"copy {space}._search (record, object, version, title, texts, codes) from stdin"
    with psycopg.connect(url, autocommit=True) as connection:
        for low in range(first + 1, first + count + 1, _ENTRIES):
            high = min(low + _ENTRIES - 1, first + count)
            ids = (id_of("contact", str(low)), id_of("contact", str(high)))
            rows = connection.execute(select.format(*ids).encode()).fetchall()
            with connection.cursor().copy(copy.encode()) as sink:
                sink.write("".join(_line(entry_of(one, fields, row)) for row in rows))


def _line(entry: dict[str, Any]) -> str:
    record: UUID = entry["record"]
    texts = msgspec.json.encode(entry["texts"]).decode()
    return line_of((record, "contact", entry["version"], entry["title"], texts, entry["codes"])) + "\n"
