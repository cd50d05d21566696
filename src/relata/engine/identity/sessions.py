"""Sessions: made by signing in, found by their token, listed and ended by their owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from relata.engine.identity import browsers
from relata.engine.identity.recent import RECENT
from relata.engine.identity.secret_text import digest, draw
from relata.engine.storage.database import Connection
from relata.foundation.errors import Denied, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

IDLE = timedelta(days=14)
ABSOLUTE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from, for the list of sessions and the security log."""

    ip: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """One place where a person is signed in."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    ip: str
    user_agent: str
    opened_by: str


async def start(
    connection: Connection,
    account: UUID,
    workspace: UUID | None,
    visitor: Visitor,
    *,
    replaces: str | None = None,
    opened_by: str = "password",
    provider: UUID | None = None,
    confirmed_at: datetime | None = None,
) -> tuple[UUID, str]:
    """A new session: its id, and its token, which is shown once. replaces: the token of the session that it ends.
    opened_by: what the person showed last. It counts as freshly confirmed, and is bound to the visitor's browser.
    provider: by whose word they came; such a session ends with it. confirmed_at: when they showed who they are, if not
    now."""
    if replaces:
        await end_by_token(connection, replaces)
    session, token = new_id(), draw()
    await connection.execute(
        "insert into relata.session (id, account, workspace, token_hash, expires_at, ip, user_agent,"
        " opened_by, browser, provider, confirmed_at)"
        " values (%s, %s, %s, %s, now() + %s, %s, %s, %s, %s, %s, coalesce(least(%s, now()), now()))",
        (
            session,
            account,
            workspace,
            digest(token),
            ABSOLUTE,
            visitor.ip[:64],
            _stored(visitor.user_agent),
            opened_by,
            browsers.family(visitor.user_agent),
            provider,
            confirmed_at,
        ),
    )
    return session, token


async def list_of(connection: Connection, account: UUID) -> list[Session]:
    """The account's living sessions, the one last used first."""
    rows = await connection.fetch(
        "select id, created_at, last_seen_at, ip, user_agent, opened_by from relata.session where account = %s"
        " and revoked_at is null and expires_at > now() and last_seen_at > now() - %s order by last_seen_at desc",
        (account, IDLE),
    )
    return [Session(*row) for row in rows]


async def end(connection: Connection, account: UUID, session: UUID) -> None:
    """End one session of this account; NotFound if it is not theirs or over already."""
    RECENT.forget(session)
    ended = await connection.execute(
        "update relata.session set revoked_at = now() where id = %s and account = %s and revoked_at is null",
        (session, account),
    )
    if not ended:
        raise NotFound(_("There is no such session."), code="session_not_found")


async def renew(connection: Connection, session: UUID) -> str:
    """The session goes on, freshly confirmed, under another token: whoever knows the old one is out. The new token."""
    RECENT.forget(session)
    token = draw()
    renewed = await connection.execute(
        "update relata.session set token_hash = %s, confirmed_at = now() where id = %s and revoked_at is null",
        (digest(token), session),
    )
    if not renewed:
        raise NotFound(_("There is no such session."), code="session_not_found")
    return token


async def end_by_token(connection: Connection, token: str) -> None:
    """Sign out: end the session that the token opens, if there is one."""
    row = await connection.fetch_one(
        "update relata.session set revoked_at = now() where token_hash = %s and revoked_at is null returning id",
        (digest(token),),
    )
    if row:
        RECENT.forget(row[0])


async def end_all(connection: Connection, account: UUID, *, except_for: UUID | None = None) -> int:
    """End all sessions of an account but one; how many there were."""
    RECENT.forget(account)
    return await connection.execute(
        "update relata.session set revoked_at = now() where account = %s and revoked_at is null"
        " and id is distinct from %s::uuid",
        (account, except_for),
    )


async def end_in_workspace(connection: Connection, account: UUID, workspace: UUID) -> int:
    """End the sessions in which somebody works in this workspace, as when they leave it; how many there were."""
    RECENT.forget(account)
    return await connection.execute(
        "update relata.session set revoked_at = now() where account = %s and workspace = %s and revoked_at is null",
        (account, workspace),
    )


async def enter(connection: Connection, session: UUID, account: UUID, workspace: UUID) -> None:
    """Go on in another workspace of the same person; Denied if they do not belong to it."""
    RECENT.forget(session)
    moved = await connection.execute(
        "update relata.session s set workspace = m.workspace from relata.membership m"
        " where s.id = %s and s.account = %s and m.account = s.account and m.workspace = %s and s.revoked_at is null",
        (session, account, workspace),
    )
    if not moved:
        raise Denied(_("You do not belong to this workspace."), code="not_a_member", hint=_("Ask for an invitation."))


def _stored(user_agent: str) -> str:
    return user_agent.replace("\x00", "")[:300]
