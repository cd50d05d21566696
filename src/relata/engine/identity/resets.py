"""A forgotten password: a link by mail, good for one hour and one use. Nobody learns whether an address is known."""

from __future__ import annotations

from uuid import UUID

from relata.engine.identity import accounts, emails, limits, passwords, security_log, tokens
from relata.engine.identity.sessions import Visitor
from relata.engine.identity.tokens import OneTimeToken
from relata.engine.storage.database import Connection, Database
from relata.foundation.errors import Expired
from relata.foundation.i18n import gettext as _


async def request(database: Database, email: str, visitor: Visitor) -> tuple[str, str] | None:
    """The address to mail to and the token for the link, or None for an unknown or disabled account.

    The answer to the person is the same in both cases, and the mail is sent after it. An earlier link dies.
    LimitReached after too many requests for the address or from the same place.
    """
    address = emails.looked_up(email)
    async with database.read() as connection:
        await limits.attempt(connection, [(limits.RESET_OF_ACCOUNT, address), (limits.RESET_FROM_ADDRESS, visitor.ip)])
    async with database.transaction() as connection:
        account = await accounts.by_email(connection, address)
        known = account.id if account else None
        await security_log.record(connection, "reset_requested", account=known, ip=visitor.ip)
        if account is None or account.disabled_at is not None:
            return None
        await tokens.end_of_account(connection, account.id)
        return account.email, await tokens.issue(connection, "reset", account=account.id)


async def check(connection: Connection, token: str) -> OneTimeToken:
    """Whether the reset page may be shown; Expired otherwise."""
    return await tokens.peek(connection, "reset", token)


async def complete(database: Database, token: str, password: str, visitor: Visitor) -> UUID:
    """Set the new password by the link. All sessions end, other links die, and the account may sign in at once.

    Expired for a link that is not good; Invalid for the password, after which the link still is.
    """
    async with database.read() as connection:
        await limits.attempt(connection, [(limits.TOKEN_FROM_ADDRESS, visitor.ip)])
        found = await tokens.peek(connection, "reset", token)
        account = await accounts.by_id(connection, _of(found))
    passwords.check_acceptable(password, account.email)
    hashed = await passwords.hashed(password)
    async with database.transaction() as connection:
        await tokens.redeem(connection, "reset", token)
        await accounts.set_password(connection, account.id, hashed, ip=visitor.ip)
        await limits.clear(connection, limits.SIGN_IN_OF_ACCOUNT, account.email)
    return account.id


def _of(found: OneTimeToken) -> UUID:
    if found.account is None:
        raise Expired(_("This link is no longer valid."), code="reset_link")
    return found.account
