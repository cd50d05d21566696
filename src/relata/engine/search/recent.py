"""What a person opened last, among what this person may still see."""

from __future__ import annotations

from uuid import UUID

from relata.engine.access.actor import Actor
from relata.engine.search.hits import Hit, Place, show
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import Tables

KEPT = 50


async def note_opened(connection: Connection, schema: str, person: UUID, object_name: str, record: UUID) -> None:
    """Remember it; the oldest beyond 50 are forgotten."""
    values = {"person": person, "object": object_name, "record": record, "kept": KEPT}
    table = f"{quoted(schema)}._recent"
    await connection.execute(
        f"insert into {table} (person, object, record, at)"
        " values (%(person)s, %(object)s, %(record)s, clock_timestamp())"
        " on conflict (person, record) do update set at = excluded.at",
        values,
    )
    await connection.execute(
        f"delete from {table} where person = %(person)s and at < (select min(at) from (select at from {table}"
        " where person = %(person)s order by at desc limit %(kept)s) kept)",
        values,
    )


async def recent(connection: Connection, tables: Tables, actor: Actor, *, limit: int = 10) -> list[Hit]:
    """The latest first."""
    rows = await connection.fetch(
        f"select object, record from {quoted(tables.schema)}._recent where person = %(person)s"
        " order by at desc limit 50",
        {"person": actor.user},
    )
    return (await show(connection, tables, actor, [Place(*row) for row in rows]))[:limit]
