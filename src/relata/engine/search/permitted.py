"""The access predicate as SQL text, for statements that are written by hand."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql.psycopg import dialect

from relata.engine.access.actor import Actor
from relata.engine.metadata.object import Object
from relata.engine.storage.tables import Tables

_DIALECT = dialect()  # type: ignore[no-untyped-call]


def access_sql(actor: Actor, tables: Tables, one: Object) -> str:
    """The condition under which this actor may read a row of the table that is called `t`; its parameters are those of
    `access.predicate.parameters`."""
    found = actor.predicate(one, "read", tables.of(one).alias("t"))
    return "true" if found is None else f"({found.compile(dialect=_DIALECT)})"
