"""API keys, `rk_<prefix>_<secret>`: shown once, kept as a hash, bound to a person, a role if wanted, and scopes. One
that was handed over has no text until its new owner makes one."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from relata.engine.identity.recent import RECENT
from relata.engine.identity.secret_text import SECRET_BYTES, digest
from relata.engine.storage.database import Connection
from relata.foundation.errors import Invalid, NotFound
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

MAX_NAME = 120
_SCOPE = re.compile(r"^(?:[a-z][a-z0-9_]{0,79}:)?(?:read|write)$")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What may be shown of a key. prefix: its readable part, to tell keys apart. role: None for the user's roles.
    waits: it was handed over, and opens nothing until its text is made anew."""

    id: UUID
    user: UUID
    name: str
    prefix: str
    role: str | None
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    waits: bool = False


async def create(
    connection: Connection,
    workspace: UUID,
    user: UUID,
    name: str,
    *,
    role: str | None = None,
    scopes: Sequence[str] = ("read", "write"),
    expires_at: datetime | None = None,
    created_by: UUID | None = None,
) -> tuple[UUID, str]:
    """A new key: its id and its text. Whether `role` exists and the maker may give it is the caller's to check.

    scopes: `read` or `write` for everything, `opportunities:read` for one object; `write` includes `read`.
    """
    _check(name, scopes, expires_at)
    key, (text, prefix) = new_id(), _drawn()
    await connection.execute(
        'insert into relata.api_key (id, workspace, "user", name, prefix, key_hash, role, scopes, expires_at,'
        " created_by) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (key, workspace, user, name.strip(), prefix, digest(text), role, list(scopes), expires_at, created_by),
    )
    return key, text


async def list_of(connection: Connection, workspace: UUID, user: UUID | None = None) -> list[ApiKey]:
    """The keys of a workspace, or of one of its people, newest first, revoked ones too."""
    rows = await connection.fetch(
        'select id, "user", name, prefix, role, scopes, created_at, expires_at, last_used_at, revoked_at,'
        " key_hash is null from relata.api_key where workspace = %(workspace)s"
        ' and (%(user)s::uuid is null or "user" = %(user)s) order by id desc',
        {"workspace": workspace, "user": user},
    )
    return [ApiKey(*row) for row in rows]


async def renew(connection: Connection, workspace: UUID, key: UUID, user: UUID) -> str:
    """Another text for a living key of this person; with the one before nothing opens. NotFound for any other."""
    RECENT.forget(key)
    text, prefix = _drawn()
    renewed = await connection.execute(
        'update relata.api_key set prefix = %s, key_hash = %s where id = %s and workspace = %s and "user" = %s'
        " and revoked_at is null and coalesce(expires_at > now(), true)",
        (prefix, digest(text), key, workspace, user),
    )
    if not renewed:
        raise NotFound(_("There is no such API key."), code="key_not_found")
    return text


async def pass_on(connection: Connection, workspace: UUID, user: UUID, to: UUID) -> list[UUID]:
    """Every living key of a person becomes somebody else's, without its text, which the former owner knows."""
    rows = await connection.fetch(
        'update relata.api_key set "user" = %s, key_hash = null where workspace = %s and "user" = %s'
        " and revoked_at is null and coalesce(expires_at > now(), true) returning id",
        (to, workspace, user),
    )
    for (key,) in rows:
        RECENT.forget(key)
    return [key for (key,) in rows]


async def pass_back(connection: Connection, workspace: UUID, keys: Sequence[UUID], holder: UUID, to: UUID) -> None:
    """Those whose text nobody made anew since go to `to`, who makes one."""
    await connection.execute(
        'update relata.api_key set "user" = %s where id = any(%s) and workspace = %s and "user" = %s'
        " and key_hash is null and revoked_at is null",
        (to, list(keys), workspace, holder),
    )


async def revoke(connection: Connection, workspace: UUID, key: UUID, *, user: UUID | None = None) -> None:
    """End a key at once. user: only if it is this person's. NotFound for another workspace's or person's key."""
    RECENT.forget(key)
    ended = await connection.execute(
        "update relata.api_key set revoked_at = coalesce(revoked_at, now()) where id = %(key)s"
        ' and workspace = %(workspace)s and (%(user)s::uuid is null or "user" = %(user)s)',
        {"key": key, "workspace": workspace, "user": user},
    )
    if not ended:
        raise NotFound(_("There is no such API key."), code="key_not_found")


async def revoke_of_user(connection: Connection, workspace: UUID, user: UUID) -> int:
    """End every key of a person who leaves; how many there were."""
    RECENT.forget(user)
    return await connection.execute(
        'update relata.api_key set revoked_at = now() where workspace = %s and "user" = %s and revoked_at is null',
        (workspace, user),
    )


async def revoke_of_account(connection: Connection, account: UUID) -> int:
    """End every key of a person in all their workspaces, as when the password changes; how many there were."""
    RECENT.forget(account)
    return await connection.execute(
        "update relata.api_key k set revoked_at = now() from relata.membership m where m.account = %s"
        ' and k.workspace = m.workspace and k."user" = m."user" and k.revoked_at is null',
        (account,),
    )


async def revoke_of_role(connection: Connection, workspace: UUID, role: str) -> int:
    """End every key that carries a role which is being deleted; how many there were."""
    rows = await connection.fetch(
        "update relata.api_key set revoked_at = now() where workspace = %s and role = %s and revoked_at is null"
        " returning id",
        (workspace, role),
    )
    for (key,) in rows:
        RECENT.forget(key)
    return len(rows)


def _drawn() -> tuple[str, str]:
    """A text that nobody has, and its readable part."""
    prefix = secrets.token_hex(4)
    return f"rk_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}", prefix


def is_scope(text: str) -> bool:
    """Whether it is `read`, `write`, or one of these after an object's plural name and a colon."""
    return bool(_SCOPE.match(text))


def _check(name: str, scopes: Sequence[str], expires_at: datetime | None) -> None:
    if not 0 < len(name.strip()) <= MAX_NAME or "\x00" in name:
        raise Invalid(
            _("A key needs a name of at most %(max_name)s characters.") % {"max_name": MAX_NAME},
            code="key_name",
            field="name",
        )
    wrong = [scope for scope in scopes if not _SCOPE.match(scope)]
    if wrong or not scopes or len(scopes) > 200:
        raise Invalid(
            _("These scopes do not exist."),
            code="key_scopes",
            field="scopes",
            hint=_("Use read, write, or an object's plural name before them, such as opportunities:read."),
        )
    if expires_at is not None and (expires_at.tzinfo is None or expires_at <= datetime.now(expires_at.tzinfo)):
        raise Invalid(_("The key would have expired already."), code="key_expiry", field="expires_at")
