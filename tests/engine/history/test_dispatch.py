"""The feed loses nothing, repeats nothing, invents nothing, however transactions interleave."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from relata.engine.history.delivery import retry_undelivered, undelivered
from relata.engine.history.dispatch import CHANNEL, Dispatcher
from relata.engine.history.feed import Change, last_feed, read_feed
from relata.engine.storage.database import Connection, Database
from relata.foundation.errors import LimitReached
from relata.foundation.ids import new_id

DEADLINE_SECONDS = 60


class Given:
    """A subscriber that remembers what it was given, and writes it down through its connection."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    async def __call__(self, connection: Connection, schema: str, changes: Sequence[Change]) -> None:
        self.changes.extend(changes)
        numbers = [change.feed for change in changes]
        await connection.execute(f"insert into {schema}.given select unnest(%s::bigint[])", (numbers,))


@pytest.fixture
def given() -> Given:
    return Given()


async def write(connection: Connection, schema: str, record: UUID, number: int = 0) -> None:
    await connection.execute(
        f"insert into {schema}._change (object, record, action, via, after)"
        " values ('account', %s, 'changed', 'api', %s)",
        (record, Jsonb({"number": number})),
    )


async def write_alone(database: Database, schema: str, record: UUID, number: int = 0) -> None:
    async with database.transaction() as connection:
        await write(connection, schema, record, number)


async def dispatcher_of(database: Database, schema: str, given: Given, batch: int = 1000) -> Dispatcher:
    async with database.transaction() as connection:
        await connection.execute(f"create table if not exists {schema}.given (feed bigint)")

    async def schemas() -> list[str]:
        return [schema]

    return Dispatcher(database, schemas, {"given": given}, batch=batch)


async def feed_of(database: Database, schema: str) -> list[Change]:
    async with database.read() as connection:
        return await read_feed(connection, schema, 0, 100_000)


async def test_numbers_are_gapless_and_in_order(database: Database, schema: str, given: Given) -> None:
    record = new_id()
    dispatcher = await dispatcher_of(database, schema, given, batch=4)
    for number in range(10):
        await write_alone(database, schema, record, number)
    counts = [await dispatcher.dispatch(schema) for _ in range(4)]
    assert counts == [4, 4, 2, 0]
    assert [change.feed for change in given.changes] == list(range(1, 11))
    assert [change.after["number"] for change in given.changes] == list(range(10))
    assert given.changes == await feed_of(database, schema)
    async with database.read() as connection:
        assert await last_feed(connection, schema) == 10
        assert [change.feed for change in await read_feed(connection, schema, 3, 2)] == [4, 5]


async def test_a_slow_transaction_comes_later_and_is_not_skipped(database: Database, schema: str, given: Given) -> None:
    slow, quick, late = new_id(), new_id(), new_id()
    dispatcher = await dispatcher_of(database, schema, given)
    await write_alone(database, schema, quick)
    async with database.transaction() as connection:
        await write(connection, schema, slow)
        await write_alone(database, schema, late)
        await dispatcher.dispatch(schema)
        assert [change.record for change in given.changes] == [quick]
        await dispatcher.dispatch(schema)
        assert [change.record for change in given.changes] == [quick]
    await dispatcher.dispatch(schema)
    assert [change.record for change in given.changes] == [quick, slow, late]


async def test_what_was_rolled_back_is_never_delivered(database: Database, schema: str, given: Given) -> None:
    dispatcher = await dispatcher_of(database, schema, given)
    kept, inner = new_id(), new_id()

    async def fail(record: UUID) -> None:
        async with database.transaction() as connection:
            await write(connection, schema, record)
            await dispatcher.dispatch(schema)
            raise ZeroDivisionError

    async def fail_inside(connection: Connection) -> None:
        async with connection.savepoint():
            await write(connection, schema, inner)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail(new_id())
    async with database.transaction() as connection:
        await write(connection, schema, kept)
        with pytest.raises(ZeroDivisionError):
            await fail_inside(connection)
    await dispatcher.dispatch(schema)
    assert [(change.feed, change.record) for change in given.changes] == [(1, kept)]


