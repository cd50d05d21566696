"""The second step of signing in, and signing in by a passkey alone.

These take a `Database`: a try must stay counted and logged although the request fails.
"""

from __future__ import annotations

from uuid import UUID

from relata.engine.identity import limits, security_log
from relata.engine.identity.alerts.raising import raise_alert
from relata.engine.identity.arriving import OpenedBy, SignedIn, arrive
from relata.engine.identity.factors import half, passkeys, recovery, totp
from relata.engine.identity.factors.half import HalfSignIn
from relata.engine.identity.factors.passkeys import Site
from relata.engine.identity.refusals import refusals_logged
from relata.engine.identity.sealing import Sealer
from relata.engine.identity.sessions import Visitor
from relata.engine.storage.database import Connection, Database
from relata.foundation.errors import Invalid, LimitReached
from relata.foundation.i18n import gettext as _


async def by_code(
    database: Database, sealer: Sealer, token: str, code: str, visitor: Visitor, *, replaces: str | None = None
) -> tuple[SignedIn, str]:
    """The session, and the page that was wanted, for a half sign-in and a code of the app or from the paper.

    Invalid (`wrong_code`); Expired when the half sign-in is over; LimitReached after too many tries."""
    async with database.read() as connection:
        found = await half.count_try(connection, token, visitor)
    opened_by = await check_code(database, sealer, found.account, code, visitor)
    return await _whole(database, found, visitor, opened_by, replaces), found.next


async def by_passkey(
    database: Database, site: Site, token: str, challenge: UUID | None, credential: str, visitor: Visitor,
    *, replaces: str | None = None,
) -> tuple[SignedIn, str]:  # fmt: skip
    """The same for a passkey of the same person."""
    async with database.read() as connection:
        found = await half.count_try(connection, token, visitor)
    async with database.transaction() as connection:
        await passkeys.check(connection, "second_step", challenge, credential, site, found.account)
    return await _whole(database, found, visitor, "passkey", replaces), found.next


async def by_passkey_alone(
    database: Database, site: Site, challenge: UUID | None, credential: str, visitor: Visitor,
    *, replaces: str | None = None,
) -> SignedIn:  # fmt: skip
    """A session for who unlocked a passkey of theirs; it holds both factors, so nothing else is asked."""
    async with database.read() as connection:
        await limits.attempt(connection, [(limits.PASSKEY_FROM_ADDRESS, visitor.ip)])
    async with database.transaction() as connection:
        account = await passkeys.check(connection, "sign_in", challenge, credential, site)
    async with refusals_logged(database, account, visitor), database.transaction() as connection:
        return await arrive(connection, account, visitor, "passkey", replaces=replaces)


async def check_code(database: Database, sealer: Sealer, account: UUID, code: str, visitor: Visitor) -> OpenedBy:
    """What kind of code it is, which is used up. Invalid (`wrong_code`); LimitReached, with an alert: who gets here
    knows the password."""
    limited = [
        (limits.FACTOR_OF_ACCOUNT, str(account)),
        (limits.FACTOR_A_DAY, str(account)),
        (limits.FACTOR_FROM_ADDRESS, visitor.ip),
    ]
    async with database.read() as connection:
        try:
            counted = await limits.attempt(connection, limited)
        except LimitReached:
            await raise_alert(connection, "many_wrong_codes", account=account, ip=visitor.ip, at_most_hourly=True)
            raise
    async with database.transaction() as connection:
        opened_by = await _used(connection, sealer, account, code, visitor)
        if opened_by:
            await limits.take_back(connection, counted)
            await limits.clear(connection, limits.FACTOR_OF_ACCOUNT, str(account))
            return opened_by
        await security_log.record(connection, "code_refused", account=account, ip=visitor.ip)
    raise Invalid(
        _("This code is not right, or was used."), code="wrong_code", field="code", hint=_("Wait for the next one.")
    )


async def _used(connection: Connection, sealer: Sealer, account: UUID, code: str, visitor: Visitor) -> OpenedBy | None:
    if not recovery.looks_like(code):
        return "totp" if await totp.check(connection, sealer, account, code) else None
    if not await recovery.use(connection, account, code):
        return None
    left = await recovery.left(connection, account)
    await security_log.record(connection, "recovery_code_used", account=account, ip=visitor.ip, left=left)
    await raise_alert(connection, "recovery_code_used", account=account, ip=visitor.ip, left=left)
    return "recovery"


async def _whole(
    database: Database, found: HalfSignIn, visitor: Visitor, opened_by: OpenedBy, replaces: str | None
) -> SignedIn:
    async with refusals_logged(database, found.account, visitor), database.transaction() as connection:
        await half.finish(connection, found)
        return await arrive(connection, found.account, visitor, opened_by, replaces=replaces)
