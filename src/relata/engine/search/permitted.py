"""What a person may find: index entries beside their records, as SQL text for statements that are written by hand."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.dialects.postgresql.psycopg import dialect

from relata.engine.access.actor import Actor
from relata.engine.metadata.object import Object
from relata.engine.query import reach
from relata.engine.query.ground import Ground
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import Tables

_DIALECT = dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Permitted:
    """Sources of a `from`, in which `s` is the index entry and `t` the living record; their parameters are those of
    `access.predicate.parameters`.

    entries: all that may be read, the way there chosen for how many these are. again: the same for entries that are
    known already.
    """

    entries: str
    again: str


async def permitted(connection: Connection, ground: Ground, actor: Actor, one: Object) -> Permitted:
    """The entries of one object that this actor may read."""
    allowed = access_sql(actor, ground.tables, one)
    index, records = f"{quoted(ground.tables.schema)}._search", f"{quoted(ground.tables.schema)}.{quoted(one.name)}"
    wide = f"{index} s join {records} t on t.id = s.record and t.deleted_at is null and {allowed}"
    if not await reach.is_few(connection, ground, actor, one.name):
        return Permitted(wide, wide)
    # Somebody new sees nothing, and would wait for everybody's "Berg" to be looked at (1.2 s at a million contacts).
    # The offsets keep the planner, which takes each owner for an average one, from choosing that.
    few = (
        f"(select t.id, t.changed_at from {records} t where t.deleted_at is null and {allowed} offset 0) t"
        f" cross join lateral (select * from {index} where record = t.id offset 0) s"
    )
    return Permitted(few, wide)


def access_sql(actor: Actor, tables: Tables, one: Object) -> str:
    """The condition under which this actor may read a row of the table that is called `t`."""
    found = actor.predicate(one, "read", tables.of(one).alias("t"))
    return "true" if found is None else f"({found.compile(dialect=_DIALECT)})"
