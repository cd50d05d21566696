"""Applications of a workspace: everybody registers their own, who manages keys registers those of everybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from relata.engine.identity.oauth import applications, grants
from relata.engine.identity.oauth.applications import Application
from relata.engine.identity.oauth.grants import Allowed
from relata.engine.workspace.api_keys import MANAGE
from relata.engine.workspace.permissions import require
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


async def list_applications(work: Workspace, *, everyones: bool = False) -> list[Application]:
    """One's own. everyones: those that anybody here may allow something; needs manage_keys."""
    if everyones:
        require(work, MANAGE)
    return await applications.list_of(work.unit.connection, work.context.id, None if everyones else _self(work))


async def register(
    work: Workspace, name: str, redirect_uris: Sequence[str], *, everyones: bool, confidential: bool
) -> tuple[UUID, str]:
    """A new application: its id, and its secret, which is shown once."""
    if everyones:
        require(work, MANAGE)
    user = _self(work)
    application, secret = await applications.register(
        work.unit.connection,
        work.context.id,
        name,
        redirect_uris,
        owner=None if everyones else user,
        by=user,
        confidential=confidential,
    )
    after = {"name": name.strip(), "redirect_uris": list(redirect_uris), "everyones": everyones}
    await work.log("_application", application, "configured", after=after)
    return application, secret


async def remove(work: Workspace, application: UUID, *, everyones: bool = False) -> None:
    """End an application with all that it was allowed. NotFound for somebody else's."""
    if everyones:
        require(work, MANAGE)
    owner = None if everyones else _self(work)
    await applications.remove(work.unit.connection, work.context.id, application, owner)
    await work.log("_application", application, "configured", after={"removed": True})


async def renew_secret(work: Workspace, application: UUID, *, everyones: bool = False) -> str:
    """Another secret of an application that keeps one, shown once; with the one before nothing is given any more."""
    if everyones:
        require(work, MANAGE)
    owner = None if everyones else _self(work)
    secret = await applications.renew_secret(work.unit.connection, work.context.id, application, owner)
    await work.log("_application", application, "configured", after={"secret_renewed": True})
    return secret


async def allowed(work: Workspace) -> list[Allowed]:
    """What the person at work allowed."""
    return await grants.list_of(work.unit.connection, work.context.id, _self(work))


async def take_back(work: Workspace, application: UUID) -> None:
    """The application opens nothing of this person any more."""
    await grants.end_of_application(work.unit.connection, work.context.id, _self(work), application)


def _self(work: Workspace) -> UUID:
    if work.actor.user is None:
        raise Denied(_("The system has no applications."), code="no_keys")
    return work.actor.user
