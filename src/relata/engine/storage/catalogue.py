"""What PostgreSQL has now: columns, indexes and constraints of one schema."""

from __future__ import annotations

from dataclasses import dataclass, field

from relata.engine.storage.database import Connection


@dataclass(slots=True)
class Existing:
    """One table as it is. columns: name -> type as PostgreSQL prints it. invalid: indexes left behind by a build
    that was interrupted."""

    columns: dict[str, str] = field(default_factory=dict)
    indexes: set[str] = field(default_factory=set)
    invalid: set[str] = field(default_factory=set)
    constraints: set[str] = field(default_factory=set)


async def read(connection: Connection, schema: str) -> dict[str, Existing]:
    """The tables of a schema by name."""
    found: dict[str, Existing] = {}
    for table, column, kind in await connection.fetch(
        "select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) from pg_class c"
        " join pg_namespace n on n.oid = c.relnamespace and n.nspname = %s"
        " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped where c.relkind in"
        " ('r', 'p')",
        (schema,),
    ):
        found.setdefault(table, Existing()).columns[column] = kind
    for table, index, valid in await connection.fetch(
        "select t.relname, i.relname, x.indisvalid from pg_index x join pg_class i on i.oid = x.indexrelid"
        " join pg_class t on t.oid = x.indrelid join pg_namespace n on n.oid = t.relnamespace and n.nspname = %s",
        (schema,),
    ):
        (found[table].indexes if valid else found[table].invalid).add(index)
    for table, constraint in await connection.fetch(
        "select t.relname, o.conname from pg_constraint o join pg_class t on t.oid = o.conrelid"
        " join pg_namespace n on n.oid = t.relnamespace and n.nspname = %s",
        (schema,),
    ):
        found[table].constraints.add(constraint)
    return found
