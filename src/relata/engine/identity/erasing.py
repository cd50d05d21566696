"""What is known of a person at the door, taken away: their account where no other workspace needs it."""

from __future__ import annotations

from uuid import UUID

from relata.engine.identity import memberships
from relata.engine.storage.database import Connection


async def erase_person(connection: Connection, workspace: UUID, user: UUID, account: UUID | None) -> None:
    """End the membership of a user, with keys, tokens, and what the security log says of where they were; the account
    with its sessions, unless it belongs to another workspace as well."""
    await memberships.leave(connection, workspace, user)
    params = {"workspace": workspace, "user": user, "account": account}
    await connection.execute('delete from relata.api_key where workspace = %(workspace)s and "user" = %(user)s', params)
    await connection.execute(
        'delete from relata.one_time_token where workspace = %(workspace)s and "user" = %(user)s', params
    )
    if account is None or await memberships.list_of(connection, account):
        return
    await connection.execute(
        "update relata.security_log set ip = '', detail = '{}' where account = %(account)s", params
    )
    await connection.execute("delete from relata.account where id = %(account)s", params)
