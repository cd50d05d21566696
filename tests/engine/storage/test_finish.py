"""The last statements of a transaction and its commit in one round trip."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from relata.engine.storage.database import Database
from relata.foundation.errors import RelataError
from relata.testing.house import fresh_database


@pytest_asyncio.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    """An empty database with one table."""
    opened = await Database(await fresh_database(postgres_url), pool_size=2).open()
    async with opened.transaction() as connection:
        await connection.execute("create table word (text text primary key)")
    yield opened
    await opened.close()


async def words(database: Database) -> list[str]:
    async with database.read() as connection:
        return [text for (text,) in await connection.fetch("select text from word order by text")]


async def test_what_was_finished_is_there_before_the_block_ends(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("insert into word values ('a')")
        rows = await connection.finish([("insert into word values ('b')", None), ("select count(*) from word", None)])
        assert rows == [(2,)]
        assert await words(database) == ["a", "b"]


async def add_twice(database: Database, word: str) -> None:
    async with database.transaction() as connection:
        await connection.execute("insert into word values (%s)", (word,))
        await connection.finish([("insert into word values (%s)", (word,)), ("select 1", None)])


async def test_a_failure_on_the_way_leaves_nothing(database: Database) -> None:
    with pytest.raises(RelataError):
        await add_twice(database, "a")
    assert await words(database) == []


async def test_it_may_be_the_first_that_a_transaction_does(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.finish([("insert into word values ('c') returning text", None)])
    assert await words(database) == ["c"]


async def test_a_connection_works_on_after_a_finished_transaction(database: Database) -> None:
    for text in ("d", "e", "f"):
        async with database.transaction() as connection:
            await connection.finish([("insert into word values (%s) returning text", (text,))])
    assert await words(database) == ["d", "e", "f"]
