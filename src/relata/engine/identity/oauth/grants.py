"""What a person allowed an application: for which scopes, until they take it back, or password or roles change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from relata.engine.identity.recent import RECENT
from relata.engine.identity.secret_text import digest, draw
from relata.engine.storage.database import Connection
from relata.foundation.ids import new_id

#: Between the consent and the application's fetching of its tokens.
CODE_LIFETIME = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one application holds of one person."""

    application: UUID
    name: str
    scopes: tuple[str, ...]
    since: datetime
    last_used_at: datetime | None


async def allow(
    connection: Connection,
    application: UUID,
    workspace: UUID,
    user: UUID,
    scopes: Sequence[str],
    *,
    redirect_uri: str,
    challenge: str,
) -> str:
    """A grant, and the code that the application exchanges for its tokens. challenge: PKCE's, by S256."""
    grant, code = new_id(), draw()
    await connection.execute(
        'insert into relata.oauth_grant (id, application, workspace, "user", scopes) values (%s, %s, %s, %s, %s)',
        (grant, application, workspace, user, list(scopes)),
    )
    await connection.execute(
        "insert into relata.oauth_code (code_hash, grant_id, redirect_uri, challenge, expires_at)"
        " values (%s, %s, %s, %s, now() + %s)",
        (digest(code), grant, redirect_uri, challenge, CODE_LIFETIME),
    )
    return code


async def list_of(connection: Connection, workspace: UUID, user: UUID) -> list[Allowed]:
    """Each application that holds something living of a person, in the order of their names."""
    rows = await connection.fetch(
        "select g.application, a.name, array_agg(distinct scope), min(g.created_at), max(g.last_used_at)"
        " from relata.oauth_grant g join relata.oauth_application a on a.id = g.application,"
        ' unnest(g.scopes) scope where g.workspace = %s and g."user" = %s and g.revoked_at is null'
        " and exists (select from relata.oauth_token t where t.grant_id = g.id and t.expires_at > now())"
        " group by g.application, a.name order by a.name",
        (workspace, user),
    )
    return [Allowed(row[0], row[1], tuple(row[2]), row[3], row[4]) for row in rows]


async def end(connection: Connection, grant: UUID) -> None:
    """Nothing that came from this grant opens anything any more."""
    RECENT.forget(grant)
    await connection.execute(
        "update relata.oauth_grant set revoked_at = coalesce(revoked_at, now()) where id = %s", (grant,)
    )


async def end_of_application(connection: Connection, workspace: UUID, user: UUID, application: UUID) -> int:
    """A person takes back what they allowed; how much there was."""
    RECENT.forget(application)
    return await connection.execute(
        'update relata.oauth_grant set revoked_at = now() where workspace = %s and "user" = %s and application = %s'
        " and revoked_at is null",
        (workspace, user, application),
    )


async def end_of_user(connection: Connection, workspace: UUID, user: UUID) -> int:
    """Of a person who leaves or gets other roles; how much there was."""
    RECENT.forget(user)
    return await connection.execute(
        'update relata.oauth_grant set revoked_at = now() where workspace = %s and "user" = %s and revoked_at is null',
        (workspace, user),
    )


async def end_of_account(connection: Connection, account: UUID) -> int:
    """Of a person in all their workspaces, as when the password changes; how much there was."""
    RECENT.forget(account)
    return await connection.execute(
        "update relata.oauth_grant g set revoked_at = now() from relata.membership m where m.account = %s"
        ' and g.workspace = m.workspace and g."user" = m."user" and g.revoked_at is null',
        (account,),
    )