async def test_nothing_is_lost_or_reordered_among_thousands_of_commits(
    database: Database, schema: str, given: Given
) -> None:
    chance = random.Random(7)
    records = [new_id() for _ in range(40)]
    written: dict[UUID, list[int]] = {record: [] for record in records}
    locks = {record: asyncio.Lock() for record in records}
    numbers = iter(range(1_000_000))
    committed = asyncio.Condition()
    commits = 0

    async def write_some(slow: bool, fails: bool) -> None:
        """Some records in one transaction; a slow one stays open until 30 others have committed."""
        nonlocal commits
        chosen = sorted(chance.sample(records, chance.randint(1, 4)))
        mine: list[tuple[UUID, int]] = []
        async with database.transaction() as connection:
            if slow:
                await connection.fetch("select pg_current_xact_id()")
                goal = commits + 30
                async with committed:
                    await committed.wait_for(lambda: commits >= goal or commits > 2_400)
            for record in chosen:
                await locks[record].acquire()
                mine.append((record, next(numbers)))
                await write(connection, schema, *mine[-1])
            if fails:
                await connection.execute("rollback")
                connection._begin = True
        for record, number in mine:
            if not fails:
                written[record].append(number)
            locks[record].release()
        async with committed:
            commits += 1
            committed.notify_all()

    async def writer(slow: bool) -> None:
        while commits < 2_500:
            await write_some(slow, fails=chance.random() < 0.1)

    collected: list[Change] = []

    async def reader(end: asyncio.Event) -> None:
        """Someone outside who keeps a cursor."""
        while True:
            over = end.is_set()
            async with database.read() as connection:
                found = await read_feed(connection, schema, collected[-1].feed if collected else 0, 50)
            collected.extend(found)
            if over and not found:
                return
            await asyncio.sleep(0)

    async def dispatching(end: asyncio.Event) -> None:
        one = await dispatcher_of(database, schema, given, batch=100)
        while True:
            over = end.is_set()
            found = await one.dispatch(schema)
            if over and not found:
                return
            await asyncio.sleep(0)

    end, read_end = asyncio.Event(), asyncio.Event()
    await dispatcher_of(database, schema, given)
    async with asyncio.timeout(DEADLINE_SECONDS):
        both = [asyncio.create_task(dispatching(end)) for _ in range(2)]
        reading = asyncio.create_task(reader(read_end))
        await asyncio.gather(*(writer(slow=place < 2) for place in range(7)))
        end.set()
        await asyncio.gather(*both)
        await asyncio.create_task(dispatching(end))
        read_end.set()
        await reading
    total = sum(map(len, written.values()))
    assert total > 4_000
    assert [change.feed for change in given.changes] == list(range(1, total + 1))
    assert collected == given.changes
    for record in records:
        assert [change.after["number"] for change in given.changes if change.record == record] == written[record]
    async with database.read() as connection:
        rows = await connection.fetch(f"select count(*), count(distinct feed) from {schema}.given")
    assert rows == [(total, total)]


async def test_a_dispatcher_that_dies_before_its_commit_leaves_nothing(
    database: Database, schema: str, given: Given
) -> None:
    record = new_id()

    async def die(connection: Connection, name: str, changes: Sequence[Change]) -> None:
        raise asyncio.CancelledError

    await dispatcher_of(database, schema, given)
    await write_alone(database, schema, record)

    async def schemas() -> list[str]:
        return [schema]

    with pytest.raises(asyncio.CancelledError):
        await Dispatcher(database, schemas, {"given": given, "dies": die}).dispatch(schema)
    assert await feed_of(database, schema) == []
    await (await dispatcher_of(database, schema, given)).dispatch(schema)
    async with database.read() as connection:
        assert await connection.fetch(f"select feed from {schema}.given") == [(1,)]
    assert [change.feed for change in given.changes] == [1, 1]


