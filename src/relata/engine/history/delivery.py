"""Handing changes to a subscriber. One that it can't digest is set aside, tried again later, and blocks nobody."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from relata.engine.history.feed import Change, changes_at, schemas_with
from relata.engine.storage.database import Connection, Database
from relata.engine.storage.planner import quoted
from relata.foundation.errors import LimitReached, Unavailable

log = logging.getLogger(__name__)

#: A coroutine `(connection, schema, changes)`; the changes ascend. It must not commit.
Subscriber = Callable[[Connection, str, Sequence[Change]], Awaitable[None]]

_ASIDE = """
    insert into {schema}._undelivered as known (subscriber, feed, kind, next_at)
    values (%(subscriber)s, %(feed)s, %(kind)s, now() + interval '10 seconds')
    on conflict (subscriber, feed) do update set kind = excluded.kind, tries = known.tries + 1,
        next_at = now() + least(interval '10 seconds' * 2 ^ least(known.tries, 20), interval '1 day')
"""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A change that a subscriber failed on. kind: the error's class."""

    subscriber: str
    feed: int
    tries: int
    kind: str
    next_at: datetime


async def deliver(
    connection: Connection, schema: str, name: str, subscriber: Subscriber, changes: Sequence[Change]
) -> None:
    """Hand all over; on an error in halves, until what is wrong stands alone and is set aside.

    Raises LimitReached and Unavailable: there the database is in trouble, not the change, and the batch comes again.
    """
    try:
        async with connection.savepoint():
            await subscriber(connection, schema, changes)
    except (LimitReached, Unavailable):
        raise
    except Exception as error:  # one change that a subscriber chokes on must not hold up all behind it
        if len(changes) == 1:
            await _set_aside(connection, schema, name, changes[0].feed, error)
            return
        middle = len(changes) // 2
        await deliver(connection, schema, name, subscriber, changes[:middle])
        await deliver(connection, schema, name, subscriber, changes[middle:])


async def undelivered(connection: Connection, schema: str) -> list[Undelivered]:
    """What was set aside, for an administrator; empty when all is well."""
    rows = await connection.fetch(
        f"select subscriber, feed, tries, kind, next_at from {quoted(schema)}._undelivered order by feed limit 500"
    )
    return [Undelivered(*row) for row in rows]


async def retry_undelivered(
    database: Database, schemas: Sequence[str], subscribers: Mapping[str, Subscriber], *, early: bool = False
) -> int:
    """Try again what is due; how many were delivered. early: also what is not due yet."""
    delivered = 0
    for schema in await schemas_with(database, schemas, "_undelivered"):
        async with database.transaction() as connection:
            rows = await connection.fetch(
                f"select subscriber, feed from {quoted(schema)}._undelivered where next_at <= now() or %(early)s"
                " order by feed limit 50 for update skip locked",
                {"early": early},
            )
            for name, feed in rows:
                if name in subscribers:
                    delivered += await _again(connection, schema, name, subscribers[name], feed)
    return delivered


async def _again(connection: Connection, schema: str, name: str, subscriber: Subscriber, feed: int) -> int:
    changes = await changes_at(connection, schema, [feed])
    try:
        async with connection.savepoint():
            await subscriber(connection, schema, changes)
    except Exception as error:  # still not: it waits for the next attempt
        await _set_aside(connection, schema, name, feed, error)
        return 0
    await connection.execute(
        f"delete from {quoted(schema)}._undelivered where subscriber = %(subscriber)s and feed = %(feed)s",
        {"subscriber": name, "feed": feed},
    )
    return 1


async def _set_aside(connection: Connection, schema: str, name: str, feed: int, error: Exception) -> None:
    kind = type(error).__name__
    log.error("%s failed on change %d of %s with %s; it is set aside", name, feed, schema, kind)
    await connection.execute(_ASIDE.format(schema=quoted(schema)), {"subscriber": name, "feed": feed, "kind": kind})
