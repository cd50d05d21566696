"""Showing again who one is, before something dangerous: by a second factor, or by the password where there is none."""

from __future__ import annotations

from uuid import UUID

from relata.engine.identity import accounts, security_log, sessions
from relata.engine.identity.factors import held, passkeys, second_step
from relata.engine.identity.factors.passkeys import Site
from relata.engine.identity.sealing import Sealer
from relata.engine.identity.sessions import Visitor
from relata.engine.identity.sign_in import check_own_password
from relata.engine.storage.database import Database
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _


async def by_password(database: Database, account: UUID, session: UUID, password: str, visitor: Visitor) -> str:
    """The session's new token. Invalid (`wrong_password`) for a wrong one; `factor_needed` where there is a factor."""
    async with database.read() as connection:
        if (await held.of(connection, account)).any:
            raise Invalid(_("Use your second factor."), code="factor_needed", field="password")
        email = (await accounts.by_id(connection, account)).email
    await check_own_password(database, email, password, visitor, field="password")
    return await _renewed(database, account, session, "password", visitor)


async def by_code(database: Database, sealer: Sealer, account: UUID, session: UUID, code: str, visitor: Visitor) -> str:
    """The session's new token, for a code of the app or from the paper."""
    opened_by = await second_step.check_code(database, sealer, account, code, visitor)
    return await _renewed(database, account, session, opened_by, visitor)


async def by_passkey(
    database: Database, site: Site, account: UUID, session: UUID, challenge: UUID | None, credential: str,
    visitor: Visitor,
) -> str:  # fmt: skip
    """The session's new token, for a passkey of one's own."""
    async with database.transaction() as connection:
        await passkeys.check(connection, "confirm", challenge, credential, site, account)
    return await _renewed(database, account, session, "passkey", visitor)


async def _renewed(database: Database, account: UUID, session: UUID, by: str, visitor: Visitor) -> str:
    async with database.transaction() as connection:
        await security_log.record(connection, "confirmed", account=account, ip=visitor.ip, by=by)
        return await sessions.renew(connection, session)
