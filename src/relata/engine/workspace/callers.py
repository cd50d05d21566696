"""From a request's credentials to who acts: a person as they are, or as narrow as the API key that they use."""

from __future__ import annotations

from dataclasses import dataclass, replace

from relata.engine.access.actor import Actor
from relata.engine.access.narrowing import narrowed
from relata.engine.access.principals import groups_of
from relata.engine.access.rights import Rights
from relata.engine.identity.credentials import Credentials
from relata.engine.metadata.module import Role
from relata.engine.storage.database import Connection
from relata.engine.workspace.actors import ActorCache, with_roles
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.openings import Keys
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _

#: Scopes that reach everything, so that nothing has to be narrowed.
_EVERYTHING = "write"


@dataclass(frozen=True, slots=True)
class Caller:
    """Known credentials with a workspace, as `Door.open` takes them in place of a person's id."""

    credentials: Credentials

    async def actor(self, actors: ActorCache, connection: Connection, context: WorkspaceContext, via: str) -> Actor:
        """The person; for a key only what person, key's role and scopes all allow. Denied for who may not work here."""
        shown = self.credentials
        if shown.user is None:
            raise Denied(_("You belong to no workspace yet."), code="no_workspace", hint=_("Ask for an invitation."))
        person = await actors.load(connection, context, shown.user, via)
        if shown.kind != "key":
            return person if shown.is_fresh else replace(person, is_fresh=False)
        found = person if is_as_wide(shown) else _narrow(person, context, shown)
        return found.through(via, key=str(shown.key))


def is_as_wide(shown: Credentials) -> bool:
    """Whether these credentials may do all that their person may."""
    return shown.kind != "key" or (shown.role is None and _EVERYTHING in shown.scopes)


def _narrow(person: Actor, context: WorkspaceContext, shown: Credentials) -> Actor:
    """The person with less; made once for each person, key's role and scopes as long as the person's rights stay."""
    who = (
        person.user,
        person.name,
        person.main_team,
        person.teams,
        person.below,
        person.codes,
        person.zone,
        person.locale,
    )
    key = ("narrowed", *who, person.rights.fingerprint, shown.role, shown.scopes)
    found: Actor = context.statements.get(key, lambda: _made(person, context, shown))
    return found


def _made(person: Actor, context: WorkspaceContext, shown: Credentials) -> Actor:
    role = narrowed(
        person.rights,
        _of_role(context, shown.role),
        shown.allows,
        everything=_EVERYTHING in shown.scopes,
        label="API key",
    )
    known = context.principals
    own = known.get(person.user) if person.user else None
    groups = groups_of(person.rights.roles)
    teams = [known[team] for team in (*person.teams, *groups) if team in known]
    return with_roles(
        person, context, [role], Keys(own, teams, [known[team] for team in person.below if team in known])
    )


def _of_role(context: WorkspaceContext, name: str | None) -> Rights | None:
    """The key's own role; one that is gone grants nothing."""
    if name is None:
        return None
    found: Role | None = context.registry.roles.get(name)
    return Rights(context.registry, [found] if found else [])
