"""Ten million contacts in a quarter of an hour: a first part as in every size, and copies of it with other ids and
names; the search's entries by COPY from two processes; indexes at the end. Contacts and accounts alone, without their
log: enough for what one list, get, create and search cost. Copies are found by the words of their originals."""

from __future__ import annotations

import asyncio
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
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

_ROWS, _ENTRIES, _PROCESSES = 125_000, 10_000, 2
#: Rows made in parts at once may come before those that they point at, and all of these come.
UNCHECKED = "set session_replication_role = replica"
#: Contacts that are not copies; what the database makes of thin air takes seven times as long as what it copies.
_FIRST = 1_250_000
#: The id of what came so many milliseconds later.
_LATER = (
    "(lpad(to_hex(('x' || left(replace({0}::text, '-', ''), 12))::bit(48)::bigint + {1}), 12, '0')"
    " || substr(replace({0}::text, '-', ''), 13))::uuid"
)
_TABLES = ("account", "contact", "_search")
_COLUMNS = """
    select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped
    and attgenerated = ''
"""
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
        kept = {table: dropped(connection, schema, table) for table in _TABLES}
        first = min(options.contacts, _FIRST)
        accounts, contacts = companies(options)[:2]
        for rows in (accounts, replace(contacts, count=first)):
            with ThreadPoolExecutor(_PROCESSES) as pool:
                list(pool.map(partial(_insert, url, space, rows, number), range(1, rows.count + 1, _ROWS)))
        share = first // _PROCESSES
        workers = [
            multiprocessing.get_context("spawn").Process(target=_index, args=(url, home, at * share, share))
            for at in range(_PROCESSES)
        ]
        for worker in workers:
            worker.start()
        made(connection, space, "account", kept["account"])
        for worker in workers:
            worker.join()
            assert worker.exitcode == 0
        copies = range(1, options.contacts // first)
        with ThreadPoolExecutor(_PROCESSES) as pool:
            list(pool.map(partial(_copy, url, space, first), copies))
            list(pool.map(partial(_finish, url, space, kept), ("contact", "_search")))


def dropped(connection: psycopg.Connection[Any], schema: str, table: str) -> list[str]:
    """Every index that is no constraint; what makes it again."""
    found = connection.execute(_INDEXES, (schema, table)).fetchall()
    for name, _definition in found:
        connection.execute(f"drop index {quoted(schema)}.{quoted(name)}".encode())
    return [definition for _name, definition in found]


def made(connection: psycopg.Connection[Any], space: str, table: str, definitions: list[str]) -> None:
    """Each again, and statistics."""
    for definition in definitions:
        connection.execute(definition.encode())
    connection.execute(f"vacuum analyze {space}.{table}".encode())


def _insert(url: str, space: str, rows: Rows, number: int, low: int) -> None:
    """Some of them, by the statement of every other size without what writes the log."""
    sql = insert_sql(space, rows, number)
    sql = sql[sql.index("insert into") : sql.index(" returning *")]
    values = {"low": low, "high": min(low + _ROWS - 1, rows.count), "total": rows.count}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(UNCHECKED)
        connection.execute(sql.encode(), values)


def _copy(url: str, space: str, first: int, which: int) -> None:
    """One copy of the first contacts and of their entries. An id tells a moment, so copies came later."""
    shift, bound = which * first * 60, id_of("contact", str(first))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(UNCHECKED)
        names = [name for (name,) in connection.execute(_COLUMNS, (f"{space}.contact",)).fetchall()]
        said = {"id": _LATER.format("id", shift), "name": f"name || '-{which}'", "email": f"'{which}.' || email"}
        chosen = ", ".join(said.get(name, quoted(name)) for name in names)
        columns = ", ".join(map(quoted, names))
        source = f"{space}.contact where id <= {bound}"
        connection.execute(f"insert into {space}.contact ({columns}) select {chosen} from {source}".encode())
        connection.execute(
            f"insert into {space}._search (record, object, version, title, texts, codes) select"
            f" {_LATER.format('record', shift)}, object, version, title || ' {which}', texts, codes"
            f" from {space}._search where record <= {bound}".encode()
        )


def _finish(url: str, space: str, kept: dict[str, list[str]], table: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set maintenance_work_mem = '1GB'")
        made(connection, space, table, kept[table])


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
