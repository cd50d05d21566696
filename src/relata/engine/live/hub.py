"""What changed, to every open screen of this process: one LISTEN and one read of the feed, however many subscribe."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping

import psycopg

from relata.engine.history.dispatch import CHANNEL
from relata.engine.history.feed import last_feed
from relata.engine.live.subscription import Changed, Subscription, Touched
from relata.engine.storage.database import Database
from relata.engine.storage.planner import quoted
from relata.engine.storage.reaching import patient
from relata.foundation.errors import RelataError

log = logging.getLogger(__name__)

#: Is given the payload of a NOTIFY; must not fail.
Notice = Callable[[str], None]

#: More changes at once are not named one by one.
MOST_NAMED = 500
#: Between two looks whether a notification was lost, or the connection died without a word.
LOOK_SECONDS = 15.0
FIRST_PAUSE_SECONDS, LAST_PAUSE_SECONDS = 0.1, 5.0


class Hub:
    """Runs once per process.

    database: for reading the feed. direct_url: not through a pooler, since LISTEN needs a session of its own.
    queue_size: messages that wait for one slow screen. notices: further channels of the same connection, and who is
    given what is said there.
    """

    def __init__(
        self, database: Database, direct_url: str, *, queue_size: int = 50, notices: Mapping[str, Notice] | None = None
    ) -> None:
        self._database = database
        self._url = direct_url
        self._queue_size = queue_size
        self._notices = dict(notices or {})
        self._subscribers: dict[str, set[Subscription]] = {}
        self._positions: dict[str, int] = {}
        self._heard: dict[str, int] = {}
        self._news = asyncio.Event()

    @contextlib.asynccontextmanager
    async def subscribe(self, schema: str, *, after: int | None = None) -> AsyncIterator[Subscription]:
        """Hear of what happens in a workspace from now on, or after a feed number that the screen has seen."""
        subscription = Subscription(schema, self._queue_size)
        if schema not in self._positions:
            position = await self._last(schema)
            self._positions.setdefault(schema, position)
        self._subscribers.setdefault(schema, set()).add(subscription)
        try:
            position = self._positions.get(schema, 0)
            if after is not None and after < position:
                subscription.put(await self._read(schema, after, position))
            yield subscription
        finally:
            mine = self._subscribers.get(schema, set())
            mine.discard(subscription)
            if not mine:
                self._subscribers.pop(schema, None)
                self._positions.pop(schema, None)

    async def run(self, stop: asyncio.Event) -> None:
        """Listen and pass on until `stop`; then every subscription ends."""
        tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._pass_on())]
        try:
            await stop.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for subscribers in self._subscribers.values():
                for subscription in subscribers:
                    subscription.close()

    async def _listen(self) -> None:
        """For ever; reconnects, and makes up for what was said meanwhile."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(
                    patient(self._url), autocommit=True, application_name="relata live"
                )
                async with connection:
                    for channel in (CHANNEL, *self._notices):
                        await connection.execute(f"listen {channel}".encode())
                    pause = FIRST_PAUSE_SECONDS
                    while True:
                        await self._look()
                        async for notice in connection.notifies(timeout=LOOK_SECONDS):
                            self._notices.get(notice.channel, self._hear)(notice.payload)
                        await connection.execute(b"select 1")
            except (psycopg.Error, OSError, RelataError):
                log.warning("the connection for live changes was lost; trying again in %.1f s", pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LAST_PAUSE_SECONDS)

    def _hear(self, payload: str) -> None:
        schema, _, number = payload.partition(" ")
        if schema in self._subscribers and number.isdecimal():
            self._heard[schema] = max(int(number), self._heard.get(schema, 0))
            self._news.set()

    async def _look(self) -> None:
        """Ask where the feeds are instead of waiting to be told."""
        for schema in list(self._subscribers):
            self._hear(f"{schema} {await self._last(schema)}")

    async def _pass_on(self) -> None:
        """What was heard while the feed was read is passed on in one piece."""
        while True:
            await self._news.wait()
            self._news.clear()
            for schema in list(self._heard):
                try:
                    await self._publish(schema, self._heard[schema])
                except RelataError as error:
                    log.warning("reading the feed of %s failed with %s; trying again", schema, error.code)
                    await asyncio.sleep(FIRST_PAUSE_SECONDS)
                    self._news.set()

    async def _publish(self, schema: str, last: int) -> None:
        position = self._positions.get(schema)
        if position is not None and position < last:
            changed = await self._read(schema, position, last)
            if self._positions.get(schema) == position:
                self._positions[schema] = last
                for subscription in self._subscribers.get(schema, ()):
                    subscription.put(changed)
        if self._heard.get(schema) == last:
            del self._heard[schema]

    async def _read(self, schema: str, after: int, last: int) -> Changed:
        if last - after > MOST_NAMED:
            return Changed(schema, after, last, everything=True)
        async with self._database.read() as connection:
            rows = await connection.fetch(
                f"select object, record, action, actor, (before ->> 'owner')::uuid, (before ->> 'team')::uuid"
                f" from {quoted(schema)}._change where feed > %s and feed <= %s order by feed",
                (after, last),
            )
        return Changed(schema, after, last, tuple(dict.fromkeys(Touched(*row) for row in rows)))

    async def recent(self, schema: str, seconds: float) -> int:
        """The feed's number before what happened in the last seconds, for a screen that was made so long ago."""
        async with self._database.read() as connection:
            row = await connection.fetch_one(
                f"select min(feed) - 1 from (select feed, at from {quoted(schema)}._change where feed is not null"
                " order by feed desc limit 100) latest where at > now() - make_interval(secs => %s)",
                (seconds,),
            )
        return int(row[0]) if row and row[0] is not None else await self._last(schema)

    async def _last(self, schema: str) -> int:
        async with self._database.read() as connection:
            return await last_feed(connection, schema)
