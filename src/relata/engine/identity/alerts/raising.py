"""Writing an alert down. A worker mails it to the person concerned; the security page lists it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from relata.engine.storage.database import Connection
from relata.foundation.ids import new_id

Severity = Literal["low", "medium", "high"]
#: Every kind with its severity.
KINDS: dict[str, Severity] = {
    "new_device": "low",
    "new_network": "low",
    "impossible_travel": "high",
    "many_failures": "medium",
    "many_wrong_codes": "high",
    "recovery_code_used": "medium",
    "factor_added": "low",
    "factor_removed": "medium",
    "factors_reset": "medium",
    "session_moved": "high",
    "token_reused": "high",
    "mass_read": "medium",
    "mass_export": "high",
}


async def raise_alert(
    connection: Connection,
    kind: str,
    *,
    account: UUID | None,
    workspace: UUID | None = None,
    session: UUID | None = None,
    ip: str = "",
    at_most_hourly: bool = False,
    **detail: str | int,
) -> bool:
    """Whether it was written. at_most_hourly: not again within an hour for the same account, so that a flood of tries
    is one alert. workspace: None when it is not known, and then every workspace of the account sees it."""
    if at_most_hourly:
        known = await connection.fetch_one(
            "select 1 from relata.security_alert where kind = %s and account = %s and at > now() - interval '1 hour'",
            (kind, account),
        )
        if known:
            return False
    await connection.execute(
        "insert into relata.security_alert (id, kind, severity, account, workspace, session, ip, detail)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        (new_id(), kind, KINDS[kind], account, workspace, session, ip[:64], Jsonb(detail)),
    )
    return True
