"""The last step of every way to sign in: which workspace, is the address admitted there, a session, what is unusual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from relata.engine.identity import memberships, security_log, sessions
from relata.engine.identity.admission import storing
from relata.engine.identity.alerts import arrivals
from relata.engine.identity.memberships import Membership
from relata.engine.identity.sessions import Visitor
from relata.engine.storage.database import Connection
from relata.foundation.errors import Denied

#: What was shown last.
OpenedBy = Literal["password", "totp", "passkey", "recovery", "sign_on"]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """token: for the cookie, shown nowhere else. workspaces: the one that the session is in comes first."""

    account: UUID
    session: UUID
    token: str
    workspaces: tuple[Membership, ...]


async def arrive(
    connection: Connection, account: UUID, visitor: Visitor, opened_by: OpenedBy, *, replaces: str | None = None
) -> SignedIn:
    """A new session for who has shown enough. replaces: the token that the browser showed, which ends.

    Denied (`address_not_allowed`) when none of the person's workspaces lets anybody in from there.
    """
    known = await memberships.list_of(connection, account)
    found = [one for one in known if await storing.admits_user(connection, one.workspace, one.user, visitor.ip)]
    if known and not found:
        raise not_from_here()
    await connection.execute("update relata.account set last_sign_in_at = now() where id = %s", (account,))
    workspace = found[0].workspace if found else None
    session, token = await sessions.start(
        connection, account, workspace, visitor, replaces=replaces, opened_by=opened_by
    )
    await security_log.record(
        connection, "signed_in", account=account, workspace=workspace, ip=visitor.ip, by=opened_by
    )
    await arrivals.note(connection, account, visitor, workspace=workspace, session=session)
    return SignedIn(account, session, token, tuple(found))


def not_from_here() -> Denied:
    """The same words at sign-in and for every request."""
    return Denied(
        "This workspace can't be reached from your address.",
        code="address_not_allowed",
        hint="Use the network of your company, or ask an administrator.",
    )
