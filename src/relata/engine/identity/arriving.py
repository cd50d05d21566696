"""The last step of every way to sign in: which workspace, is the address admitted there, a session, what is unusual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from relata.engine.identity import memberships, security_log, sessions
from relata.engine.identity.admission import storing
from relata.engine.identity.alerts import arrivals
from relata.engine.identity.memberships import Membership
from relata.engine.identity.sessions import Visitor
from relata.engine.storage.database import Connection
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _

#: What was shown last.
OpenedBy = Literal["password", "totp", "passkey", "recovery", "sign_on", "recovery_link"]


@dataclass(frozen=True, slots=True)
class SignedOn:
    """By whose word somebody comes: a provider of one workspace, into which it opens the way and into no other.
    confirmed_at: when they showed the provider who they are."""

    provider: UUID
    workspace: UUID
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """token: for the cookie, shown nowhere else. workspaces: the one that the session is in comes first."""

    account: UUID
    session: UUID
    token: str
    workspaces: tuple[Membership, ...]


async def arrive(
    connection: Connection,
    account: UUID,
    visitor: Visitor,
    opened_by: OpenedBy,
    *,
    replaces: str | None = None,
    signed_on: SignedOn | None = None,
) -> SignedIn:
    """A new session for who has shown enough. replaces: the token that the browser showed, which ends.

    Denied (`address_not_allowed`) when none of the person's workspaces lets anybody in from there, and (`sign_on_only`)
    when all of them want people to come by sign-on.
    """
    everywhere = await memberships.list_of(connection, account)
    known = [one for one in everywhere if await _is_way_in(connection, one, opened_by, signed_on)]
    if everywhere and not known:
        raise Denied(
            _("Your company wants you to come by sign-on."),
            code="sign_on_only",
            hint=_("Use the button of your sign-on provider."),
        )
    found = [one for one in known if await storing.admits_user(connection, one.workspace, one.user, visitor.ip)]
    if known and not found:
        raise not_from_here()
    await connection.execute("update relata.account set last_sign_in_at = now() where id = %s", (account,))
    workspace = found[0].workspace if found else None
    session, token = await sessions.start(
        connection, account, workspace, visitor, replaces=replaces, opened_by=opened_by,
        provider=signed_on.provider if signed_on else None,
        confirmed_at=signed_on.confirmed_at if signed_on else None,
    )  # fmt: skip
    await security_log.record(
        connection, "signed_in", account=account, workspace=workspace, ip=visitor.ip, by=opened_by
    )
    await arrivals.note(connection, account, visitor, workspace=workspace, session=session)
    return SignedIn(account, session, token, tuple(found))


async def _is_way_in(
    connection: Connection, membership: Membership, opened_by: OpenedBy, signed_on: SignedOn | None
) -> bool:
    if opened_by == "sign_on":
        return signed_on is not None and signed_on.workspace == membership.workspace
    return opened_by == "recovery_link" or not (await storing.of(connection, membership.workspace)).only_sign_on


def not_from_here() -> Denied:
    """The same words at sign-in and for every request."""
    return Denied(
        _("This workspace can't be reached from your address."),
        code="address_not_allowed",
        hint=_("Use the network of your company, or ask an administrator."),
    )
