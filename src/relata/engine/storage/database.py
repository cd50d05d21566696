"""Connections and transactions. Nobody else opens or commits one.

psycopg runs the statements (measured: 4x the requests of SQLAlchemy's async engine); SQLAlchemy only writes them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

import msgspec
import psycopg
from psycopg import AsyncConnection
from psycopg.copy import AsyncLibpqWriter
from psycopg.pq import TransactionStatus
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from relata.engine.storage.copy_format import line_of
from relata.engine.storage.failures import StaleMetadata, translated
from relata.engine.storage.reaching import patient, unreachable, why_away
from relata.engine.storage.replica import POSITION, Replica
from relata.foundation.errors import NO_ROOM, LimitReached, Unavailable
from relata.foundation.i18n import gettext as _

Row = tuple[Any, ...]
Params = Mapping[str, Any] | Sequence[Any] | None
Statement = tuple[str, Params]
T = TypeVar("T")

# The standard library's reader took a fifth of the time of a list with e-mails and phones (measured).
set_json_loads(msgspec.json.decode)

#: Seconds that a request waits for a free connection before it is told to try again.
POOL_WAIT_SECONDS = 10.0
#: The pool waits longer with each attempt to connect again; who asks after it gave up makes it begin anew. With its
#: five minutes, it noticed 25 seconds late that there were connections again (measured).
RECONNECT_SECONDS = 4.0
#: Of what may be heavy, until the end of its transaction.
_LIMITS = "select set_config('statement_timeout', %s, true), set_config('work_mem', '64MB', true)"
_PLANS_ANEW = "set plan_cache_mode = force_custom_plan"
#: Rows from which on plans of checks are worth keeping.
_MANY = 50
#: Something new to put down, and to take back: no old page has room for it.
_NEEDS_ROOM = """
    create temporary table relata_room on commit drop as
    select string_agg(md5(n::text), '') as filled from generate_series(1, 4000) n
