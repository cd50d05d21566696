"""Who the caller is here."""

from __future__ import annotations

from relata.engine.workspace.workspace import Workspace
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers
from relata.interfaces.rest.call import Call


async def who_am_i(call: Call) -> Answer:
    """The person behind the session or key, with their teams, roles and permissions."""
    call.parameters()

    async def attempt(work: Workspace) -> Answer:
        actor, shown = work.actor, call.credentials
        permissions = {name for role in actor.rights.roles for name in role.permissions}
        return answers.json(
            {
                "user": actor.user,
                "name": actor.name,
                "workspace": {"key": work.context.key, "name": work.settings.name, "currency": work.settings.currency},
                "teams": actor.teams,
                "roles": sorted(role.name for role in actor.rights.roles),
                "permissions": sorted(permissions),
                "zone": actor.zone,
                "locale": actor.locale,
                "through": "application" if shown.application else shown.kind,
                "scopes": sorted(shown.scopes),
            }
        )

    return await call.read(attempt)
