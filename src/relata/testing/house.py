"""A furnished workspace for tests: real PostgreSQL, made by the migrations, rolled back after each test.

`house` is for tests of the engine and of modules: everything happens in one transaction that is never committed.
`open_house` is for tests that need several connections (web, workers): a workspace of its own with real commits.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio

from relata.app.migrations import MIGRATIONS
from relata.app.modules import discover
from relata.engine.metadata.module import Module
from relata.engine.secrets.ring import KeyRing
from relata.engine.storage.database import Connection, Database
from relata.engine.storage.database import configure as settings_of_connections
from relata.engine.storage.migrations import migrate_database
from relata.engine.workspace import configure
from relata.engine.workspace.context import Settings
from relata.engine.workspace.door import Door
from relata.engine.workspace.workspace import Workspace
from relata.foundation.ids import new_id
from relata.testing.kept import KeptDoor

#: The master key of furnished databases.
RING = KeyRing({"test": bytes(range(32))})


class RolledBack(Database):
    """A database whose units of work are savepoints in one transaction, undone by the fixture."""

    shared: Connection

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        yield self.shared

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with self.shared.savepoint():
            yield self.shared


class House:
    """One workspace and short ways into it."""

    def __init__(self, door: Door, key: str) -> None:
        self.door = door
        self.key = key

    def system(self) -> contextlib.AbstractAsyncContextManager[Workspace]:
        """A unit of work with every right."""
        return self.door.open(self.key, None, via="test")

    def as_person(self, user: UUID) -> contextlib.AbstractAsyncContextManager[Workspace]:
        """A unit of work of one person."""
        return self.door.open(self.key, user, via="test")

    async def person(self, name: str, *roles: str, **values: Any) -> UUID:
        """A new person with these roles; values: further fields, such as team."""
        async with self.system() as work:
            made = await work.create("user", {"name": name, "roles": list(roles or ("admin",)), **values})
        return made.id


async def furnish(database: Database, modules: Sequence[Module], key: str) -> Door:
    """A migrated database with one workspace of these modules."""
    await migrate_database(database, MIGRATIONS)
    door = Door(database, modules, RING)
    await configure.create_workspace(door, MIGRATIONS, key, Settings(name="Test company"))
    return door


async def fresh_database(url: str, template: str = "template0") -> str:
    """A new database beside the one that `url` names, empty or a copy of another that nobody uses; its address."""
    name = f"t_{new_id().hex}"
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        # copying files takes a third of what writing them page by page into the log does
        await connection.execute(f"create database {name} template {template} strategy file_copy encoding 'UTF8'")
    return psycopg.conninfo.make_conninfo(url, dbname=name)


@pytest.fixture(scope="session")
def house_modules() -> tuple[Module, ...]:
    """The modules of the test company; a test folder may override it."""
    return discover()


class Furnished:
    """The furnished databases of a session, by what is in them: test folders may want different modules."""

    def __init__(self) -> None:
        self._templates: dict[Hashable, str] = {}
        self._houses: dict[str, str] = {}

    async def once(self, url: str, what: Hashable, make: Callable[[str], Awaitable[None]]) -> str:
        """The name of the database that `make` filled, given its address. It is only copied: filling one takes seconds,
        a copy a fraction of one."""
        if what not in self._templates:
            fresh = await fresh_database(url)
            await make(fresh)
            self._templates[what] = str(psycopg.conninfo.conninfo_to_dict(fresh)["dbname"])
        return self._templates[what]

    async def template(self, url: str, modules: tuple[Module, ...]) -> str:
        """The name of one with a workspace of these modules."""

        async def make(fresh: str) -> None:
            database = await Database(fresh, pool_size=2).open()
            await furnish(database, modules, "main")
            await database.close()

        return await self.once(url, tuple(module.name for module in modules), make)

    async def house(self, url: str, template: str) -> str:
        """The address of the one copy in which nothing is ever committed."""
        if template not in self._houses:
            self._houses[template] = await fresh_database(url, template)
        return self._houses[template]


@pytest.fixture(scope="session")
def furnished() -> Furnished:
    """What this session has furnished so far."""
    return Furnished()


@pytest_asyncio.fixture
async def house_template(postgres_url: str, house_modules: tuple[Module, ...], furnished: Furnished) -> str:
    """The name of a furnished database with the modules that this test wants."""
    return await furnished.template(postgres_url, house_modules)


@pytest_asyncio.fixture
async def house(
    postgres_url: str, house_template: str, house_modules: tuple[Module, ...], furnished: Furnished
) -> AsyncIterator[House]:
    """The test company, as every test finds it and leaves it."""
    url = await furnished.house(postgres_url, house_template)
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as raw:
        await settings_of_connections(raw)
        await raw.execute("begin")
        database = RolledBack(url)
        database.shared = Connection(raw)
        yield House(KeptDoor(database, house_modules, RING), "main")
        await raw.execute("rollback")


@pytest_asyncio.fixture
async def open_house(postgres_url: str, house_template: str, house_modules: tuple[Module, ...]) -> AsyncIterator[House]:
    """A company of its own with real commits, for tests with several connections or processes."""
    url = await fresh_database(postgres_url, house_template)
    database = await Database(url, pool_size=8).open()
    yield House(KeptDoor(database, house_modules, RING), "main")
    await database.close()
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        await connection.execute(f"drop database {psycopg.conninfo.conninfo_to_dict(url)['dbname']} with (force)")
