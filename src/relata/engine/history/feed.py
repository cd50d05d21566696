"""The change feed: the log in the order of its feed numbers, which ascend without gaps and never change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from relata.engine.storage.database import Connection, Database, Row
from relata.engine.storage.planner import quoted

COLUMNS = "feed, id, object, record, action, at, actor, via, source, before, after"


@dataclass(frozen=True, slots=True)
class Change:
    """One change. feed: its number, a stable key for whatever follows from it. before, after: the changed fields."""

    feed: int
    id: int
    object: str
    record: UUID
    action: str
    at: datetime
    actor: UUID | None
    via: str
    source: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]


def change_of(row: Row) -> Change:
    """A row of `COLUMNS` as a change."""
    feed, key, name, record, action, at, actor, via, source, before, after = row
    return Change(feed, key, name, record, action, at, actor, via, source or {}, before or {}, after or {})


async def read_feed(connection: Connection, schema: str, after: int, limit: int = 500) -> list[Change]:
    """The changes that follow number `after` (0: from the beginning). The last one's number is the next cursor.

    A number appears only when all smaller ones have: whoever keeps the cursor misses nothing.
    """
    rows = await connection.fetch(
        f"select {COLUMNS} from {quoted(schema)}._change where feed > %(after)s order by feed limit %(limit)s",
        {"after": after, "limit": limit},
    )
    return [change_of(row) for row in rows]


async def changes_at(connection: Connection, schema: str, feeds: Sequence[int]) -> list[Change]:
    """The changes with these numbers."""
    rows = await connection.fetch(
        f"select {COLUMNS} from {quoted(schema)}._change where feed = any(%(feeds)s) order by feed",
        {"feeds": list(feeds)},
    )
    return [change_of(row) for row in rows]


async def schemas_with(database: Database, schemas: Sequence[str], rows: str) -> list[str]:
    """The workspaces that have `rows`, such as `_change where feed is null`; 100 of them are asked in one statement."""
    found: list[str] = []
    for start in range(0, len(schemas), 100):
        asked = [
            f"select '{schema}' where exists"
            f" (select 1 from {quoted(schema)}.{rows.replace('{schema}', quoted(schema))})"
            for schema in schemas[start : start + 100]
        ]
        async with database.read() as connection:
            found.extend(row[0] for row in await connection.fetch(" union all ".join(asked)))
    return found


async def last_feed(connection: Connection, schema: str) -> int:
    """The highest number that was given so far; 0 before the first."""
    row = await connection.fetch_one(f"select position from {quoted(schema)}._cursor where name = 'feed'")
    return int(row[0]) if row else 0
