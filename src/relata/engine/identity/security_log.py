"""What happened at the door: who came in, who was refused, which password, session or key changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from relata.engine.storage.database import Connection


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """One line of the log. detail: never a secret, an address that somebody typed, or a hash of either."""

    at: datetime
    kind: str
    account: UUID | None
    workspace: UUID | None
    ip: str
    detail: dict[str, Any]


async def record(
    connection: Connection,
    kind: str,
    *,
    account: UUID | None = None,
    workspace: UUID | None = None,
    ip: str = "",
    **detail: str | int | None,
) -> None:
    """Write one line. kind: `signed_in`, `sign_in_refused`, `password_changed` … , a past participle."""
    await connection.execute(
        "insert into relata.security_log (kind, account, workspace, ip, detail) values (%s, %s, %s, %s, %s)",
        (kind, account, workspace, ip, Jsonb(detail)),
    )


async def of_account(connection: Connection, account: UUID, *, limit: int = 50) -> list[SecurityEvent]:
    """What concerns one account, newest first."""
    rows = await connection.fetch(
        "select at, kind, account, workspace, ip, detail from relata.security_log where account = %s"
        " order by at desc, id desc limit %s",
        (account, limit),
    )
    return [SecurityEvent(*row) for row in rows]
