"""Brings a database to this version: which migrations there are, and which are pending."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from relata.app.settings import Settings
from relata.engine.access import tables as access
from relata.engine.history import tables as history
from relata.engine.identity import tables as identity
from relata.engine.jobs import tables as jobs
from relata.engine.storage import migrations
from relata.engine.storage.database import Database
from relata.interfaces.cli.port import Prepared

T = TypeVar("T")
MIGRATIONS = (
    *migrations.STORAGE,
    *history.MIGRATIONS,
    *access.MIGRATIONS,
    *identity.MIGRATIONS,
    *jobs.MIGRATIONS,
)


def prepare(settings: Settings, url: str) -> Prepared:
    """Runs what is pending. setup_link is None: there are no accounts yet that one could make."""
    names = asyncio.run(_with(url, lambda database: migrations.migrate_database(database, MIGRATIONS)))
    return Prepared(tuple(names), None)


def pending(url: str) -> list[str]:
    """Names of the migrations that this version wants and the database has not had; changes nothing."""

    async def ask(database: Database) -> list[str]:
        async with database.transaction() as connection:
            if await connection.fetch("select to_regclass('relata.migration')") == [(None,)]:
                return [step.name for step in MIGRATIONS if not step.workspace]
            return [step.name for step in await migrations.pending(connection, MIGRATIONS, "database")]

    return asyncio.run(_with(url, ask))


async def _with(url: str, use: Callable[[Database], Awaitable[T]]) -> T:
    database = await Database(url, pool_size=1).open()
    try:
        return await use(database)
    finally:
        await database.close()