class Picky:
    """A subscriber that can't digest some records."""

    def __init__(self, bad: set[UUID], error: Exception) -> None:
        self.bad, self.error = bad, error

    async def __call__(self, connection: Connection, schema: str, changes: Sequence[Change]) -> None:
        for change in changes:
            await connection.execute(f"insert into {schema}.given values (%s)", (change.feed,))
            if change.record in self.bad:
                raise self.error


async def digested(database: Database, schema: str) -> list[int]:
    async with database.read() as connection:
        return [row[0] for row in await connection.fetch(f"select feed from {schema}.given order by 1")]


async def test_a_change_that_a_subscriber_fails_on_is_set_aside_and_tried_again(
    database: Database, schema: str, given: Given
) -> None:
    await dispatcher_of(database, schema, given)
    records = [new_id() for _ in range(10)]
    for record in records:
        await write_alone(database, schema, record)
    picky = Picky({records[6]}, ValueError("anna@example.com"))

    async def schemas() -> list[str]:
        return [schema]

    dispatcher = Dispatcher(database, schemas, {"picky": picky})
    assert await dispatcher.dispatch(schema) == 10
    assert await digested(database, schema) == [1, 2, 3, 4, 5, 6, 8, 9, 10]
    async with database.read() as connection:
        assert [(one.subscriber, one.feed, one.kind) for one in await undelivered(connection, schema)] == [
            ("picky", 7, "ValueError")
        ]
    assert await retry_undelivered(database, [schema], {"picky": picky}, early=True) == 0
    picky.bad.clear()
    assert await retry_undelivered(database, [schema], {"picky": picky}, early=True) == 1
    assert await digested(database, schema) == list(range(1, 11))


async def test_trouble_of_the_database_brings_the_batch_again(database: Database, schema: str, given: Given) -> None:
    await dispatcher_of(database, schema, given)
    record = new_id()
    await write_alone(database, schema, record)
    picky = Picky({record}, LimitReached("Others are at it.", code="try_again"))

    async def schemas() -> list[str]:
        return [schema]

    dispatcher = Dispatcher(database, schemas, {"picky": picky})
    assert await dispatcher.look() == 0
    assert await feed_of(database, schema) == []
    picky.bad.clear()
    assert await dispatcher.look() == 1
    assert await digested(database, schema) == [1]


async def test_screens_are_told_not_too_often_and_in_the_end_everything(
    database: Database, schema: str, given: Given
) -> None:
    dispatcher = await dispatcher_of(database, schema, given, batch=1)
    stop = asyncio.Event()
    heard: list[str] = []
    async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as listening:
        await listening.execute(f"listen {CHANNEL}".encode())
        for _ in range(200):
            await write_alone(database, schema, new_id())
        running = asyncio.create_task(dispatcher.run(stop))
        async with asyncio.timeout(DEADLINE_SECONDS):
            async for notice in listening.notifies():
                heard.append(notice.payload)
                if notice.payload == f"{schema} 200":
                    break
        stop.set()
        await running
    assert 1 <= len(heard) < 150
    assert [int(text.split()[1]) for text in heard] == sorted({int(text.split()[1]) for text in heard})


async def test_an_early_transaction_that_writes_late_does_not_overtake(
    database: Database, schema: str, given: Given
) -> None:
    record = new_id()
    dispatcher = await dispatcher_of(database, schema, given)
    async with database.transaction() as other:
        async with database.transaction() as early:
            await early.fetch("select pg_current_xact_id()")
            await other.fetch("select pg_current_xact_id()")
            await write_alone(database, schema, record, 1)
            await write(early, schema, record, 2)
        assert await dispatcher.dispatch(schema) == 0
    await dispatcher.dispatch(schema)
    assert [change.after["number"] for change in given.changes] == [1, 2]
