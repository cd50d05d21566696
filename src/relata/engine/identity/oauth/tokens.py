"""Access tokens of half an hour, and refresh tokens that change at each use; all kept as hashes.

What is used twice was stolen from one of two holders, so the whole family ends. These take a `Database`: the end must
stay although the request fails.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn
from uuid import UUID

from relata.engine.identity.alerts.raising import raise_alert
from relata.engine.identity.oauth import grants
from relata.engine.identity.oauth.applications import Application
from relata.engine.identity.oauth.problems import OAuthRefused
from relata.engine.identity.secret_text import digest, draw
from relata.engine.storage.database import Connection, Database
from relata.foundation.ids import new_id

ACCESS_TOKEN = re.compile(r"^ra_[A-Za-z0-9_-]{43}$")
ACCESS_LIFETIME, REFRESH_LIFETIME = timedelta(minutes=30), timedelta(days=30)
#: PKCE's verifier (RFC 7636, 4.1).
_VERIFIER = re.compile(r"^[A-Za-z0-9._~-]{43,128}$")
#: A grant that ended, or whose person left or was disabled, gives nothing.
_LIVING = """
    join relata.oauth_grant g on g.id = x.grant_id and g.revoked_at is null and g.application = %(application)s
    join relata.membership m on m.workspace = g.workspace and m."user" = g."user"
    join relata.account a on a.id = m.account and a.disabled_at is null
"""


@dataclass(frozen=True, slots=True)
class Issued:
    """What an application gets; shown once."""

    access_token: str
    refresh_token: str
    expires_in_seconds: int
    scopes: tuple[str, ...]


async def exchange(
    database: Database, application: Application, code: str, redirect_uri: str, verifier: str, ip: str
) -> Issued:
    """Tokens for a code, for who asked for it: OAuthRefused (`invalid_grant`) otherwise. The code is used up by any
    try; used a second time, it ends what it gave the first."""
    async with database.transaction() as connection:
        row = await connection.fetch_one(
            "update relata.oauth_code x set used_at = now() where code_hash = %s and used_at is null returning"
            " grant_id, redirect_uri, challenge, expires_at > now()",
            (digest(code),),
        )
        issued = None
        if row is None:
            await _end_of_code(connection, application, code, ip)
        elif row[3] and redirect_uri == row[1] and _answers(verifier, row[2]):
            scopes = await _scopes_of(connection, application, row[0])
            issued = await _issue(connection, row[0], scopes) if scopes else None
    return issued or _refuse()


async def refresh(database: Database, application: Application, token: str, scopes: Sequence[str], ip: str) -> Issued:
    """New tokens for a refresh token, which is used up. scopes: fewer, or none for the same. A token that was used
    before ends its family, with an alert."""
    async with database.transaction() as connection:
        row = await connection.fetch_one(
            f"select x.id, x.grant_id, x.scopes, x.used_at is not null, m.account, g.workspace"
            f" from relata.oauth_token x {_LIVING} where x.token_hash = %(hash)s and x.kind = 'refresh'"
            " and x.revoked_at is null and x.expires_at > now() for update of x",
            {"application": application.id, "hash": digest(token)},
        )
        issued = None
        if row is not None and row[3]:
            await _reused(connection, row[1], row[4], row[5], application, ip)
        elif row is not None:
            wanted = tuple(scopes) or tuple(row[2])
            if not set(wanted) <= set(row[2]):
                raise OAuthRefused("More scopes than were allowed.", code="invalid_scope")
            await connection.execute("update relata.oauth_token set used_at = now() where id = %s", (row[0],))
            issued = await _issue(connection, row[1], tuple(row[2]), wanted)
    return issued or _refuse()


async def revoke(connection: Connection, application: Application, token: str) -> None:
    """End the family of a token of this application (RFC 7009); what is unknown is fine, too."""
    row = await connection.fetch_one(
        "select g.id from relata.oauth_token x join relata.oauth_grant g on g.id = x.grant_id"
        " where x.token_hash = %s and g.application = %s",
        (digest(token), application.id),
    )
    if row:
        await grants.end(connection, row[0])


async def _scopes_of(connection: Connection, application: Application, grant: UUID) -> tuple[str, ...]:
    row = await connection.fetch_one(
        f"select g.scopes from (select %(grant)s::uuid as grant_id) x {_LIVING}",
        {"application": application.id, "grant": grant},
    )
    return tuple(row[0]) if row else ()


async def _issue(
    connection: Connection, grant: UUID, scopes: tuple[str, ...], narrowed: tuple[str, ...] = ()
) -> Issued:
    """The refresh token keeps all scopes, the access token may have fewer."""
    found = Issued(f"ra_{draw()}", f"rr_{draw()}", int(ACCESS_LIFETIME.total_seconds()), narrowed or scopes)
    for kind, text, lifetime, held in (
        ("access", found.access_token, ACCESS_LIFETIME, found.scopes),
        ("refresh", found.refresh_token, REFRESH_LIFETIME, scopes),
    ):
        await connection.execute(
            "insert into relata.oauth_token (id, grant_id, kind, token_hash, scopes, expires_at)"
            " values (%s, %s, %s, %s, %s, now() + %s)",
            (new_id(), grant, kind, digest(text), list(held), lifetime),
        )
    return found


async def _end_of_code(connection: Connection, application: Application, code: str, ip: str) -> None:
    row = await connection.fetch_one(
        f"select x.grant_id, m.account, g.workspace from relata.oauth_code x {_LIVING} where x.code_hash = %(hash)s",
        {"application": application.id, "hash": digest(code)},
    )
    if row:
        await _reused(connection, row[0], row[1], row[2], application, ip)


async def _reused(
    connection: Connection, grant: UUID, account: UUID, workspace: UUID, application: Application, ip: str
) -> None:
    await grants.end(connection, grant)
    await raise_alert(
        connection, "token_reused", account=account, workspace=workspace, ip=ip, application=application.name
    )


def _answers(verifier: str, challenge: str) -> bool:
    if not _VERIFIER.match(verifier):
        return False
    made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())


def _refuse() -> NoReturn:
    raise OAuthRefused("The code or token is unknown, was used, or is no longer valid.", code="invalid_grant")
