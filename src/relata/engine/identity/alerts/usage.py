"""How much people read and take out in an hour, against what is usual for them.

Counted in the process and written every few seconds, so that no request waits for it; what a killed process had not
written is lost, which is a few seconds of counting.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Literal
from uuid import UUID

from relata.engine.identity.alerts.raising import raise_alert
from relata.engine.storage.database import Connection, Database
from relata.foundation.errors import RelataError

log = logging.getLogger(__name__)

Kind = Literal["read", "export"]
FLUSH_SECONDS = 5.0
#: Records an hour below which nothing is unusual.
FLOORS: dict[str, int] = {"read": 10_000, "export": 2_000}
#: So many times what nine of ten of their hours hold.
TIMES_USUAL = 5


class Tally:
    """What a process counted and has not written. clock: seconds, monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: dict[tuple[UUID, UUID, str], int] = {}
        self._since = clock()

    def add(self, workspace: UUID, user: UUID, kind: Kind, records: int) -> None:
        """Somebody was shown so many records."""
        key = (workspace, user, kind)
        self._counts[key] = self._counts.get(key, 0) + records

    @property
    def is_due(self) -> bool:
        """Whether it is time to write."""
        return bool(self._counts) and self._clock() - self._since >= FLUSH_SECONDS

    async def flush(self, database: Database) -> None:
        """Write it all, with an alert for who took far more than usual."""
        counts, self._counts, self._since = self._counts, {}, self._clock()
        try:
            async with database.transaction() as connection:
                for (workspace, user, kind), records in sorted(counts.items()):
                    await note(connection, workspace, user, kind, records)
        except RelataError as error:  # whoever happens to come by must not pay for it
            log.warning("what was read could not be counted: %s", error.code)


async def note(connection: Connection, workspace: UUID, user: UUID, kind: str, records: int) -> None:
    """Count for this hour; the alert comes once an hour at most."""
    about = {"workspace": workspace, "user": user, "kind": kind, "records": records}
    row = await connection.fetch_one(
        'insert into relata.person_hour (workspace, "user", kind, hour, count)'
        " values (%(workspace)s, %(user)s, %(kind)s, date_trunc('hour', now()), %(records)s)"
        ' on conflict (workspace, "user", kind, hour) do update set count = person_hour.count + excluded.count'
        " returning count",
        about,
    )
    count = int(row[0]) if row else 0
    if count <= FLOORS[kind] or count <= TIMES_USUAL * await _usual(connection, about):
        return
    first = await connection.execute(
        'update relata.person_hour set alerted = true where workspace = %(workspace)s and "user" = %(user)s'
        " and kind = %(kind)s and hour = date_trunc('hour', now()) and not alerted",
        about,
    )
    if not first:
        return
    member = await connection.fetch_one(
        'select account from relata.membership where workspace = %(workspace)s and "user" = %(user)s', about
    )
    account = member[0] if member else None
    await raise_alert(connection, f"mass_{kind}", account=account, workspace=workspace, records=count)


async def _usual(connection: Connection, about: dict[str, object]) -> float:
    """What nine of ten of the person's hours stay below, over the last thirty days."""
    row = await connection.fetch_one(
        "select percentile_cont(0.9) within group (order by count) from relata.person_hour"
        ' where workspace = %(workspace)s and "user" = %(user)s and kind = %(kind)s'
        " and hour < date_trunc('hour', now()) and hour > now() - interval '30 days'",
        about,
    )
    return float(row[0]) if row and row[0] is not None else 0.0
