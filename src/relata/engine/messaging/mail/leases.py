"""One reader for each mailbox, over all workers: who reads holds a lease, and renews it while reading."""

from __future__ import annotations

from uuid import UUID

from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted

#: A reader that was killed keeps others away no longer than this.
SECONDS = 90


async def take(connection: Connection, schema: str, mailbox: UUID, lease: UUID) -> bool:
    """Whether the lease is ours now; also asked to renew it."""
    row = await connection.fetch_one(
        f"insert into {quoted(schema)}._mail_sync as known (mailbox, lease, leased_until)"
        f" values (%(mailbox)s, %(lease)s, now() + interval '{SECONDS} s') on conflict (mailbox) do update"
        " set lease = excluded.lease, leased_until = excluded.leased_until"
        " where known.lease is null or known.lease = %(lease)s or known.leased_until < now() returning 1",
        {"mailbox": mailbox, "lease": lease},
    )
    return row is not None


async def give_back(connection: Connection, schema: str, mailbox: UUID, lease: UUID) -> None:
    """Let others read."""
    await connection.execute(
        f"update {quoted(schema)}._mail_sync set lease = null, leased_until = null where mailbox = %s and lease = %s",
        (mailbox, lease),
    )
