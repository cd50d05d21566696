"""API keys of a workspace: everybody has their own, who manages keys sees and ends all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from relata.engine.identity import keys
from relata.engine.identity.keys import ApiKey
from relata.engine.workspace.permissions import require
from relata.foundation.errors import Denied, Invalid, Problem
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

MANAGE = "manage_keys"


async def list_keys(work: Workspace, *, everyone: bool = False) -> list[ApiKey]:
    """One's own keys, newest first. everyone: those of all people; needs manage_keys."""
    if everyone:
        require(work, MANAGE)
    return await keys.list_of(work.unit.connection, work.context.id, None if everyone else _self(work))


async def create_key(
    work: Workspace,
    name: str,
    *,
    role: str | None = None,
    scopes: Sequence[str] = ("read", "write"),
    expires_at: datetime | None = None,
) -> tuple[UUID, str]:
    """A key of one's own: its id, and its text, which is shown once. It never reaches further than its person, its role
    and its scopes all do, so any role may be named."""
    user = _self(work)
    if role is not None and role not in work.registry.roles:
        raise Invalid.of(
            [
                Problem(
                    "unknown_choice",
                    _("There is no role called %(role)s.") % {"role": role[:60]},
                    "role",
                    _("Choose one of the list."),
                )
            ]
        )
    key, text = await keys.create(
        work.unit.connection,
        work.context.id,
        user,
        name,
        role=role,
        scopes=scopes,
        expires_at=expires_at,
        created_by=user,
    )
    await work.log(
        "_key",
        key,
        "configured",
        after={"name": name.strip(), "role": role, "scopes": list(scopes), "expires_at": expires_at},
    )
    return key, text


async def renew_key(work: Workspace, key: UUID) -> str:
    """Another text for a key of one's own, shown once; with the one before nothing opens. NotFound for any other."""
    text = await keys.renew(work.unit.connection, work.context.id, key, _self(work))
    await work.log("_key", key, "configured", after={"renewed": True})
    return text


async def revoke_key(work: Workspace, key: UUID) -> None:
    """End a key at once: one's own, or with manage_keys anybody's. NotFound for any other."""
    only = None if work.actor.rights.permits(MANAGE) else _self(work)
    await keys.revoke(work.unit.connection, work.context.id, key, user=only)
    await work.log("_key", key, "configured", after={"revoked": True})


def _self(work: Workspace) -> UUID:
    if work.actor.user is None:
        raise Denied(_("The system has no keys."), code="no_keys")
    return work.actor.user
