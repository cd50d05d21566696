"""Accounts: a person has one, with an address and a password, and belongs to workspaces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from relata.engine.identity import emails, keys, passwords, security_log, sessions, tokens
from relata.engine.identity.factors import half
from relata.engine.identity.oauth import grants
from relata.engine.identity.recent import RECENT
from relata.engine.storage.database import Connection
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id


@dataclass(frozen=True, slots=True)
class Account:
    """password_hash: None for a person who comes in another way. failed_count: wrong passwords since the right one."""

    id: UUID
    email: str
    password_hash: str | None
    disabled_at: datetime | None
    failed_count: int
    last_sign_in_at: datetime | None


_COLUMNS = "id, email, password_hash, disabled_at, failed_count, last_sign_in_at"


async def create(connection: Connection, email: str, password: str) -> UUID:
    """A new account. Invalid for the address or password; Conflict (`not_unique`, email) when it exists."""
    address = emails.normalised(email)
    passwords.check_acceptable(password, address)
    account = new_id()
    await connection.execute(
        "insert into relata.account (id, email, password_hash, password_changed_at) values (%s, %s, %s, now())",
        (account, address, await passwords.hashed(password)),
    )
    await security_log.record(connection, "account_created", account=account)
    return account


async def create_without_password(connection: Connection, email: str) -> UUID:
    """A new account of who comes in another way; they may set a password by the link of a reset."""
    account = new_id()
    await connection.execute(
        "insert into relata.account (id, email) values (%s, %s)", (account, emails.normalised(email))
    )
    await security_log.record(connection, "account_created", account=account)
    return account


async def any_exists(connection: Connection) -> bool:
    """Whether anybody has an account yet."""
    return await connection.fetch_one("select 1 from relata.account limit 1") is not None


async def by_email(connection: Connection, email: str) -> Account | None:
    """The account of an address, however it is written."""
    row = await connection.fetch_one(
        f"select {_COLUMNS} from relata.account where email = %s", (emails.looked_up(email),)
    )
    return Account(*row) if row else None


async def by_id(connection: Connection, account: UUID) -> Account:
    """The account; NotFound if there is none."""
    row = await connection.fetch_one(f"select {_COLUMNS} from relata.account where id = %s", (account,))
    if row is None:
        raise NotFound(_("There is no such account."), code="account_not_found")
    return Account(*row)


async def set_password(
    connection: Connection, account: UUID, password_hash: str, *, keep: UUID | None = None, ip: str = ""
) -> None:
    """Store a new password's hash. Every other session ends, every link that was mailed, every API key and
    what applications were allowed. keep: a session's id."""
    await connection.execute(
        "update relata.account set password_hash = %s, password_changed_at = now(), failed_count = 0 where id = %s",
        (password_hash, account),
    )
    await sessions.end_all(connection, account, except_for=keep)
    await half.end_of_account(connection, account)
    await tokens.end_of_account(connection, account)
    await keys.revoke_of_account(connection, account)
    await grants.end_of_account(connection, account)
    await security_log.record(connection, "password_changed", account=account, ip=ip)


async def set_email(connection: Connection, account: UUID, email: str) -> None:
    """Another address to sign in by; links that were mailed to the old one die."""
    await connection.execute("update relata.account set email = %s where id = %s", (emails.normalised(email), account))
    await tokens.end_of_account(connection, account)
    await security_log.record(connection, "email_changed", account=account)


async def disable(connection: Connection, account: UUID) -> None:
    """Nobody comes in by this account any more: sessions, links and its keys stop at once."""
    RECENT.forget(account)
    await connection.execute(
        "update relata.account set disabled_at = coalesce(disabled_at, now()) where id = %s", (account,)
    )
    await sessions.end_all(connection, account)
    await half.end_of_account(connection, account)
    await tokens.end_of_account(connection, account)
    await grants.end_of_account(connection, account)
    await security_log.record(connection, "account_disabled", account=account)


async def enable(connection: Connection, account: UUID) -> None:
    """Undo `disable`; the person signs in anew."""
    await connection.execute("update relata.account set disabled_at = null where id = %s", (account,))
    await security_log.record(connection, "account_enabled", account=account)
