"""From a person's id to an actor: roles, teams, access codes. Kept for two seconds, and forgotten on every change."""

from __future__ import annotations

import time
from dataclasses import replace
from uuid import UUID

from relata.engine.access.actor import Actor
from relata.engine.access.principals import groups_of
from relata.engine.access.rights import Rights
from relata.engine.identity.loading import ActorFacts, load_actor_facts
from relata.engine.metadata.module import Role
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.openings import Keys, Openings, openings_of
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _

KEEP_SECONDS = 2.0


class ActorCache:
    """Actors by workspace, person and registry version."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, UUID, int], tuple[float, Actor]] = {}

    def clear(self) -> None:
        """Forget everyone: a role, team or person changed."""
        self._kept.clear()

    async def load(self, connection: Connection, context: WorkspaceContext, user: UUID, via: str) -> Actor:
        """The person as an actor; Denied for someone who is not active here."""
        key = (context.schema, user, context.registry.version)
        kept = self._kept.get(key)
        if kept is not None and time.monotonic() - kept[0] < KEEP_SECONDS:
            return kept[1].through(via)
        facts = await load_actor_facts(connection, context.schema, user)
        if facts is None or facts.status != "active":  # who was invited comes in by accepting
            raise Denied(_("You no longer have access to this workspace."), code="inactive")
        actor = await _actor(connection, context, facts, via)
        if len(self._kept) > 5000:
            self._kept.clear()
        self._kept[key] = (time.monotonic(), actor)
        return actor


async def _actor(connection: Connection, context: WorkspaceContext, facts: ActorFacts, via: str) -> Actor:
    roles = [context.registry.roles[found] for found in facts.role_names if found in context.registry.roles]
    rights = Rights(context.registry, roles)
    groups = groups_of(roles)
    keys = await _principals(connection, context, (facts.user, *facts.teams, *facts.below, *groups))
    mine = Keys(
        keys.get(facts.user), [keys[t] for t in (*facts.teams, *groups) if t in keys],
        [keys[t] for t in facts.below if t in keys],
    )  # fmt: skip
    return Actor(
        facts.user,
        facts.name,
        rights,
        via,
        facts.main_team,
        facts.teams,
        facts.below,
        *_openings(context, rights, mine),
        facts.zone or context.settings.zone,
        facts.locale or context.settings.language,
        preferences=facts.preferences,
        first_weekday=context.settings.first_weekday,
        fiscal_month=context.settings.fiscal_month,
    )


def _openings(context: WorkspaceContext, rights: Rights, keys: Keys) -> Openings:
    """Worked out once for each set of rights and keys: it takes longer than everything else about a person."""
    key = ("openings", rights.fingerprint, keys.user, *keys.teams, None, *keys.below)
    found: Openings = context.statements.get(key, lambda: openings_of(context, rights, keys))
    return found


def with_roles(actor: Actor, context: WorkspaceContext, roles: list[Role], keys: Keys) -> Actor:
    """The same person with other roles; an API key may narrow them."""
    rights = Rights(context.registry, roles)
    codes, inherited, loose = _openings(context, rights, keys)
    return replace(actor, rights=rights, codes=codes, inherited=inherited, loose=loose)


async def _principals(connection: Connection, context: WorkspaceContext, ids: tuple[UUID, ...]) -> dict[UUID, int]:
    missing = [one for one in ids if one not in context.principals]
    if not missing:
        return {one: context.principals[one] for one in ids}
    rows = await connection.fetch(
        f"select id, key from {quoted(context.schema)}._principal where id = any(%s)", (missing,)
    )
    return {**{one: context.principals[one] for one in ids if one in context.principals}, **dict(rows)}
