"""The queue's tables come with our own migrations."""

from __future__ import annotations

from relata.engine.jobs.tables import MIGRATIONS
from relata.engine.storage.database import Database
from relata.engine.storage.migrations import migrate_database


async def test_the_tables_lie_in_public_whatever_the_user_is_called(database: Database) -> None:
    async with database.read() as connection:
        rows = await connection.fetch(
            "select n.nspname::text, count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind = 'r' and c.relname like 'procrastinate%%' group by 1",
            (),
        )
    assert rows == [("public", 4)]


async def test_running_the_migrations_again_does_nothing(database: Database) -> None:
    assert await migrate_database(database, MIGRATIONS) == []
