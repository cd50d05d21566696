"""Whether a person sees few or many of an object's records: what PostgreSQL can't estimate about a list.

It takes every owner for an average one. Who is new and owns nothing would have their list walked along its order
through everybody's records: 1 to 5 s of a million (measured). So the rows that are open to a person are counted up to
a few thousand, through the index of each way (owner, team, readers), and that is remembered for a while. Lists of few
rows are read by these ways and then sorted; the records and their order are the same either way.
"""

from __future__ import annotations

import time

import sqlalchemy as sa

from relata.engine.metadata.object import Object
from relata.engine.query.ground import Ground
from relata.engine.query.reader import Reader
from relata.engine.query.select import render
from relata.engine.storage.database import Connection

#: So many rows are read and sorted in about 10 ms.
FEW = 3000
REMEMBERED_SECONDS = 300.0


class _Reach:
    """What was found out last, and when."""

    __slots__ = ("at", "is_few")

    def __init__(self) -> None:
        self.at = float("-inf")
        self.is_few = False


async def is_few(connection: Connection, ground: Ground, reader: Reader, name: str) -> bool:
    """Whether the reader sees at most a few thousand of this object's records by owner, team and readers. False for who
    sees all."""
    one = ground.registry.get(name)
    if not reader.ways(one, ground.tables.of(one)):
        return False
    found: _Reach = ground.reaches.get((name, reader.user, reader.teams, reader.fingerprint), _Reach)
    if time.monotonic() - found.at > REMEMBERED_SECONDS:
        sql = ground.cache.get(("reach", name, reader.fingerprint), lambda: _counting(ground, reader, one))
        row = await connection.fetch_one(sql, reader.parameters())
        assert row is not None
        found.at, found.is_few = time.monotonic(), row[0] <= FEW
    return found.is_few


def _counting(ground: Ground, reader: Reader, one: Object) -> str:
    """How many rows each way opens, together; each is counted no further than is of interest."""
    table = ground.tables.of(one)
    most: sa.ColumnElement[int] = sa.literal_column(str(FEW + 1))
    counts = [
        sa.select(sa.func.count()).select_from(sa.select(sa.literal_column("1")).where(way).limit(most).subquery())
        for way in reader.ways(one, table)
    ]
    total = sum((count.scalar_subquery() for count in counts[1:]), start=counts[0].scalar_subquery())
    return render(sa.select(total))
