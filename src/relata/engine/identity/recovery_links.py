"""The way back in when sign-on is the only way and does not work: a link that whoever has the machine makes."""

from __future__ import annotations

from uuid import UUID

from relata.engine.identity import limits, tokens
from relata.engine.identity.arriving import SignedIn, arrive
from relata.engine.identity.sessions import Visitor
from relata.engine.storage.database import Connection, Database
from relata.foundation.errors import Expired
from relata.foundation.i18n import gettext as _


async def issue(connection: Connection, account: UUID) -> str:
    """A token for the link, good for an hour and one use. To be printed, never logged or mailed."""
    return await tokens.issue(connection, "recovery", account=account)


async def use(database: Database, token: str, visitor: Visitor, *, replaces: str | None = None) -> SignedIn:
    """A session for whose link it is. Expired for one that is not good, LimitReached after too many tries."""
    async with database.read() as connection:
        await limits.attempt(connection, [(limits.TOKEN_FROM_ADDRESS, visitor.ip)])
    async with database.transaction() as connection:
        found = await tokens.redeem(connection, "recovery", token)
        if found.account is None:
            raise Expired(_("This link is no longer valid."), code="recovery_link")
        return await arrive(connection, found.account, visitor, "recovery_link", replaces=replaces)
