"""Every screen hears of every change, in order, and nobody is held up by a slow one."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID

import pytest_asyncio

from relata.engine.history.dispatch import Dispatcher
from relata.engine.history.feed import last_feed
from relata.engine.live.hub import Hub
from relata.engine.live.subscription import Changed, Subscription, Touched
from relata.engine.storage.database import Database
from relata.foundation.ids import new_id

DEADLINE_SECONDS = 20


class Workspace:
    """Writes changes; a dispatcher and a hub are running."""

    def __init__(self, database: Database, schema: str) -> None:
        self.database, self.schema = database, schema
        self.hub = Hub(database, database.url, queue_size=5)

        async def schemas() -> list[str]:
            return [schema]

        self.dispatcher = Dispatcher(database, schemas, {})

    async def write(self, count: int = 1) -> list[UUID]:
        records = [new_id() for _ in range(count)]
        async with self.database.transaction() as connection:
            await connection.execute(
                f"insert into {self.schema}._change (object, record, action, via)"
                " select 'account', unnest(%s::uuid[]), 'created', 'api'",
                (records,),
            )
        return records

    async def hear(self, subscription: Subscription, feed_to: int) -> list[Changed]:
        """What comes until the feed is there."""
        heard: list[Changed] = []
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not heard or heard[-1].feed_to < feed_to:
                heard.append(await anext(subscription))
        return heard

    async def until_at(self, feed: int) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS), self.database.read() as connection:
            while await last_feed(connection, self.schema) < feed:  # noqa: ASYNC110 - a table sends no event
                await asyncio.sleep(0.01)

    async def until_listening(self) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not await self.listeners():  # noqa: ASYNC110 - a session that appears sends no event
                await asyncio.sleep(0.01)

    async def listeners(self) -> list[int]:
        async with self.database.read() as connection:
            rows = await connection.fetch(
                "select pid from pg_stat_activity where application_name = 'relata live' and query like 'listen%%'"
                " and state = 'idle' and datname = current_database()",
                (),
            )
        return [row[0] for row in rows]


@pytest_asyncio.fixture
async def workspace(database: Database, schema: str) -> AsyncIterator[Workspace]:
    found, stop = Workspace(database, schema), asyncio.Event()
    running = [asyncio.create_task(one.run(stop)) for one in (found.hub, found.dispatcher)]
    yield found
    stop.set()
    await asyncio.gather(*running)


async def test_a_screen_hears_what_changed(workspace: Workspace) -> None:
    await workspace.write()
    await workspace.until_at(1)
    async with workspace.hub.subscribe(workspace.schema) as subscription:
        (record,) = await workspace.write()
        (changed,) = await workspace.hear(subscription, 2)
    assert changed == Changed(workspace.schema, 1, 2, (Touched("account", record, "created"),))


async def test_another_workspace_is_not_heard(workspace: Workspace) -> None:
    async with workspace.hub.subscribe(workspace.schema) as subscription:
        workspace.hub._hear("somebody_else 17")
        await workspace.write()
        assert [changed.schema for changed in await workspace.hear(subscription, 1)] == [workspace.schema]


async def test_messages_are_gapless_and_ordered(workspace: Workspace) -> None:
    expected = []
    async with workspace.hub.subscribe(workspace.schema) as subscription:

        async def write() -> None:
            for _ in range(20):
                expected.extend(await workspace.write())

        writing = asyncio.create_task(write())
        heard = await workspace.hear(subscription, 20)
        await writing
    assert heard[0].feed_from == 0
    assert all(one.feed_to == other.feed_from for one, other in itertools.pairwise(heard))
    assert [touched.record for changed in heard for touched in changed.records] == expected


async def test_a_returning_screen_gets_what_it_missed(workspace: Workspace) -> None:
    records = await workspace.write(3)
    await workspace.until_at(3)
    async with (
        workspace.hub.subscribe(workspace.schema),
        workspace.hub.subscribe(workspace.schema, after=1) as subscription,
    ):
        (changed,) = await workspace.hear(subscription, 3)
    assert [touched.record for touched in changed.records] == records[1:]


async def test_a_screen_that_does_not_read_is_told_to_reload(workspace: Workspace) -> None:
    async with (
        workspace.hub.subscribe(workspace.schema) as sleepy,
        workspace.hub.subscribe(workspace.schema) as awake,
    ):
        for number in range(1, 9):
            await workspace.write()
            await workspace.hear(awake, number)
        first = await anext(sleepy)
    assert first.everything
    assert (first.feed_from, first.records) == (0, ())


async def test_very_many_changes_are_not_named_one_by_one(workspace: Workspace) -> None:
    async with workspace.hub.subscribe(workspace.schema) as subscription:
        await workspace.write(600)
        (changed,) = await workspace.hear(subscription, 600)
    assert (changed.everything, changed.records) == (True, ())


async def test_a_lost_connection_is_made_up_for(workspace: Workspace) -> None:
    async with workspace.hub.subscribe(workspace.schema) as subscription:
        await workspace.until_listening()
        async with workspace.database.read() as connection:
            for pid in await workspace.listeners():
                await connection.execute("select pg_terminate_backend(%s, 5000)", (pid,))
        (record,) = await workspace.write()
        (changed,) = await workspace.hear(subscription, 1)
    assert [touched.record for touched in changed.records] == [record]


async def test_a_thousand_screens_hear_the_same(workspace: Workspace) -> None:
    async with AsyncExitStack() as stack:
        screens = [await stack.enter_async_context(workspace.hub.subscribe(workspace.schema)) for _ in range(1000)]
        (record,) = await workspace.write()
        async with asyncio.timeout(DEADLINE_SECONDS):
            heard = await asyncio.gather(*(anext(screen) for screen in screens))
    assert {changed.records for changed in heard} == {(Touched("account", record, "created"),)}
    assert workspace.hub._subscribers == {}


async def test_subscriptions_end_with_the_hub(database: Database, schema: str) -> None:
    workspace, stop = Workspace(database, schema), asyncio.Event()
    running = asyncio.create_task(workspace.hub.run(stop))
    async with workspace.hub.subscribe(schema) as subscription:
        stop.set()
        await running
        async with asyncio.timeout(DEADLINE_SECONDS):
            assert [changed async for changed in subscription] == []
