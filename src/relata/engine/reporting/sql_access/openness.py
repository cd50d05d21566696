"""Whether an access is open, asked by PostgreSQL at the start of every statement on its views.

The views hold what was true when they were made: the person's roles and teams as constants, the fields that they may
see as columns. So the statement compares: is the access neither ended nor expired, are the workspace's definitions
those of then, does the person work here with the same roles, teams and keys? Whoever changed one of these closed the
views in the same moment; they are made anew within seconds.
"""

from __future__ import annotations

from uuid import UUID

from relata.engine.access.actor import Actor
from relata.engine.access.principals import groups_of
from relata.engine.identity.loading import facts_statement
from relata.engine.reporting.sql_access.constants import constant, filled
from relata.engine.reporting.sql_access.tables import Access
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.workspace.context import WorkspaceContext


async def open_condition(
    connection: Connection, context: WorkspaceContext, access: Access, person: Actor, *, is_daily: bool
) -> str:
    """The condition as it holds now. person: as they are, not narrowed by the role."""
    space = quoted(context.schema)
    facts = _facts(context, access.person)
    keys = _keys(context, person)
    row = await connection.fetch_one(f"select {facts}, {keys}")
    assert row is not None
    conditions = [
        f"exists (select from {space}._sql_access a where a.id = {constant(access.id)} and a.ended_at is null"
        " and (a.expires_at is null or a.expires_at > now()))",
        f"(select w.definitions from relata.workspace w where w.id = {constant(context.id)})"
        f" = {context.registry.version}",
        f"{facts} = {constant(row[0])}",
        f"{keys} = {constant(row[1])}",
    ]
    if is_daily:
        zone = constant(person.zone)
        conditions.append(f"(now() at time zone {zone})::date = {constant(person.clock().today)}")
    return " and ".join(conditions)


def _facts(context: WorkspaceContext, person: UUID) -> str:
    """Everything that the person's rights follow from, in one word."""
    statement = filled(facts_statement(context.schema), {"user": constant(person)})
    return f"(select coalesce(md5(f::text), '') from ({statement}) f)"


def _keys(context: WorkspaceContext, person: Actor) -> str:
    """The keys under which records are opened to the person, their teams and groups; they are made when they are first
    needed."""
    ids = [person.user, *person.teams, *person.below, *groups_of(person.rights.roles)]
    return (
        f"(select coalesce(md5(string_agg(p.key::text, ',' order by p.key)), '')"
        f" from {quoted(context.schema)}._principal p where p.id = any({constant(ids)}))"
    )
