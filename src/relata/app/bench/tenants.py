"""Many workspaces in one database: what one more costs in time, catalogue and memory. Runs when it is named."""

from __future__ import annotations

import time

import psutil

from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_most
from relata.app.migrations import MIGRATIONS
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.workspace import configure
from relata.engine.workspace.context import Settings

#: What a database is meant to hold; `quick` is for seeing that it works.
MANY, FEW = 200, 10


async def measure(bench: Bench) -> list[Figure]:
    """Makes the workspaces, then touches every table of all with one connection."""
    house, count = bench.house, FEW if bench.options.quick else MANY
    took, before = [], await _catalogue(bench)
    for at in range(count):
        started = time.perf_counter()
        await configure.create_workspace(house.door, MIGRATIONS, f"tenant_{at}", Settings(name=f"Tenant {at}"))
        took.append(time.perf_counter() - started)
        house.door.forget(f"tenant_{at}")
    after = await _catalogue(bench)
    tables, fresh, touched = await _touch(bench)
    tenth = max(1, count // 10)
    first, last = sum(took[:tenth]) / tenth, sum(took[-tenth:]) / tenth
    note = f"of {count}; the first {first:.2f} s"
    return [
        at_most("One more workspace, made last", last, "s", 3 * first, note=note, target="at most 3x the first"),
        Figure("Tables in the database", tables, "tables"),
        Figure("Catalogue, each workspace", (after[0] - before[0]) / count / 1e6, "MB"),
        Figure("Database, each workspace", (after[1] - before[1]) / count / 1e6, "MB"),
        Figure("A new connection", fresh / 1e6, "MB"),
        Figure(
            "A connection that touched every table", touched / 1e6, "MB", note="the pool closes it after half an hour"
        ),
    ]


async def _catalogue(bench: Bench) -> tuple[int, int]:
    """Bytes of PostgreSQL's own tables, and of the whole database."""
    async with bench.house.database.read() as connection:
        row = await connection.fetch_one(
            "select (select sum(pg_total_relation_size(oid)) from pg_class"
            " where relnamespace = 'pg_catalog'::regnamespace and relkind = 'r')::bigint,"
            " pg_database_size(current_database())"
        )
    assert row is not None
    return int(row[0]), int(row[1])


async def _touch(bench: Bench) -> tuple[int, int, int]:
    """How many tables there are, and the private bytes of the connection's process before and after reading each."""
    async with bench.house.database.read() as connection:
        names = await connection.fetch(
            "select schemaname, tablename from pg_tables where schemaname like %s order by 1, 2", ("w\\_%",)
        )
        fresh = await _memory(connection)
        for schema, name in names:
            await connection.fetch(f"select * from {quoted(schema)}.{quoted(name)} limit 1")
        return len(names), fresh, await _memory(connection)


async def _memory(connection: Connection) -> int:
    row = await connection.fetch_one("select pg_backend_pid()")
    assert row is not None
    return int(psutil.Process(row[0]).memory_full_info().uss)
