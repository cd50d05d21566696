"""The first account: made by the holder of the setup token that the start prints, and by nobody else."""

from __future__ import annotations

from uuid import UUID

from relata.engine.identity import accounts, security_log, tokens
from relata.engine.storage.database import Connection
from relata.foundation.errors import Conflict
from relata.foundation.i18n import gettext as _

#: Any number; held while the first account is made, so that two holders of the link can't both be the first.
_LOCK = 7_283_002


async def issue(connection: Connection) -> str | None:
    """A new setup token, which replaces the last one; None once an account exists. To be printed, never logged."""
    if await accounts.any_exists(connection):
        return None
    await connection.execute(
        "update relata.one_time_token set used_at = now() where purpose = 'setup' and used_at is null"
    )
    return await tokens.issue(connection, "setup")


async def check(connection: Connection, token: str) -> None:
    """Whether the setup page may be shown: Expired for a wrong token, Conflict when an account exists."""
    await _check_first(connection)
    await tokens.peek(connection, "setup", token)


async def complete(connection: Connection, token: str, email: str, password: str) -> UUID:
    """The first account. In the caller's transaction, which also makes the workspace and first user: all or nothing."""
    await connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
    await _check_first(connection)
    await tokens.redeem(connection, "setup", token)
    account = await accounts.create(connection, email, password)
    await security_log.record(connection, "setup_completed", account=account)
    return account


async def _check_first(connection: Connection) -> None:
    if await accounts.any_exists(connection):
        raise Conflict(
            _("Relata is set up already."), code="already_set_up", hint=_("Sign in, or ask for an invitation.")
        )
