"""From what a request shows, a session's token or an API key, to credentials; at most one round trip, mostly none."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Literal
from uuid import UUID

from relata.engine.identity import sessions
from relata.engine.identity.admission.storing import terms
from relata.engine.identity.alerts.raising import raise_alert
from relata.engine.identity.credentials import Credentials
from relata.engine.identity.oauth.tokens import ACCESS_TOKEN
from relata.engine.identity.recent import RECENT
from relata.engine.identity.secret_text import digest
from relata.engine.identity.sessions import IDLE
from relata.engine.storage.database import Connection, Database
from relata.foundation.errors import NO_ROOM, NotFound, Unavailable

#: "Last seen" and "last used" are written at most this often.
_TOUCH = "1 minute"
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{43}$")
_KEY = re.compile(r"^rk_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$")

_SESSION = f"""
    select s.id, s.account, m.workspace, m."user", s.last_seen_at < now() - interval '{_TOUCH}', s.confirmed_at,
           s.browser, p.policy, w.schema,
           exists (select from relata.totp t where t.account = s.account and t.confirmed_at is not null)
           or exists (select from relata.passkey y where y.account = s.account),
           s.opened_by
    from relata.session s
    join relata.account a on a.id = s.account and a.disabled_at is null
    left join relata.membership m on m.account = s.account and m.workspace = s.workspace
    left join relata.workspace w on w.id = m.workspace
    left join relata.workspace_policy p on p.workspace = m.workspace
    where s.token_hash = %s and s.revoked_at is null and s.expires_at > now() and s.last_seen_at > now() - %s
      and (s.opened_by <> 'sign_on' or exists (
          select from relata.sign_on_provider o where o.id = s.provider and o.workspace = s.workspace and o.is_on))
"""
#: How one comes into a workspace that wants sign-on alone.
_SIGNED_ON = ("sign_on", "recovery_link")
_API_KEY = f"""
    select k.id, m.account, k.workspace, k."user", k.role, k.scopes,
           coalesce(k.last_used_at < now() - interval '{_TOUCH}', true), p.policy, w.schema
    from relata.api_key k
    left join relata.membership m on m.workspace = k.workspace and m."user" = k."user"
    left join relata.account a on a.id = m.account
    join relata.workspace w on w.id = k.workspace
    left join relata.workspace_policy p on p.workspace = k.workspace
    where k.key_hash = %s and k.revoked_at is null and coalesce(k.expires_at > now(), true) and a.disabled_at is null
"""
#: The token of an application acts as a key with the scopes that its person allowed.
_ACCESS = f"""
    select g.id, m.account, g.workspace, g."user", t.scopes, g.application,
           coalesce(g.last_used_at < now() - interval '{_TOUCH}', true), p.policy, w.schema
    from relata.oauth_token t
    join relata.oauth_grant g on g.id = t.grant_id and g.revoked_at is null
    join relata.oauth_application c on c.id = g.application and c.revoked_at is null
    join relata.membership m on m.workspace = g.workspace and m."user" = g."user"
    join relata.account a on a.id = m.account and a.disabled_at is null
    join relata.workspace w on w.id = g.workspace
    left join relata.workspace_policy p on p.workspace = g.workspace
    where t.token_hash = %s and t.kind = 'access' and t.expires_at > now() and t.revoked_at is null
"""


class Resolver:
    """Looks sessions and keys up in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._own = digest(database.url)[:8]  # what was looked up in this database is known in no other

    async def session(self, token: str) -> Credentials | None:
        """Whose session it is; None when it is unknown, ended or too old."""
        return await self._found("session", token) if _TOKEN.match(token) else None

    async def key(self, text: str) -> Credentials | None:
        """Whose key, or token of an application; None when it is unknown, revoked, expired, or its person disabled."""
        if ACCESS_TOKEN.match(text):
            return await self._found("access", text)
        return await self._found("key", text) if _KEY.match(text) else None

    async def moved(self, credentials: Credentials, ip: str) -> None:
        """End a session that another browser showed than the one it was given to, and tell its person."""
        if credentials.session is None or credentials.account is None:
            return
        async with self._database.transaction() as connection:
            with suppress(NotFound):  # two requests at once: the other one has done it
                await sessions.end(connection, credentials.account, credentials.session)
                await raise_alert(
                    connection,
                    "session_moved",
                    account=credentials.account,
                    workspace=credentials.workspace,
                    session=credentials.session,
                    ip=ip,
                )

    async def _found(self, kind: Literal["session", "key", "access"], secret: str) -> Credentials | None:
        hashed = digest(secret)
        known = RECENT.get(self._own + hashed)
        if known is not None:
            return known
        async with self._database.read() as connection:
            found = await _FINDERS[kind](connection, hashed)
        if found is not None:
            RECENT.keep(self._own + hashed, found)
        return found


async def _find_session(connection: Connection, hashed: bytes) -> Credentials | None:
    row = await connection.fetch_one(_SESSION, (hashed, IDLE))
    if row is None:
        return None
    session, account, workspace, user, is_stale, confirmed_at, browser, policy, schema, has_factor, by = row
    if policy and policy.get("only_sign_on") and by not in _SIGNED_ON:
        return None
    if is_stale:
        await _touch(connection, "update relata.session set last_seen_at = now() where id = %s", session)
    networks, needs_factor = await terms(connection, policy, schema, user)
    return Credentials(
        "session",
        account,
        workspace,
        user,
        session=session,
        confirmed_at=confirmed_at,
        browser=browser,
        networks=networks,
        lacks_factor=needs_factor and not has_factor and by != "sign_on",  # the provider asks for its own
    )


async def _find_key(connection: Connection, hashed: bytes) -> Credentials | None:
    row = await connection.fetch_one(_API_KEY, (hashed,))
    if row is None:
        return None
    key, account, workspace, user, role, scopes, is_stale, policy, schema = row
    if is_stale:
        await _touch(connection, "update relata.api_key set last_used_at = now() where id = %s", key)
    networks, _ = await terms(connection, policy, schema, user)
    return Credentials("key", account, workspace, user, key=key, role=role, scopes=tuple(scopes), networks=networks)


async def _find_access(connection: Connection, hashed: bytes) -> Credentials | None:
    row = await connection.fetch_one(_ACCESS, (hashed,))
    if row is None:
        return None
    grant, account, workspace, user, scopes, application, is_stale, policy, schema = row
    if is_stale:
        await _touch(connection, "update relata.oauth_grant set last_used_at = now() where id = %s", grant)
    networks, _ = await terms(connection, policy, schema, user)
    return Credentials(
        "key",
        account,
        workspace,
        user,
        key=grant,
        scopes=tuple(scopes),
        application=application,
        networks=networks,
    )


async def _touch(connection: Connection, sql: str, key: UUID) -> None:
    """Note that it was used. Where the disk is full, people can still read."""
    try:
        await connection.execute(sql, (key,))
    except Unavailable as error:
        if error.code != NO_ROOM:
            raise


_FINDERS = {"session": _find_session, "key": _find_key, "access": _find_access}
