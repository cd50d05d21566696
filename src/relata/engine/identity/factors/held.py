"""The second factors of one account as a whole: what there is, taking away, resetting by an administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from relata.engine.identity import security_log
from relata.engine.identity.alerts.raising import raise_alert
from relata.engine.identity.factors import half, passkeys, recovery, totp
from relata.engine.identity.factors.passkeys import Passkey
from relata.engine.identity.recent import RECENT
from relata.engine.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Factors:
    """app_since: when the authenticator app was set up. codes: unused recovery codes."""

    app_since: datetime | None
    passkeys: tuple[Passkey, ...]
    codes: int

    @property
    def any(self) -> bool:
        """Whether a second step is asked for."""
        return self.app_since is not None or bool(self.passkeys)


async def of(connection: Connection, account: UUID) -> Factors:
    """What an account has."""
    row = await connection.fetch_one(
        "select confirmed_at from relata.totp where account = %s and confirmed_at is not null", (account,)
    )
    keys = await passkeys.list_of(connection, account)
    return Factors(row[0] if row else None, tuple(keys), await recovery.left(connection, account))


async def added(connection: Connection, account: UUID, what: str, ip: str) -> tuple[str, ...]:
    """After a factor was set up: recovery codes, if there are none yet, to be shown once."""
    RECENT.forget(account)
    await half.end_of_account(connection, account)
    await security_log.record(connection, "factor_added", account=account, ip=ip, what=what)
    await raise_alert(connection, "factor_added", account=account, ip=ip, what=what)
    return () if await recovery.left(connection, account) else await recovery.renew(connection, account)


async def removed(connection: Connection, account: UUID, what: str, ip: str) -> None:
    """After one was taken away; with the last one the recovery codes go."""
    RECENT.forget(account)
    if not (await of(connection, account)).any:
        await connection.execute("delete from relata.recovery_code where account = %s", (account,))
    await half.end_of_account(connection, account)
    await security_log.record(connection, "factor_removed", account=account, ip=ip, what=what)
    await raise_alert(connection, "factor_removed", account=account, ip=ip, what=what)


async def reset(connection: Connection, account: UUID, *, workspace: UUID, by: UUID | None) -> None:
    """An administrator takes all of them away, for somebody who lost them; the person signs in by password and sets up
    anew. by: the administrator's user id."""
    await totp.remove(connection, account)
    await connection.execute("delete from relata.passkey where account = %s", (account,))
    await connection.execute("delete from relata.recovery_code where account = %s", (account,))
    await half.end_of_account(connection, account)
    RECENT.forget(account)
    await security_log.record(connection, "factors_reset", account=account, workspace=workspace, by=str(by))
    await raise_alert(connection, "factors_reset", account=account, workspace=workspace)
