"""What an actor is made of, read from a workspace's own `user` and `team` tables in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from relata.engine.identity.preferences import Preferences, read_preferences
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted


@dataclass(frozen=True, slots=True)
class ActorFacts:
    """teams: the main team first, then those that the person leads. below: these and all under them.

    status: active, invited or inactive; only who is active may come in. zone, locale: "" when the person chose none.
    """

    user: UUID
    name: str
    role_names: tuple[str, ...]
    main_team: UUID | None
    teams: tuple[UUID, ...]
    below: tuple[UUID, ...]
    status: str
    zone: str
    locale: str
    preferences: Preferences = Preferences()


def facts_statement(schema: str) -> str:
    """`union`, not `union all`: teams that an import made each other's parents do not run for ever."""
    user, team = f'{quoted(schema)}."user"', f"{quoted(schema)}.team"
    return f"""
        with recursive me as (
            select id, name, coalesce(roles, '{{}}') as roles, team, status, time_zone, language, preferences
            from {user} where id = %(user)s and deleted_at is null
        ), held as (
            select t.id, t.id is distinct from me.team as led from me join {team} t
            on (t.id = me.team or t.manager = me.id) and t.deleted_at is null
        ), under as (
            select id from held
            union select t.id from {team} t join under on t.parent = under.id where t.deleted_at is null
        )
        select me.*, array(select id from held order by led, id), array(select id from under order by id) from me
    """


async def load_actor_facts(connection: Connection, schema: str, user_id: UUID) -> ActorFacts | None:
    """The facts of a user; None when there is no such user, or they were deleted. One round trip."""
    row = await connection.fetch_one(facts_statement(schema), {"user": user_id})
    if row is None:
        return None
    user, name, roles, team, status, zone, locale, liked, teams, below = row
    main = teams[0] if team in teams else None
    return ActorFacts(
        user, name or "", tuple(roles), main, tuple(teams), tuple(below), status or "inactive", zone or "",
        locale or "", read_preferences(liked),
    )  # fmt: skip
