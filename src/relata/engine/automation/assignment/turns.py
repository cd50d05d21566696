"""Whose turn it is: a row for each rule and person, held until the transaction ends, so that nobody counts twice."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from relata.engine.automation.assignment.choosing import Candidate
from relata.engine.storage.migrations import Migration
from relata.engine.storage.planner import quoted
from relata.engine.workspace.unit import Unit
from relata.foundation.errors import LimitReached
from relata.foundation.i18n import gettext as _

MIGRATIONS = (
    Migration(
        "2026_11_22_assignment_turns",
        """
        create table {schema}._assignment_turn (
            rule text not null, person uuid not null, given double precision, total bigint not null default 0,
            primary key (rule, person));
        """,
        workspace=True,
    ),
)
Known = dict[UUID, tuple[float, int]]


async def hold(unit: Unit, rule: str, people: Iterable[UUID]) -> Known:
    """The turns of these people, which nobody else changes until the transaction ends. Who is new has none yet."""
    table, ids = f"{quoted(unit.context.schema)}._assignment_turn", sorted(set(people))
    await unit.connection.execute(
        f"insert into {table} (rule, person) select %s, unnest(%s::uuid[]) on conflict do nothing", (rule, ids)
    )
    rows = await unit.connection.fetch(
        f"select person, given, total from {table} where rule = %s and person = any(%s) order by person for update",
        (rule, ids),
    )
    return {person: (given, total) for person, given, total in rows if given is not None}


async def seen(unit: Unit, rule: str, people: Iterable[UUID]) -> Known:
    """The same to look at only."""
    rows = await unit.connection.fetch(
        f"select person, given, total from {quoted(unit.context.schema)}._assignment_turn"
        " where rule = %s and person = any(%s) and given is not null",
        (rule, sorted(set(people))),
    )
    return {person: (given, total) for person, given, total in rows}


async def keep(unit: Unit, rule: str, known: Known, candidates: Iterable[Candidate]) -> None:
    """Write turns down, guarded by what they were."""
    changed = [one for one in candidates if known.get(one.person) != (one.given, one.total)]
    written = await unit.connection.execute(
        f"update {quoted(unit.context.schema)}._assignment_turn t set given = n.given, total = n.total"
        " from unnest(%s::uuid[], %s::float8[], %s::bigint[], %s::float8[]) as n (person, given, total, before)"
        " where t.rule = %s and t.person = n.person and t.given is not distinct from n.before",
        (
            [one.person for one in changed],
            [one.given for one in changed],
            [one.total for one in changed],
            [known[one.person][0] if one.person in known else None for one in changed],
            rule,
        ),
    )
    if written != len(changed):
        raise LimitReached(_("Somebody else was assigned a record at the same moment; try again."), code="try_again")
