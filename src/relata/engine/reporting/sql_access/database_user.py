"""The database user of an access: what it may do, and what else is closed to everybody in this database."""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass
from uuid import UUID

import psycopg

from relata.engine.reporting.sql_access.constants import constant
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.foundation.errors import RelataError

#: What a session of this user begins with. It can ask for more time; `end_long_statements` ends what goes on even so.
SETTINGS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
    "lock_timeout": "5s",
}
MOST_SESSIONS = 5
#: After so many minutes a statement is ended from outside.
MOST_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Powers:
    """What Relata's own database user may do."""

    name: str
    database: str
    is_superuser: bool
    creates_users: bool


def name_for(access: UUID) -> str:
    """The name of the user and of its schema; no two clusters of one server share it."""
    return f"relata_bi_{access.hex[-12:]}"


def new_password() -> str:
    """160 random bits, in letters that need no quotes in an address."""
    return secrets.token_hex(20)


async def powers(connection: Connection) -> Powers:
    """Of whom the application is connected as."""
    row = await connection.fetch_one(
        "select rolname, current_database(), rolsuper, rolsuper or rolcreaterole from pg_roles"
        " where rolname = current_user"
    )
    assert row is not None
    return Powers(*row)


async def exists(connection: Connection, user: str) -> bool:
    """Whether the database has this user."""
    return bool(await connection.fetch("select 1 from pg_roles where rolname = %s and rolcanlogin", (user,)))


async def create(connection: Connection, mine: Powers, user: str, password: str) -> None:
    """Make the user, or give it a new password and end its sessions. PostgreSQL is sent the verifier, so that no log
    holds the password."""
    verifier = constant(_verifier(connection, user, password))
    if await exists(connection, user):
        await connection.execute(f"alter role {quoted(user)} login password {verifier}")
        await end_sessions(connection, user)
        return
    await connection.execute(
        f"create role {quoted(user)} login noinherit connection limit {MOST_SESSIONS} password {verifier}"
    )
    for statement in _settings(mine.database, user):
        await connection.execute(statement)
    if not mine.is_superuser:  # whoever ends its sessions must be one of its kind
        await connection.execute(f"grant {quoted(user)} to current_user")


def by_hand(mine: Powers, user: str) -> tuple[str, ...]:
    """What an administrator of the server runs, where Relata may not make users."""
    first = f"create role {quoted(user)} login noinherit connection limit {MOST_SESSIONS} password 'choose one'"
    return (first, *_settings(mine.database, user), f"grant {quoted(user)} to {quoted(mine.name)}")


def _settings(database: str, user: str) -> tuple[str, ...]:
    start = f"alter role {quoted(user)} in database {quoted(database)} set"
    found = [f"{start} {name} = '{value}'" for name, value in SETTINGS.items()]
    return (*found, f"{start} search_path = {quoted(user)}")


async def drop(connection: Connection, mine: Powers, user: str) -> None:
    """End the user, its sessions and its schema. A user that the server's administrator made stays, with nothing."""
    await end_sessions(connection, user)
    await connection.execute(f"drop schema if exists {quoted(user)} cascade")
    if mine.creates_users and await exists(connection, user):
        await connection.execute(f"revoke all on database {quoted(mine.database)} from {quoted(user)}")
        await connection.execute(f"drop role {quoted(user)}")


async def end_sessions(connection: Connection, user: str) -> None:
    """Whoever is connected as this user no longer is. Where the server does not allow it, their statements end by
    themselves, as the views are closed."""
    with contextlib.suppress(RelataError):
        async with connection.savepoint():
            await connection.fetch("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s", (user,))


async def end_long_statements(connection: Connection, users: list[str]) -> None:
    """End what these users have run for longer than five minutes; they may have taken themselves the time."""
    with contextlib.suppress(RelataError):
        async with connection.savepoint():
            await connection.fetch(
                "select pg_terminate_backend(pid) from pg_stat_activity where usename = any(%s)"
                f" and state <> 'idle' and xact_start < now() - interval '{MOST_MINUTES} minutes'",
                (users,),
            )


async def close_what_is_open(connection: Connection, mine: Powers) -> tuple[str, ...]:
    """Take from everybody what PostgreSQL gives to every user of a database: its schema `public`, temporary tables and
    large objects. What could not be taken, as statements for an administrator."""
    for statement in await _open_doors(connection, mine):
        with contextlib.suppress(RelataError):
            async with connection.savepoint():
                await connection.execute(statement)
    return await _open_doors(connection, mine)


async def _open_doors(connection: Connection, mine: Powers) -> tuple[str, ...]:
    database = constant(mine.database)
    rows = await connection.fetch(
        "select 'revoke all on schema public from public' where has_schema_privilege('public', 'public', 'usage')"
        f" union all select {constant(f'revoke temporary on database {quoted(mine.database)} from public')}"
        f" where has_database_privilege('public', {database}, 'temporary')"
        " union all select 'revoke execute on function ' || p.oid::regprocedure || ' from public' from pg_proc p"
        " where p.pronamespace = 'pg_catalog'::regnamespace and p.proname in ('lo_creat', 'lo_create', 'lo_from_bytea',"
        " 'lo_open', 'lo_put', 'lowrite', 'lo_unlink') and has_function_privilege('public', p.oid, 'execute')"
    )
    return tuple([statement for (statement,) in rows])


def _verifier(connection: Connection, user: str, password: str) -> str:
    raw: psycopg.AsyncConnection[tuple[object, ...]] = connection.raw
    return raw.pgconn.encrypt_password(password.encode(), user.encode(), b"scram-sha-256").decode()
