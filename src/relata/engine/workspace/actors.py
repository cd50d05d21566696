"""From a person's id to an actor: roles, teams, access codes. Kept for two seconds, and forgotten on every change."""

from __future__ import annotations

import time
from dataclasses import replace
from uuid import UUID

from relata.engine.access import codes
from relata.engine.access.actor import Actor
from relata.engine.access.levels import Level
from relata.engine.access.rights import Rights
from relata.engine.identity.loading import ActorFacts, load_actor_facts
from relata.engine.metadata.module import Role
from relata.engine.metadata.object import Object
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.workspace.context import WorkspaceContext
from relata.foundation.errors import Denied

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
            raise Denied("You no longer have access to this workspace.", code="inactive")
        actor = await _actor(connection, context, facts, via)
        if len(self._kept) > 5000:
            self._kept.clear()
        self._kept[key] = (time.monotonic(), actor)
        return actor


async def _actor(connection: Connection, context: WorkspaceContext, facts: ActorFacts, via: str) -> Actor:
    roles = [context.registry.roles[found] for found in facts.role_names if found in context.registry.roles]
    rights = Rights(context.registry, roles)
    keys = await _principals(connection, context, (facts.user, *facts.teams, *facts.below))
    opened = codes_of(
        context, rights, keys.get(facts.user), [keys[t] for t in facts.teams if t in keys],
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
        opened,
        fewer(context, rights, opened),
        facts.zone or context.settings.zone,
        facts.locale or context.settings.language,
        preferences=facts.preferences,
    )


def with_roles(
    actor: Actor, context: WorkspaceContext, roles: list[Role], keys: tuple[int | None, list[int], list[int]]
) -> Actor:
    """The same person with other roles; an API key may narrow them."""
    rights = Rights(context.registry, roles)
    opened = codes_of(context, rights, *keys)
    return replace(actor, rights=rights, codes=opened, fewer=fewer(context, rights, opened))


async def _principals(connection: Connection, context: WorkspaceContext, ids: tuple[UUID, ...]) -> dict[UUID, int]:
    missing = [one for one in ids if one not in context.principals]
    if not missing:
        return {one: context.principals[one] for one in ids}
    rows = await connection.fetch(
        f"select id, key from {quoted(context.schema)}._principal where id = any(%s)", (missing,)
    )
    return {**{one: context.principals[one] for one in ids if one in context.principals}, **dict(rows)}


def codes_of(
    context: WorkspaceContext, rights: Rights, user: int | None, teams: list[int], below: list[int]
) -> tuple[int, ...]:
    """The codes that open records to this person: direct grants, and inheritance as far as their level on the parent
    goes."""
    mine = [key for key in (user, *teams) if key is not None]
    found = {codes.own_code(key, way) for key in mine for way in (codes.SHARE, codes.RULE, codes.MEMBER)}
    for parent in _parents(context):
        number, one = context.numbers[parent], context.registry.get(parent)
        level = rights.level(one, "read")
        if level is Level.NONE:
            continue
        found |= {codes.inherited_code(key, number, codes.GRANTED) for key in mine}
        if level is Level.ALL:
            found.add(codes.inherited_code(0, number, codes.ANY))
        if user is not None:
            found.add(codes.inherited_code(user, number, codes.OWNER))
        held = below if level is Level.BELOW else teams if level is Level.TEAM else []
        found |= {codes.inherited_code(key, number, codes.TEAM) for key in held}
    return tuple(sorted(found))


def fewer(context: WorkspaceContext, rights: Rights, opened: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """For objects whose line of parents is broken by one that the person may not read at all: their codes without
    those of
    the parents beyond, whose access would have to pass through it."""
    found = {}
    for one in context.registry.objects.values():
        passed, closed = set[int](), False
        for parent in _line(context, one):
            closed = closed or not rights.level(parent, "read")
            if closed:
                passed.add(context.numbers.get(parent.name, 0))
        if closed:
            found[one.name] = tuple(code for code in opened if (code % 1024) // 4 not in passed)
    return found


def _line(context: WorkspaceContext, one: Object) -> list[Object]:
    """The objects over which access may come, the nearest first; each once, where a line runs in a circle."""
    line: list[Object] = []
    while one.access_parent:
        target = context.registry.objects.get(getattr(one.field(one.access_parent), "to", ""))
        if target is None or target in line:
            break
        line.append(target)
        one = target
    return line


def _parents(context: WorkspaceContext) -> list[str]:
    parents = set()
    for one in context.registry.objects.values():
        link = one.field(one.access_parent) if one.access_parent else None
        target = getattr(link, "to", None)
        if target in context.numbers:
            parents.add(target)
    return sorted(parents)
