"""Who belongs to which workspace, and as which user there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from relata.engine.identity import keys, security_log
from relata.engine.identity.oauth import grants
from relata.engine.identity.recent import RECENT
from relata.engine.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Membership:
    """One workspace of a person. user: their id in its `user` table. key, name: the workspace's."""

    account: UUID
    workspace: UUID
    user: UUID
    key: str
    name: str


async def join(connection: Connection, account: UUID, workspace: UUID, user: UUID) -> None:
    """Make the account that user of the workspace. Conflict when the user already belongs to another account."""
    RECENT.forget(account)
    await connection.execute(
        'insert into relata.membership (account, workspace, "user") values (%s, %s, %s)'
        ' on conflict (account, workspace) do update set "user" = excluded."user"',
        (account, workspace, user),
    )
    await security_log.record(connection, "joined_workspace", account=account, workspace=workspace)


async def leave(connection: Connection, workspace: UUID, user: UUID) -> None:
    """End the membership of a user with their keys, invitations and this workspace in their sessions."""
    await keys.revoke_of_user(connection, workspace, user)
    await grants.end_of_user(connection, workspace, user)
    await connection.execute(
        'update relata.one_time_token set used_at = now() where workspace = %s and "user" = %s and used_at is null',
        (workspace, user),
    )
    row = await connection.fetch_one(
        'delete from relata.membership where workspace = %s and "user" = %s returning account', (workspace, user)
    )
    if row:
        RECENT.forget(row[0])
        await connection.execute(
            "update relata.session set workspace = null where account = %s and workspace = %s", (row[0], workspace)
        )
        await security_log.record(connection, "left_workspace", account=row[0], workspace=workspace)


async def list_of(connection: Connection, account: UUID) -> list[Membership]:
    """The workspaces of an account; the one used last comes first."""
    rows = await connection.fetch(
        'select m.account, m.workspace, m."user", w.key, w.name from relata.membership m'
        " join relata.workspace w on w.id = m.workspace where m.account = %s"
        " order by (select max(s.created_at) from relata.session s where s.account = m.account"
        " and s.workspace = m.workspace) desc nulls last, m.created_at, w.key",
        (account,),
    )
    return [Membership(*row) for row in rows]


async def account_of(connection: Connection, workspace: UUID, user: UUID) -> UUID | None:
    """The account behind a user, if they can sign in at all."""
    row = await connection.fetch_one(
        'select account from relata.membership where workspace = %s and "user" = %s', (workspace, user)
    )
    return row[0] if row else None