"""


class _Enough(Exception):
    """Takes back what was written on trial."""


class Connection:
    """One session, for as long as its `async with` lasts. In a transaction unless it came from `Database.read`."""

    def __init__(self, raw: AsyncConnection[Row]) -> None:
        self.raw = raw
        self._begin = False
        self._commits = False
        self._prepares: bool | None = None

    async def fetch(self, sql: str, params: Params = None, *, kept: bool = False) -> list[Row]:
        """All rows of one statement. Raises what `failures.translated` makes of a database error. kept: its plan is
        the same for any values and takes longer than its execution, so it is made once (decision 61)."""
        try:
            cursor = await (self._run_kept(sql, params) if kept else self._run(sql, params))
            # `cursor.description` would make an object for each column: a tenth of a short request (measured).
            return await cursor.fetchall() if cursor.pgresult is not None and cursor.pgresult.nfields else []
        except psycopg.Error as error:
            raise translated(error) from error

    async def fetch_one(self, sql: str, params: Params = None) -> Row | None:
        """The first row, or None."""
        rows = await self.fetch(sql, params)
        return rows[0] if rows else None

    async def fetch_within(self, sql: str, params: Params, seconds: float) -> list[Row]:
        """All rows of one statement that only reads and may be heavy. LimitReached after so many seconds; a transaction
        around it goes on either way."""
        await self._ensure_begun()
        is_alone = self.stands_alone
        enter = "begin" if is_alone else "savepoint heavy"
        leave = ("rollback",) if is_alone else ("rollback to savepoint heavy", "release savepoint heavy")
        await self.raw.execute(enter)
        try:
            await self.raw.execute(_LIMITS, (str(max(1, int(seconds * 1000))),))
            cursor = await self.raw.execute(sql, params)
            return await cursor.fetchall()
        except psycopg.Error as error:
            raise translated(error) from error
        finally:
            if not self.raw.closed:
                for statement in leave:
                    await self.raw.execute(statement)

    async def blocks_within(self, sql: str, params: Params, seconds: float, size: int) -> AsyncIterator[list[Row]]:
        """The same rows from a cursor of the server, `size` at a time: memory for one block, however many there are.
        Each block may take so many seconds."""
        await self._ensure_begun()
        try:
            async with self.raw.transaction(force_rollback=True):
                await self.raw.execute(_LIMITS, (str(max(1, int(seconds * 1000))),))
                await self.raw.execute("set local cursor_tuple_fraction = 1")  # all of it is wanted
                async with self.raw.cursor(name="relata_rows") as cursor:
                    await cursor.execute(sql, params)
                    while block := await cursor.fetchmany(size):
                        yield block
        except psycopg.Error as error:
            raise translated(error) from error

    async def execute(self, sql: str, params: Params = None) -> int:
        """Run one statement for its effect; the number of rows that it touched."""
        try:
            cursor = await self._run(sql, params)
            return cursor.rowcount
        except psycopg.Error as error:
            raise translated(error) from error

    async def finish(self, statements: Sequence[Statement]) -> list[Row]:
        """Run the last statements of the transaction and commit it, in one round trip; the rows of the last one.
        Nothing
        may be asked of this connection afterwards. Where somebody else ends the transaction, the commit is theirs."""
        try:
            await self._ensure_begun()
            async with self.raw.pipeline():
                cursors = [await self.raw.execute(sql, params) for sql, params in statements]
                if self._commits:
                    await self.raw.execute("commit")
            self._commits = False
            return await cursors[-1].fetchall()
        except psycopg.Error as error:
            raise translated(error) from error

    async def copy_text(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """COPY of `rows` in the text format, in which PostgreSQL reads any type; lists are arrays."""
        async with self.checking_many(len(rows)):
            await self.copy_lines(sql, map(line_of, rows))

    async def copy_lines(self, sql: str, lines: Iterable[str]) -> None:
        """COPY of lines that are in the text format already, with tabs between cells and without a line end. PostgreSQL
        is at the first ones while the next are made, and other tasks have their turn while it is behind."""
        try:
            await self._ensure_begun()
            cursor = self.raw.cursor()
            # psycopg keeps some megabytes to itself before it sends any, and PostgreSQL would wait for them.
            writer = AsyncLibpqWriter(cursor, flush_threshold=1)
            async with cursor, cursor.copy(sql, writer=writer) as copy:
                for block in _blocks(lines, 100):
                    await copy.write("\n".join((*block, "")))
        except psycopg.Error as error:
            raise translated(error) from error

    async def copy_out(self, sql: str) -> AsyncIterator[bytes]:
        """What COPY gives, block by block."""
        try:
            await self._ensure_begun()
            async with self.raw.cursor() as cursor, cursor.copy(sql) as copy:
                async for block in copy:
                    yield bytes(block)
        except psycopg.Error as error:
            raise translated(error) from error

    async def copy_stream(self, sql: str, blocks: AsyncIterable[bytes]) -> int:
        """COPY of blocks as `copy_out` gave them; how many rows came."""
        try:
            await self._ensure_begun()
            async with self.raw.cursor() as cursor:
                async with cursor.copy(sql) as copy:
                    async for block in blocks:
                        await copy.write(block)
                return cursor.rowcount
        except psycopg.Error as error:
            raise translated(error) from error

    @property
    def stands_alone(self) -> bool:
        """Whether the next statement is a transaction of its own, so that it sees what everybody sees."""
        return not self._begin and self.raw.info.transaction_status == TransactionStatus.IDLE

    @property
    def is_broken(self) -> bool:
        """Whether a statement failed, so that PostgreSQL refuses everything until the next rollback."""
        return self.raw.info.transaction_status == TransactionStatus.INERROR

    async def _run(self, sql: str, params: Params) -> psycopg.AsyncCursor[Row]:
        if self._begin:  # BEGIN travels with the first statement: one round trip less for every write
            self._begin = False
            async with self.raw.pipeline():
                await self.raw.execute("begin")
                return await self.raw.execute(sql, params)
        return await self.raw.execute(sql, params, prepare=self._prepares)

    async def _run_kept(self, sql: str, params: Params) -> psycopg.AsyncCursor[Row]:
        """Both settings travel with the statement; where it fails, PostgreSQL takes the first one back."""
        if self.raw.prepare_threshold is None:  # behind a pooler nothing is kept, and a setting would stay with others
            return await self._run(sql, params)
        await self._ensure_begun()
        async with self.raw.pipeline():
            await self.raw.execute("set plan_cache_mode = auto")
            found = await self.raw.execute(sql, params)
            await self.raw.execute(_PLANS_ANEW)
        return found

    @contextlib.asynccontextmanager
    async def checking_many(self, rows: int) -> AsyncIterator[None]:
        """Within this, the plans by which PostgreSQL looks for what foreign keys point at are made once: making them
        anew for each row was a fifth of a COPY. Where a statement fails, the rollback takes the setting back. rows:
        those that will be written; for a few, two statements more cost more than they save."""
        keeps = rows >= _MANY and self.raw.prepare_threshold is not None  # behind a pooler it would stay with others
        if keeps:
            await self._ensure_begun()
            await self.raw.execute("set plan_cache_mode = auto")
            self._prepares = False  # the statement itself is planned for its values
        try:
            yield
        finally:
            self._prepares = None
        if keeps:
            await self.raw.execute(_PLANS_ANEW)

    async def _ensure_begun(self) -> None:
        if self._begin:
            self._begin = False
            await self.raw.execute("begin")

    @contextlib.asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo only what happened inside if it raises."""
        await self.execute("savepoint inner_work")
        try:
            yield
        except BaseException:
            # Released as well: one of the same name around it must be the next that is found.
            await self.raw.execute("rollback to savepoint inner_work")
            await self.raw.execute("release savepoint inner_work")
            raise
        await self.raw.execute("release savepoint inner_work")


