"""Alerts of a workspace, read and decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from relata.engine.storage.database import Connection
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

State = Literal["open", "fine", "acted"]
_COLUMNS = (
    'a.id, a.at, a.kind, a.severity, a.account, m."user", a.session, a.ip, a.detail,'
    " a.state, a.decided_at, a.decided_by"
)
#: What is known of a workspace, and what concerns its people wherever it happened.
_OF_WORKSPACE = (
    "from relata.security_alert a join relata.membership m on m.account = a.account and m.workspace = %(workspace)s"
    " where (a.workspace is null or a.workspace = %(workspace)s)"
)


@dataclass(frozen=True, slots=True)
class Alert:
    """user: who it is about, in this workspace. session: that it is about, if any. decided_by: a user's id."""

    id: UUID
    at: datetime
    kind: str
    severity: str
    account: UUID
    user: UUID
    session: UUID | None
    ip: str
    detail: dict[str, Any]
    state: State
    decided_at: datetime | None
    decided_by: UUID | None


async def list_of(connection: Connection, workspace: UUID, *, only_open: bool, limit: int = 100) -> list[Alert]:
    """The newest first."""
    rows = await connection.fetch(
        f"select {_COLUMNS} {_OF_WORKSPACE}{' and a.state = %(open)s' if only_open else ''}"
        " order by a.at desc, a.id desc limit %(limit)s",
        {"workspace": workspace, "open": "open", "limit": limit},
    )
    return [Alert(*row) for row in rows]


async def find(connection: Connection, workspace: UUID, alert: UUID) -> Alert:
    """One of this workspace; NotFound otherwise."""
    row = await connection.fetch_one(
        f"select {_COLUMNS} {_OF_WORKSPACE} and a.id = %(alert)s", {"workspace": workspace, "alert": alert}
    )
    if row is None:
        raise NotFound(_("There is no such alert."), code="alert_not_found")
    return Alert(*row)


async def decide(connection: Connection, alert: UUID, state: State, by: UUID | None) -> None:
    """Note that somebody looked at it, and what they did."""
    await connection.execute(
        "update relata.security_alert set state = %s, decided_at = now(), decided_by = %s where id = %s",
        (state, by, alert),
    )
