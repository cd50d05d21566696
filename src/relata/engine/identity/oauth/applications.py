"""Applications that may ask people for access: registered by a person for themselves, or for everybody here."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from relata.engine.identity.oauth import addresses
from relata.engine.identity.recent import RECENT
from relata.engine.identity.secret_text import digest, draw
from relata.engine.storage.database import Connection
from relata.foundation.errors import Invalid, NotFound, Problem
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class Application:
    """owner: whose own it is; None for everybody's. is_confidential: it can keep a secret, and must show it."""

    id: UUID
    workspace: UUID
    owner: UUID | None
    name: str
    redirect_uris: list[str]
    is_confidential: bool
    created_at: datetime


_COLUMNS = "id, workspace, owner, name, redirect_uris, secret_hash is not null, created_at"


async def register(
    connection: Connection,
    workspace: UUID,
    name: str,
    redirect_uris: Sequence[str],
    *,
    owner: UUID | None,
    by: UUID | None,
    confidential: bool,
) -> tuple[UUID, str]:
    """A new application: its id, which is its `client_id`, and its secret, shown once; "" for one that keeps none."""
    called = " ".join(name.replace("\x00", "").split())
    if not 0 < len(called) <= MAX_NAME:
        raise Invalid.of(
            [
                Problem(
                    "required", _("A name of at most %(max_name)s letters is needed.") % {"max_name": MAX_NAME}, "name"
                )
            ]
        )
    found = addresses.checked(redirect_uris)
    application, secret = new_id(), f"rs_{draw()}" if confidential else ""
    await connection.execute(
        "insert into relata.oauth_application (id, workspace, owner, name, redirect_uris, secret_hash, created_by)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (application, workspace, owner, called, list(found), digest(secret) if secret else None, by),
    )
    return application, secret


async def find(connection: Connection, application: UUID | None) -> Application | None:
    """The application with this `client_id`; None when there is none, or no longer."""
    row = await connection.fetch_one(
        f"select {_COLUMNS} from relata.oauth_application where id = %s and revoked_at is null", (application,)
    )
    return Application(*row) if row else None


async def secret_is_right(connection: Connection, application: Application, secret: str) -> bool:
    """Whether a confidential application showed its secret; one that has none must show none."""
    row = await connection.fetch_one(
        "select secret_hash from relata.oauth_application where id = %s", (application.id,)
    )
    if row is None or row[0] is None:
        return not secret
    return hmac.compare_digest(bytes(row[0]), digest(secret))


async def list_of(connection: Connection, workspace: UUID, owner: UUID | None) -> list[Application]:
    """A person's own; owner: None for those of everybody."""
    rows = await connection.fetch(
        f"select {_COLUMNS} from relata.oauth_application where workspace = %s and owner is not distinct from %s::uuid"
        " and revoked_at is null order by id",
        (workspace, owner),
    )
    return [Application(*row) for row in rows]


async def renew_secret(connection: Connection, workspace: UUID, application: UUID, owner: UUID | None) -> str:
    """Another secret; with the one before nothing is given or renewed any more. NotFound for one that keeps none, or
    that is somebody else's."""
    secret = f"rs_{draw()}"
    renewed = await connection.execute(
        "update relata.oauth_application set secret_hash = %s where id = %s and workspace = %s"
        " and owner is not distinct from %s::uuid and revoked_at is null and secret_hash is not null",
        (digest(secret), application, workspace, owner),
    )
    if not renewed:
        raise _no_such()
    return secret


async def pass_on(connection: Connection, workspace: UUID, owner: UUID, to: UUID) -> list[UUID]:
    """A person's own become somebody else's. What they were allowed ends, and a secret that the former owner knows."""
    mine = [one.id for one in await list_of(connection, workspace, owner)]
    return await move(connection, workspace, mine, owner, to)


async def move(connection: Connection, workspace: UUID, found: Sequence[UUID], owner: UUID, to: UUID) -> list[UUID]:
    """Those of `found` that are the owner's go to `to`; which these were. A secret becomes one that nobody knows."""
    rows = await connection.fetch(
        "update relata.oauth_application set owner = %s, secret_hash = case when secret_hash is null then null"
        " else sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) end"
        " where id = any(%s) and workspace = %s and owner = %s and revoked_at is null returning id",
        (to, list(found), workspace, owner),
    )
    moved = [application for (application,) in rows]
    await _end_grants(connection, moved)
    return moved


async def remove(connection: Connection, workspace: UUID, application: UUID, owner: UUID | None) -> None:
    """End it with everything that people allowed it. NotFound for another workspace's or person's."""
    RECENT.forget(application)
    ended = await connection.execute(
        "update relata.oauth_application set revoked_at = now() where id = %s and workspace = %s"
        " and owner is not distinct from %s::uuid and revoked_at is null",
        (application, workspace, owner),
    )
    if not ended:
        raise _no_such()
    await _end_grants(connection, [application])


async def _end_grants(connection: Connection, found: Sequence[UUID]) -> None:
    for application in found:
        RECENT.forget(application)
    await connection.execute(
        "update relata.oauth_grant set revoked_at = now() where application = any(%s) and revoked_at is null",
        (list(found),),
    )


def _no_such() -> NotFound:
    return NotFound(_("There is no such application."), code="application_not_found")
