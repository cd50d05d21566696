"""Which person of ours somebody at a provider is; told by the provider's own subject, which it never gives twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from relata.engine.identity import security_log
from relata.engine.storage.database import Connection
from relata.foundation.errors import Conflict, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id


@dataclass(frozen=True, slots=True)
class Linked:
    """One identity of a person. name: the provider's."""

    id: UUID
    name: str
    email: str
    created_at: datetime
    last_sign_in_at: datetime | None


async def account_of(connection: Connection, provider: UUID, subject: str, email: str) -> UUID | None:
    """Who this is, and the note that they came."""
    row = await connection.fetch_one(
        "update relata.linked_account set last_sign_in_at = now(), email = %s where provider = %s and subject = %s"
        " returning account",
        (email[:254], provider, subject),
    )
    return row[0] if row else None


async def link(
    connection: Connection, provider: UUID, subject: str, account: UUID, email: str, *, workspace: UUID
) -> None:
    """From now on this subject is that account. Conflict where the account is somebody else at the provider already:
    an address that was given to another person must not bring them in as the former one."""
    made = await connection.execute(
        "insert into relata.linked_account (id, provider, subject, account, email, last_sign_in_at)"
        " values (%s, %s, %s, %s, %s, now()) on conflict do nothing",
        (new_id(), provider, subject, account, email[:254]),
    )
    if not made:
        raise Conflict(
            _("Your address belongs to somebody else at this provider already."),
            code="sign_on_taken",
            hint=_("Ask an administrator to remove the earlier link under People."),
        )
    await security_log.record(
        connection, "sign_on_linked", account=account, workspace=workspace, provider=str(provider)
    )


async def list_of(connection: Connection, workspace: UUID, account: UUID) -> list[Linked]:
    """As whom a person is known to the providers of a workspace."""
    rows = await connection.fetch(
        "select l.id, p.name, l.email, l.created_at, l.last_sign_in_at from relata.linked_account l"
        " join relata.sign_on_provider p on p.id = l.provider where p.workspace = %s and l.account = %s"
        " order by p.name",
        (workspace, account),
    )
    return [Linked(*row) for row in rows]


async def unlink(connection: Connection, workspace: UUID, account: UUID, linked: UUID) -> None:
    """The subject means nobody here any more; sessions that came by it end. NotFound for somebody else's."""
    row = await connection.fetch_one(
        "delete from relata.linked_account l using relata.sign_on_provider p where l.id = %s and l.account = %s"
        " and p.id = l.provider and p.workspace = %s returning l.provider",
        (linked, account, workspace),
    )
    if row is None:
        raise NotFound(_("There is no such link."), code="unknown_link")
    await connection.execute(
        "update relata.session set revoked_at = now() where account = %s and provider = %s and revoked_at is null",
        (account, row[0]),
    )
    await security_log.record(connection, "sign_on_unlinked", account=account, workspace=workspace)
