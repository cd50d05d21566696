"""A database of its own for each test file, so that queues, logs and indexes of others are not in the way."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
import pytest_asyncio
from psycopg.conninfo import make_conninfo

from relata.engine.files.tables import MIGRATIONS as FILES
from relata.engine.history.tables import MIGRATIONS as HISTORY
from relata.engine.jobs.tables import MIGRATIONS as JOBS
from relata.engine.search.tables import MIGRATIONS as SEARCH
from relata.engine.storage.database import Database
from relata.engine.storage.migrations import STORAGE, Migration, migrate_database, migrate_schema

_numbers = itertools.count(1)
#: The steps that the tests of the engine need.
STEPS: tuple[Migration, ...] = (*STORAGE, *HISTORY, *JOBS, *SEARCH, *FILES)


@pytest.fixture(scope="module")
def database_url(postgres_url: str) -> Iterator[str]:
    """libpq's address of an empty database that lives as long as the test file."""
    name = f"engine_{next(_numbers)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"create database {name} template template0".encode())
        yield make_conninfo(postgres_url, dbname=name)
        connection.execute(f"drop database {name} with (force)".encode())


@pytest_asyncio.fixture(scope="module")
async def database(database_url: str) -> AsyncIterator[Database]:
    """Open and migrated."""
    found = await Database(database_url, pool_size=12).open()
    await migrate_database(found, STEPS)
    yield found
    await found.close()


@pytest_asyncio.fixture
async def schema(database: Database) -> AsyncIterator[str]:
    """A workspace's schema with the system's tables, for one test."""
    name = f"w{next(_numbers)}"
    async with database.transaction() as connection:
        await migrate_schema(connection, STEPS, name)
    yield name
    async with database.transaction() as connection:
        await connection.execute(f"drop schema {name} cascade")
        await connection.execute("delete from relata.migration where scope = %s", (name,))
