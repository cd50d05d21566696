"""From what a request shows, a session's token or an API key, to credentials; at most one round trip, mostly none."""

from __future__ import annotations

import re
from typing import Literal

from relata.engine.identity.credentials import Credentials
from relata.engine.identity.recent import RECENT
from relata.engine.identity.secret_text import digest
from relata.engine.identity.sessions import IDLE
from relata.engine.storage.database import Connection, Database

#: "Last seen" and "last used" are written at most this often.
_TOUCH = "1 minute"
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{43}$")
_KEY = re.compile(r"^rk_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$")

_SESSION = f"""
    select s.id, s.account, m.workspace, m."user", s.last_seen_at < now() - interval '{_TOUCH}'
    from relata.session s
    join relata.account a on a.id = s.account and a.disabled_at is null
    left join relata.membership m on m.account = s.account and m.workspace = s.workspace
    where s.token_hash = %s and s.revoked_at is null and s.expires_at > now() and s.last_seen_at > now() - %s
"""
_API_KEY = f"""
    select k.id, m.account, k.workspace, k."user", k.role, k.scopes,
           coalesce(k.last_used_at < now() - interval '{_TOUCH}', true)
    from relata.api_key k
    left join relata.membership m on m.workspace = k.workspace and m."user" = k."user"
    left join relata.account a on a.id = m.account
    where k.key_hash = %s and k.revoked_at is null and coalesce(k.expires_at > now(), true) and a.disabled_at is null
"""


class Resolver:
    """Looks sessions and keys up in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def session(self, token: str) -> Credentials | None:
        """Whose session it is; None when it is unknown, ended or too old."""
        return await self._found("session", token) if _TOKEN.match(token) else None

    async def key(self, text: str) -> Credentials | None:
        """Whose key it is; None when it is unknown, revoked, expired, or its person was disabled."""
        return await self._found("key", text) if _KEY.match(text) else None

    async def _found(self, kind: Literal["session", "key"], secret: str) -> Credentials | None:
        hashed = digest(secret)
        known = RECENT.get(hashed)
        if known is not None:
            return known
        async with self._database.read() as connection:
            look_up = _find_session if kind == "session" else _find_key
            found = await look_up(connection, hashed)
        if found is not None:
            RECENT.keep(hashed, found)
        return found


async def _find_session(connection: Connection, hashed: bytes) -> Credentials | None:
    row = await connection.fetch_one(_SESSION, (hashed, IDLE))
    if row is None:
        return None
    session, account, workspace, user, is_stale = row
    if is_stale:
        await connection.execute("update relata.session set last_seen_at = now() where id = %s", (session,))
    return Credentials("session", account, workspace, user, session=session)


async def _find_key(connection: Connection, hashed: bytes) -> Credentials | None:
    row = await connection.fetch_one(_API_KEY, (hashed,))
    if row is None:
        return None
    key, account, workspace, user, role, scopes, is_stale = row
    if is_stale:
        await connection.execute("update relata.api_key set last_used_at = now() where id = %s", (key,))
    return Credentials("key", account, workspace, user, key=key, role=role, scopes=tuple(scopes))