def _blocks(lines: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(lines)
    while block := list(islice(rest, size)):
        yield block


class Database:
    """A pool of connections to one PostgreSQL database."""

    def __init__(self, url: str, *, pool_size: int = 10, behind_pooler: bool = False, replica_url: str = "") -> None:
        """url: a libpq connection string or URL. pool_size: connections of this process at most. behind_pooler:
        sessions change between transactions (PgBouncer in transaction mode), so nothing may be prepared in one.
        replica_url: a streaming replica of the same database, for `reading`."""
        self.url = url
        self._lent: set[AsyncConnection[Row]] = set()
        self._is_full = False
        self._asking: asyncio.Task[Unavailable | None] | None = None
        self._pool: AsyncConnectionPool[AsyncConnection[Row]] = AsyncConnectionPool(
            patient(url),
            min_size=1,
            max_size=pool_size,
            open=False,
            timeout=POOL_WAIT_SECONDS,
            max_lifetime=1800.0,
            reconnect_timeout=RECONNECT_SECONDS,
            kwargs={"autocommit": True, **({"prepare_threshold": None} if behind_pooler else {})},
            check=None,
            configure=None if behind_pooler else configure,
        )
        self.replica = Replica(replica_url, self._position, configure, pool_size=pool_size) if replica_url else None

    async def open(self) -> Database:
        """Connect; Unavailable when the database does not answer."""
        try:
            await self._pool.open(wait=True, timeout=POOL_WAIT_SECONDS)
        except PoolTimeout as error:
            raise (await why_away(self.url) or unreachable("")) from error
        if self.replica:
            await self.replica.open()
        return self

    def usage(self) -> dict[str, float]:
        """How the pool is doing, for metrics: connections, waiting requests, errors, by psycopg's names."""
        replica = (
            {f"replica_{name}": float(count) for name, count in self.replica.counts.items()} if self.replica else {}
        )
        return {**self._pool.get_stats(), **replica}

    async def lacks_room(self) -> Unavailable | None:
        """What is wrong where nothing can be written. Asked of PostgreSQL only after a write found no room, and by a
        write on trial, so that it ends when there is room again."""
        if not self._is_full:
            return None
        try:
            async with self.transaction() as connection:
                await connection.execute(_NEEDS_ROOM)
                raise _Enough
        except _Enough:
            self._is_full = False
        except Unavailable as error:
            return error
        return None

    async def close(self) -> None:
        """Give every connection back."""
        if self.replica:
            await self.replica.close()
        await self._pool.close()

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """A connection where each statement stands alone; for reads that need one statement."""
        async with self._connection() as raw, _forgetting(raw):
            yield Connection(raw)

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A connection for what only reads, with everything that was acknowledged until now: the replica's where it has
        that, else our own. Where the replica fails in the middle, LimitReached `try_again`."""
        if self.replica is not None:
            async with self.replica.borrow() as raw:
                if raw is not None:
                    async with _forgetting(raw):
                        yield Connection(raw)
                    return
        async with self.read() as connection:
            yield connection

    async def _why_away(self) -> Unavailable | None:
        """Asked by one for all who wait: the server has enough to do."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(why_away(self.url))
        return await asyncio.shield(self._asking)

    async def _position(self) -> Row:
        async with self.read() as connection:
            return (await connection.fetch(POSITION))[0]

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """BEGIN on the first statement; COMMIT on leaving, ROLLBACK when something was raised."""
        async with self._connection() as raw:
            connection = Connection(raw)
            connection._begin = connection._commits = True
            try:
                yield connection
            except BaseException:
                if not connection._begin and not raw.closed:
                    with contextlib.suppress(psycopg.Error):
                        await raw.execute("rollback")
                raise
            if connection._commits and not connection._begin:
                try:
                    await raw.execute("commit")
                except psycopg.Error as error:
                    raise translated(error) from error

    async def retrying(self, attempt: Callable[[], Awaitable[T]], *, tries: int = 4) -> T:
        """Run `attempt` again where PostgreSQL broke a deadlock in someone else's favour."""
        for _attempt in range(tries - 1):
            try:
                return await attempt()
            except LimitReached as error:
                if error.code != "try_again":
                    raise
        return await attempt()

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection[Row]]:
        try:
            async with self._pool.connection() as raw:
                self._lent.add(raw)
                try:
                    yield raw
                finally:
                    self._lent.discard(raw)
        except PoolTimeout as error:
            # Nobody has one: the database gives none, or did not until now. Or it answers none of those who have one.
            away = await self._why_away()
            if away or all(raw.closed for raw in self._lent):
                raise (away or unreachable("")) from error
            raise LimitReached(
                _("Too many people are at work at the moment."), code="busy", retry_after_seconds=2
            ) from error
        except Unavailable as error:
            self._is_full = self._is_full or error.code == NO_ROOM
            raise
        except psycopg.OperationalError as error:
            raise translated(error) from error


@contextlib.asynccontextmanager
async def _forgetting(raw: AsyncConnection[Row]) -> AsyncIterator[None]:
    """With a rollback, psycopg forgets its prepared statements, too."""
    try:
        yield
    except StaleMetadata:
        with contextlib.suppress(psycopg.Error):
            await raw.execute("rollback")
        raise


async def configure(raw: AsyncConnection[Row]) -> None:
    """Statements are parsed once and planned for their values each time: of `readers && $1` a plan for any values
    expects next to nothing, and from the eleventh time on a list took 300 ms instead of 9 (decision 61).

    `query.narrow` joins a table with itself, for the planner to choose by which of two indexes to begin;
    PostgreSQL 18 would see through it."""
    await raw.execute(_PLANS_ANEW)
    if raw.info.server_version >= 180000:
        await raw.execute("set enable_self_join_elimination = off")
