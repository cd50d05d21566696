"""A database of its own for tests of who comes in: system tables, one workspace, its people and teams."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg.conninfo import make_conninfo

from relata.engine.identity import memberships, passwords
from relata.engine.identity.objects import TEAM, USER
from relata.engine.identity.tables import MIGRATIONS
from relata.engine.storage import migrations, planner
from relata.engine.storage.database import Database
from relata.engine.storage.tables import table_spec
from relata.foundation.ids import new_id

PASSWORD = "four unrelated words"
SCHEMA = "w_identity"


@dataclass(frozen=True, slots=True)
class Ground:
    """The database and the one workspace in it."""

    database: Database
    workspace: UUID


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account, PASSWORD as the password, and a row in the workspace's `user` table."""

    account: UUID
    user: UUID
    email: str


@contextlib.asynccontextmanager
async def identity_ground(url: str, more: Sequence[migrations.Migration] = ()) -> AsyncIterator[Ground]:
    """A new database on the server at `url`, migrated; dropped in the end. more: steps of packages above."""
    name = f"identity_{new_id().hex}"
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as server:
        await server.execute(f"create database {name}".encode())
        database = await Database(make_conninfo(url, dbname=name), pool_size=4).open()
        try:
            yield Ground(database, await _prepare(database, more))
        finally:
            await database.close()
            await server.execute(f"drop database {name} with (force)".encode())


async def make_person(ground: Ground, *, name: str = "Anna Brandt") -> Person:
    """A new person who belongs to the workspace."""
    person = Person(new_id(), new_id(), f"{new_id().hex}@example.com")
    async with ground.database.transaction() as connection:
        await connection.execute(
            "insert into relata.account (id, email, password_hash) values (%s, %s, %s)",
            (person.account, person.email, _password_hash()),
        )
        await connection.execute(
            f'insert into {SCHEMA}."user" (id, name, email, status, roles) values (%s, %s, %s, %s, %s)',
            (person.user, name, person.email, "active", ["member"]),
        )
        await memberships.join(connection, person.account, ground.workspace, person.user)
    return person


@functools.cache
def _password_hash() -> str:
    """PASSWORD's, made once: argon2 is slow on purpose."""
    return passwords.HASHER.hash(PASSWORD)


async def _prepare(database: Database, more: Sequence[migrations.Migration]) -> UUID:
    await migrations.migrate_database(database, [*migrations.STORAGE, *MIGRATIONS, *more])
    workspace = new_id()
    async with database.transaction() as connection:
        await connection.execute(
            "insert into relata.workspace (id, key, schema, name) values (%s, %s, %s, %s)",
            (workspace, "acme", SCHEMA, "Acme"),
        )
        await migrations.migrate_schema(connection, migrations.STORAGE, SCHEMA)
    await planner.synchronise(database, SCHEMA, [table_spec(USER), table_spec(TEAM)])
    return workspace
