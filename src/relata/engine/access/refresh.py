"""Keeping `readers` and `writers` true: from grants and parents to the arrays in the rows, set by set.

Whoever changes an owner, a team, a parent or a grant calls `refresh` in the same transaction, so that access is
revoked at the moment in which it is taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from relata.engine.access.codes import ANY, GRANTED, OWNER, TEAM
from relata.engine.metadata.fields import Link
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted

#: Deeper chains of parents than this would be a circle.
MAX_DEPTH = 6


async def refresh(
    connection: Connection, schema: str, registry: Registry, one: Object, ids: Sequence[UUID], numbers: dict[str, int]
) -> None:
    """Recompute the arrays of these records and of all that inherit from them. numbers: the objects' numbers."""
    await _refresh(connection, schema, registry, one, "t.id = any(%(ids)s)", list(ids), numbers, 0)


async def _refresh(
    connection: Connection, schema: str, registry: Registry, one: Object, which: str, ids: list[UUID],
    numbers: dict[str, int], depth: int, parents: Sequence[str] | None = None,
) -> None:  # fmt: skip
    """parents: the objects that these records' parents are of, where that is known."""
    if not ids or depth > MAX_DEPTH:
        return
    if parents is None:
        parents = await _parents_of(connection, schema, registry, one, which, ids)
    changed = await connection.fetch(_statement(schema, one, which, numbers, parents), {"ids": ids})
    if depth and not changed:
        return
    below = [found for (found,) in changed] if depth else ids
    for name in registry.access_children.get(one.name, ()):
        child = registry.get(name)
        which_child = f"t.{quoted(child.access_parent)} = any(%(ids)s){_of_kind(child, one.name)}"
        await _refresh(connection, schema, registry, child, which_child, below, numbers, depth + 1, (one.name,))


async def _parents_of(
    connection: Connection, schema: str, registry: Registry, one: Object, which: str, ids: list[UUID]
) -> Sequence[str]:
    """The objects that the parents of these records are of; over an any-link only those that occur."""
    known = registry.access_parents.get(one.name, ())
    if not known or isinstance(one.field(one.access_parent), Link):
        return known
    kind, table = quoted(f"{one.access_parent}__object"), f"{quoted(schema)}.{quoted(one.name)}"
    rows = await connection.fetch(f"select distinct t.{kind} from {table} t where {which}", {"ids": ids})
    return [name for (name,) in rows if name in known]


def _of_kind(child: Object, parent: str) -> str:
    """The condition that an any-link names a record of this object. parent: the object's name, an identifier."""
    if isinstance(child.field(child.access_parent), Link):
        return ""
    return f" and t.{quoted(child.access_parent + '__object')} = '{parent}'"


def _statement(schema: str, one: Object, which: str, numbers: dict[str, int], parents: Sequence[str]) -> str:
    table, space = f"{quoted(schema)}.{quoted(one.name)}", quoted(schema)
    inherited = "".join(_inherited(schema, one, parent, numbers[parent]) for parent in parents if parent in numbers)
    granted = (
        f"select p.key * 1024 + s.way as code, s.level from {space}._share s join {space}._principal p"
        " on p.id = s.principal where s.record = t.id and (s.until is null or s.until > now())"
    )
    return (
        f"update {table} t set readers = new.readers, writers = new.writers from (select t.id,"
        f" coalesce((select array_agg(distinct code order by code) from ({granted}{inherited}) c), '{{}}') as readers,"
        f" coalesce((select array_agg(distinct code order by code) from ({granted}) c where level = 'change'), '{{}}')"
        f" as writers from {table} t where {which}) new where t.id = new.id"
        " and (t.readers <> new.readers or t.writers <> new.writers) returning t.id"
    )


def _inherited(schema: str, one: Object, parent_name: str, number: int) -> str:
    """What the parent's owner, team and readers give; the same rules as `codes.inherit`, in SQL."""
    space = quoted(schema)
    parent = (
        f"{space}.{quoted(parent_name)} parent where parent.id = t.{quoted(one.access_parent)}"
        f"{_of_kind(one, parent_name)}"
    )
    return (
        f" union all select {number * 4 + ANY}, 'read' from {parent}"
        f" union all select p.key * 1024 + {number * 4 + OWNER}, 'read' from {space}._principal p, {parent} and"
        f" p.id = parent.owner"
        f" union all select p.key * 1024 + {number * 4 + TEAM}, 'read' from {space}._principal p, {parent} and"
        f" p.id = parent.team"
        f" union all select case when (code %% 1024) / 4 = 0 then code / 1024 * 1024 + {number * 4 + GRANTED}"
        f" else code end,"
        f" 'read' from (select unnest(parent.readers) as code from {parent}) r"
    )
