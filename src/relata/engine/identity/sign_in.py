"""Signing in and changing one's password: limited, and equally slow for unknown addresses.

These take a `Database`: what was refused must stay counted and logged although the request fails, and no connection is
held while argon2 works.
"""

from __future__ import annotations

from uuid import UUID

from relata.engine.identity import accounts, emails, limits, passwords, security_log
from relata.engine.identity.accounts import Account
from relata.engine.identity.alerts.raising import raise_alert
from relata.engine.identity.arriving import SignedIn, arrive
from relata.engine.identity.factors import half, held
from relata.engine.identity.refusals import refusals_logged
from relata.engine.identity.sessions import Visitor
from relata.engine.storage.database import Database
from relata.foundation.errors import Denied, Invalid, LimitReached
from relata.foundation.i18n import gettext as _


class SecondStepNeeded(Denied):
    """The password was right, and a second factor has to follow. token: of the half sign-in, for a cookie."""

    code = "second_step"

    def __init__(self, token: str) -> None:
        super().__init__("A second step is needed.", hint="Enter the code of your app, or use a passkey.")
        self.token = token


async def sign_in(
    database: Database, email: str, password: str, visitor: Visitor, *, replaces: str | None = None, wanted: str = ""
) -> SignedIn:
    """A new session for who knows the password. replaces: the token that the browser showed, which ends. wanted: the
    page to go on to after a second step.

    Invalid (`wrong_credentials`) says the same for an unknown address, a wrong password and a disabled account;
    LimitReached after too many attempts on the account or from the address; SecondStepNeeded for who has a factor.
    """
    account, counted = await _checked(database, email, password, visitor)
    fresh_hash = None
    if account.password_hash and passwords.is_outdated(account.password_hash):
        fresh_hash = await passwords.hashed(password)
    async with refusals_logged(database, account.id, visitor), database.transaction() as connection:
        await limits.take_back(connection, counted)
        await limits.clear(connection, limits.SIGN_IN_OF_ACCOUNT, account.email)
        still_right = await connection.execute(
            "update relata.account set failed_count = 0, password_hash = coalesce(%s, password_hash)"
            " where id = %s and password_hash = %s and disabled_at is null",
            (fresh_hash, account.id, account.password_hash),
        )
        if not still_right:  # changed while we were hashing: the old one must open nothing any more
            raise _wrong()
        if not (await held.of(connection, account.id)).any:
            return await arrive(connection, account.id, visitor, "password", replaces=replaces)
        token = await half.begin(connection, account.id, visitor, wanted)
    raise SecondStepNeeded(token)


async def change_password(
    database: Database, account: UUID, current: str, new: str, visitor: Visitor, *, keep: UUID | None = None
) -> None:
    """A person changes their own password, knowing the current one; limited like sign-in. keep: this session's id.

    Invalid: `wrong_password` for the current one, or what is wrong with the new one. All other sessions end.
    """
    async with database.read() as connection:
        email = (await accounts.by_id(connection, account)).email
    passwords.check_acceptable(new, email)
    await check_own_password(database, email, current, visitor, field="current")
    hashed = await passwords.hashed(new)
    async with database.transaction() as connection:
        await accounts.set_password(connection, account, hashed, keep=keep, ip=visitor.ip)


async def check_own_password(database: Database, email: str, password: str, visitor: Visitor, *, field: str) -> None:
    """For somebody who is signed in; limited like sign-in. Invalid (`wrong_password`, field)."""
    try:
        counted = (await _checked(database, email, password, visitor))[1]
    except Invalid as error:
        raise Invalid(_("The password is not right."), code="wrong_password", field=field) from error
    async with database.read() as connection:
        await limits.take_back(connection, counted)


async def _checked(database: Database, email: str, password: str, visitor: Visitor) -> tuple[Account, list[int]]:
    """The account if the password is right and it may come in, and the attempts that were counted."""
    address = emails.looked_up(email)
    limited = [(limits.SIGN_IN_OF_ACCOUNT, address), (limits.SIGN_IN_FROM_ADDRESS, visitor.ip)]
    async with database.read() as connection:
        account = await accounts.by_email(connection, address)
        known = account.id if account else None
        try:
            counted = await limits.attempt(connection, limited)
        except LimitReached:
            await security_log.record(connection, "sign_in_limited", account=known, ip=visitor.ip)
            if known:
                await raise_alert(connection, "many_failures", account=known, ip=visitor.ip, at_most_hourly=True)
            raise
    right = await passwords.matches(account.password_hash if account else None, password)
    if account is not None and right and account.disabled_at is None:
        return account, counted
    async with database.read() as connection:
        await connection.execute(
            "update relata.account set failed_count = failed_count + 1, last_failed_at = now() where id = %s", (known,)
        )
        await security_log.record(connection, "sign_in_refused", account=known, ip=visitor.ip)
    raise _wrong()


def _wrong() -> Invalid:
    return Invalid(
        _("The address or the password is not right."),
        code="wrong_credentials",
        hint=_("Try again, or reset the password."),
    )
