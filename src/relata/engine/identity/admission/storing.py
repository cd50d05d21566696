"""A workspace's policy, read and written; and what it means for one person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.identity.admission.policy import Policy, admits, lists_for, needs_factor
from relata.engine.identity.recent import RECENT
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted

#: Lists that an address must be in, and whether a second factor is needed.
Terms = tuple[tuple[tuple[str, ...], ...], bool]
FREE: Terms = ((), False)


async def of(connection: Connection, workspace: UUID) -> Policy:
    """The workspace's policy; an empty one where nothing was decided."""
    row = await connection.fetch_one("select policy from relata.workspace_policy where workspace = %s", (workspace,))
    return msgspec.convert(row[0], Policy) if row else Policy()


async def store(connection: Connection, workspace: UUID, policy: Policy) -> None:
    """Replace it. It holds for this process at once, for others within seconds."""
    await connection.execute(
        "insert into relata.workspace_policy (workspace, policy) values (%s, %s::jsonb) on conflict (workspace)"
        " do update set policy = excluded.policy, changed_at = now()",
        (workspace, msgspec.json.encode(policy).decode()),
    )
    RECENT.forget(workspace)


async def terms(connection: Connection, policy: Any, schema: str, user: UUID | None) -> Terms:
    """What a policy, as it is stored, asks of one person."""
    if policy is None or user is None:
        return FREE
    row = await connection.fetch_one(f'select roles from {quoted(schema)}."user" where id = %s', (user,))
    found, roles = msgspec.convert(policy, Policy), tuple((row[0] if row else None) or ())
    return lists_for(found, roles), needs_factor(found, roles)


async def admits_user(connection: Connection, workspace: UUID, user: UUID, ip: str) -> bool:
    """Whether the person may come into the workspace from this address."""
    row = await connection.fetch_one(
        "select p.policy, w.schema from relata.workspace w left join relata.workspace_policy p on p.workspace = w.id"
        " where w.id = %s",
        (workspace,),
    )
    if row is None:
        return False
    lists, _ = await terms(connection, row[0], row[1], user)
    return admits(lists, ip)
