"""The dispatcher: numbers the log behind the oldest running transaction and hands it on, in one transaction per batch.

A row's id is taken when it is written and seen when it commits, so a reader that follows ids skips the slow ones. What
lies below the snapshot's oldest running transaction is complete: nothing can appear there any more. Rows are taken in
the order of their ids up to the first that is not complete. Without that stop, a transaction that began early and wrote
a record late overtook the change before its own (a test with slow transactions showed it).
A transaction that writes for minutes holds the feed back for so long.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from relata.engine.history.delivery import Subscriber, deliver, retry_undelivered
from relata.engine.history.feed import COLUMNS, Change, change_of, schemas_with
from relata.engine.storage.database import Connection, Database
from relata.engine.storage.planner import quoted
from relata.foundation.errors import RelataError

log = logging.getLogger(__name__)

CHANNEL = "relata_feed"
BUSY_SECONDS, IDLE_SECONDS = 0.1, 0.4
#: Screens are told at most so often.
NOTIFY_SECONDS = 0.05
RETRY_SECONDS = 10.0

Schemas = Callable[[], Awaitable[Sequence[str]]]

_LOCK = "select pg_try_advisory_xact_lock(hashtextextended('relata_feed:' || %(schema)s, 0))"
_NUMBER = """
    with start as (
        insert into {schema}._cursor (name) values ('feed')
        on conflict (name) do update set position = _cursor.position returning position),
    seen as (
        select id, txid < pg_snapshot_xmin(pg_current_snapshot()) as complete from {schema}._change
        where feed is null order by id limit %(limit)s),
    batch as (
        select id from seen where id < coalesce((select min(id) from seen where not complete), 9223372036854775807)),
    numbered as (
        select id, (select position from start) + row_number() over (order by id) as feed from batch)
    update {schema}._change set feed = numbered.feed from numbered where _change.id = numbered.id
    returning {columns}
"""
_MOVE = "update {schema}._cursor set position = %(position)s where name = 'feed'"


class Dispatcher:
    """Any number of processes may run one; each workspace's log is in one hand at a time.

    schemas: tells which workspaces there are. subscribers: by name; each gets every change at least once, in order,
    and what it writes through the connection it is given happens exactly once. batch: changes per transaction.
    """

    def __init__(
        self, database: Database, schemas: Schemas, subscribers: Mapping[str, Subscriber], *, batch: int = 1000
    ) -> None:
        self._database = database
        self._schemas = schemas
        self._subscribers = subscribers
        self._batch = batch
        self._told: dict[str, float] = {}
        self._untold: dict[str, int] = {}
        self._retried = 0.0

    async def dispatch(self, schema: str) -> int:
        """Number and hand over one batch; how many changes. 0 when there is nothing, or another process is at it."""
        async with self._database.transaction() as connection:
            held = await connection.fetch_one(_LOCK, {"schema": schema})
            changes = await self._number(connection, schema) if held and held[0] else []
            if not changes:
                return 0
            for name, subscriber in self._subscribers.items():
                await deliver(connection, schema, name, subscriber, changes)
            last = changes[-1].feed
            await connection.execute(_MOVE.format(schema=quoted(schema)), {"position": last})
            told = await self._tell(connection, schema, last)
        if not told:
            self._untold[schema] = last
        return len(changes)

    async def run(self, stop: asyncio.Event) -> None:
        """Dispatch until `stop`. Nobody wakes it: a NOTIFY in every write would cost half the writes (measured)."""
        pause = BUSY_SECONDS
        while not stop.is_set():
            found = await self.look()
            pause = BUSY_SECONDS if found else min(pause * 2, IDLE_SECONDS)
            if found >= self._batch:
                pause = 0.0
            try:
                await asyncio.wait_for(stop.wait(), min(pause, NOTIFY_SECONDS) if self._untold else pause)
            except TimeoutError:
                continue
        await self._tell_rest()

    async def look(self) -> int:
        """One batch for each workspace that has something new; the size of the largest. Never raises for a database
        that is away or a subscriber that fails."""
        largest = 0
        try:
            schemas = await self._schemas()
            for schema in await schemas_with(self._database, schemas, "_change where feed is null"):
                largest = max(largest, await self._try(schema))
            await self._tell_rest()
            if time.monotonic() - self._retried > RETRY_SECONDS:
                self._retried = time.monotonic()
                await retry_undelivered(self._database, schemas, self._subscribers)
        except RelataError as error:
            log.warning("the dispatcher stumbled over %s; trying again", error.code)
        return largest

    async def _try(self, schema: str) -> int:
        try:
            return await self.dispatch(schema)
        except RelataError as error:  # one workspace's trouble is not the others'
            log.warning("dispatching %s failed with %s; trying again", schema, error.code)
            return 0

    async def _number(self, connection: Connection, schema: str) -> list[Change]:
        columns = ", ".join(f"_change.{name.strip()}" for name in COLUMNS.split(","))
        sql = _NUMBER.format(schema=quoted(schema), columns=columns)
        rows = await connection.fetch(sql, {"limit": self._batch})
        return sorted((change_of(row) for row in rows), key=lambda change: change.feed)

    async def _tell(self, connection: Connection, schema: str, last: int) -> bool:
        """NOTIFY, unless this workspace was told a moment ago; whether it was done."""
        now = time.monotonic()
        if now - self._told.get(schema, -1.0) < NOTIFY_SECONDS:
            return False
        self._told[schema] = now
        self._untold.pop(schema, None)
        text = f"{schema} {last}"
        await connection.execute("select pg_notify(%(channel)s, %(text)s)", {"channel": CHANNEL, "text": text})
        return True

    async def _tell_rest(self) -> None:
        """Make up for what was not told because it came too soon."""
        if not self._untold:
            return
        async with self._database.read() as connection:
            for schema, last in list(self._untold.items()):
                await self._tell(connection, schema, last)
