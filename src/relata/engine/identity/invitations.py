"""Inviting somebody into a workspace: a link to an address, good for a week and one use."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from relata.engine.identity import accounts, emails, memberships, security_log, tokens
from relata.engine.identity.tokens import OneTimeToken
from relata.engine.storage.database import Connection
from relata.foundation.errors import Denied, Expired, Invalid
from relata.foundation.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the page needs. has_account: the person signs in to accept; otherwise they choose a password."""

    email: str
    workspace: UUID
    user: UUID
    has_account: bool


@dataclass(frozen=True, slots=True)
class Accepted:
    """Who came in, as whom; the caller starts the session and makes the user active."""

    account: UUID
    workspace: UUID
    user: UUID


async def invite(connection: Connection, workspace: UUID, user: UUID, email: str, *, by: UUID | None = None) -> str:
    """A token for the link to mail. user: the row in the workspace's `user` table that waits for this person.

    An earlier invitation of the same user dies. by: the account that invites, for the security log.
    """
    address = emails.normalised(email)
    await connection.execute(
        "update relata.one_time_token set used_at = now() where purpose = 'invite' and workspace = %s"
        ' and "user" = %s and used_at is null',
        (workspace, user),
    )
    await security_log.record(connection, "invited", account=by, workspace=workspace, user=str(user))
    return await tokens.issue(connection, "invite", workspace=workspace, user=user, email=address)


async def check(connection: Connection, token: str) -> Invitation:
    """What the invitation's page shows; Expired for a link that is not good."""
    email, workspace, user = _of(await tokens.peek(connection, "invite", token))
    account = await accounts.by_email(connection, email)
    return Invitation(email, workspace, user, account is not None)


async def accept(
    connection: Connection, token: str, *, password: str | None = None, signed_in: UUID | None = None
) -> Accepted:
    """Join the workspace. password: for a person without an account. signed_in: the account of who has one.

    Denied (`sign_in_first`) when the address has an account and nobody, or somebody else, is signed in.
    """
    email, workspace, user = _of(await tokens.redeem(connection, "invite", token))
    known = await accounts.by_email(connection, email)
    if known is not None and (known.disabled_at is not None or signed_in != known.id):
        raise Denied(
            _("This address has an account."),
            code="sign_in_first",
            hint=_("Sign in as %(email)s first.") % {"email": email},
        )
    if known is None and password is None:
        raise Invalid(_("Choose a password."), code="required", field="password")
    account = known.id if known else await accounts.create(connection, email, password or "")
    await memberships.join(connection, account, workspace, user)
    return Accepted(account, workspace, user)


def _of(found: OneTimeToken) -> tuple[str, UUID, UUID]:
    if found.email is None or found.workspace is None or found.user is None:
        raise Expired(_("This link is no longer valid."), code="invite_link")
    return found.email, found.workspace, found.user
