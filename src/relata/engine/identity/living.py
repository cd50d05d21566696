"""Which sessions still open something; asking does not count as using them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from relata.engine.identity.sessions import IDLE
from relata.engine.storage.database import Connection


async def living_sessions(connection: Connection, sessions: Collection[UUID]) -> set[UUID]:
    """Those among `sessions` that have not ended, whose account is enabled and still belongs to their workspace."""
    rows = await connection.fetch(
        "select s.id from relata.session s join relata.account a on a.id = s.account and a.disabled_at is null"
        " join relata.membership m on m.account = s.account and m.workspace = s.workspace"
        " where s.id = any(%s) and s.revoked_at is null and s.expires_at > now() and s.last_seen_at > now() - %s",
        (list(sessions), IDLE),
    )
    return {session for (session,) in rows}
