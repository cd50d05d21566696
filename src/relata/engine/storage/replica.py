"""A streaming replica for what only reads: used where it has all that was acknowledged, never waited for long.

Each reading first asks the primary how far its log is (a tenth of a millisecond), and then the replica whether it has
played that back. So a reading never sees less than was acknowledged to anybody before it began: not one's own writes
alone, also the rights that somebody lost and what a screen was just told of, in every process and for every program.
Decision 55.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from relata.engine.storage.failures import ReadOnly
from relata.engine.storage.reaching import patient
from relata.foundation.errors import Invalid, LimitReached, Unavailable

log = logging.getLogger(__name__)

#: What the primary has acknowledged. Where commits do not wait for the disk, they are seen before they are flushed.
POSITION = """
    select (case when current_setting('synchronous_commit') = 'off' then pg_current_wal_insert_lsn()
            else pg_current_wal_flush_lsn() end - '0/0')::bigint,
           (select system_identifier from pg_control_system()), current_database()::text
"""
_REPLAYED = "select pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn() - '0/0', 0)::bigint"
_WHO = b"select (select system_identifier from pg_control_system()), current_database()::text"
#: How long the replica is given to catch up before the primary is asked, and how long one that failed is left alone.
PATIENCE_SECONDS, AWAY_SECONDS, _BORROW_SECONDS = 0.03, 5.0, 0.1
#: Long enough for the next attempt to be the primary's.
_MOMENT_SECONDS = 0.05
Row = tuple[Any, ...]


class Replica:
    """One replica, as this process uses it. position: asks the primary, as POSITION does."""

    def __init__(
        self,
        url: str,
        position: Callable[[], Awaitable[Row]],
        configure: Callable[[AsyncConnection[Any]], Awaitable[None]],
        *,
        pool_size: int,
    ) -> None:
        self._position = position
        self._is_ours = False
        self._not_before = 0.0
        self.counts = {"used": 0, "behind": 0, "away": 0}
        self._pool: AsyncConnectionPool[AsyncConnection[Row]] = AsyncConnectionPool(
            patient(url),
            min_size=0,
            max_size=pool_size,
            open=False,
            timeout=_BORROW_SECONDS,
            max_lifetime=1800.0,
            reconnect_timeout=AWAY_SECONDS,
            kwargs={"autocommit": True},
            configure=configure,
        )

    async def open(self) -> None:
        """Begins to look for it; one that is away now may come later."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        """Give every connection back."""
        await self._pool.close()

    @contextlib.asynccontextmanager
    async def borrow(self) -> AsyncIterator[AsyncConnection[Row] | None]:
        """A connection that has everything which was acknowledged until now; None where the primary must be asked.

        What fails on it is raised as `try_again`: asked once more at once, it is the primary's. Raises Invalid for a
        server that is no replica of ours.
        """
        async with contextlib.AsyncExitStack() as stack:
            raw = await self._current(stack)
            if raw is None:
                yield None
                return
            try:
                yield raw
            except (Unavailable, LimitReached, ReadOnly) as error:
                if isinstance(error, LimitReached) and error.code != "try_again":
                    raise
                self._leave(error)
                raise LimitReached("The replica could not answer.", code="try_again", retry_after_seconds=1) from error

    async def _current(self, stack: contextlib.AsyncExitStack) -> AsyncConnection[Row] | None:
        if time.monotonic() < self._not_before:
            self.counts["away"] += 1
            return None
        wanted, *primary = await self._position()
        try:
            raw = await stack.enter_async_context(self._pool.connection())
            if not self._is_ours:
                await self._check(raw, tuple(primary))
            if await _caught_up(raw, wanted):
                self.counts["used"] += 1
                return raw
            self.counts["behind"] += 1
        except (psycopg.Error, PoolTimeout) as error:
            self._leave(error)
        return None

    async def _check(self, raw: AsyncConnection[Row], primary: Row) -> None:
        """Another server's rows would be shown to somebody as their own."""
        found = await (await raw.execute(_WHO)).fetchone()
        if found != primary:
            raise Invalid(
                "RELATA_REPLICA_URL leads to a server that is no replica of this database.", code="not_a_replica",
                hint="Mend the address, or unset it.",
            )  # fmt: skip
        self._is_ours = True

    def _leave(self, error: Exception) -> None:
        self._is_ours = False
        self._not_before = time.monotonic() + (_MOMENT_SECONDS if isinstance(error, ReadOnly) else AWAY_SECONDS)
        self.counts["away"] += 1
        log.warning("the replica did not answer (%s); the primary is asked", type(error).__name__)


async def _caught_up(raw: AsyncConnection[Row], wanted: object) -> bool:
    """Whether it has replayed the primary's log up to there, perhaps after a moment. One that was promoted has not."""
    until, pause = time.monotonic() + PATIENCE_SECONDS, 0.001
    while True:
        row = await (await raw.execute(_REPLAYED.encode())).fetchone()
        if row is None or not row[0]:
            return False
        if isinstance(row[1], int) and isinstance(wanted, int) and row[1] >= wanted:
            return True
        if time.monotonic() > until:
            return False
        await asyncio.sleep(pause)
        pause *= 2
