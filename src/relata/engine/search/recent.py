"""What a person opened last, among what this person may still see.

Nobody waits for it to be noted: a process keeps what was opened for some seconds and writes it down for all at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from relata.engine.access.actor import Actor
from relata.engine.search.hits import Hit, Place, show
from relata.engine.storage.database import Connection, Database
from relata.engine.storage.planner import quoted
from relata.engine.storage.tables import Tables

KEPT = 50


@dataclass
class Opened:
    """What this process saw being opened and has not written: by workspace and person, records with their moment."""

    waiting: dict[str, dict[UUID, dict[UUID, tuple[str, datetime]]]] = field(default_factory=dict)

    def note(self, schema: str, person: UUID, object_name: str, record: UUID) -> None:
        """Somebody has just opened it."""
        records = self.waiting.setdefault(schema, {}).setdefault(person, {})
        records.pop(record, None)
        records[record] = (object_name, datetime.now(UTC))
        while len(records) > KEPT:
            del records[next(iter(records))]

    def of(self, schema: str, person: UUID) -> list[Place]:
        """What waits for one person, the latest first."""
        records = self.waiting.get(schema, {}).get(person, {})
        return [Place(name, record) for record, (name, _at) in reversed(records.items())]

    async def write(self, database: Database) -> int:
        """Write down all of it, a transaction for each workspace; how many records. What fails is given up: it is no
        loss to anybody's work."""
        written = 0
        taken, self.waiting = self.waiting, {}
        for schema, people in taken.items():
            rows = [
                (person, record, name, at)
                for person, records in sorted(people.items())
                for record, (name, at) in sorted(records.items())
            ]
            async with database.transaction() as connection:
                await _write(connection, schema, rows)
            written += len(rows)
        return written


async def _write(connection: Connection, schema: str, rows: Sequence[tuple[UUID, UUID, str, datetime]]) -> None:
    table = f"{quoted(schema)}._recent"
    persons, records, objects, moments = (list(column) for column in zip(*rows, strict=True))
    await connection.execute(
        f"insert into {table} as known (person, record, object, at) select * from"
        " unnest(%(persons)s::uuid[], %(records)s::uuid[], %(objects)s::text[], %(moments)s::timestamptz[])"
        " on conflict (person, record) do update set at = greatest(known.at, excluded.at)",
        {"persons": persons, "records": records, "objects": objects, "moments": moments},
    )
    await connection.execute(
        f"delete from {table} old using (select person, record,"
        f" row_number() over (partition by person order by at desc) as place from {table}"
        " where person = any(%(persons)s)) ranked"
        " where ranked.place > %(kept)s and old.person = ranked.person and old.record = ranked.record",
        {"persons": sorted(set(persons)), "kept": KEPT},
    )


async def recent(
    connection: Connection, tables: Tables, actor: Actor, *, limit: int = 10, opened: Opened | None = None
) -> list[Hit]:
    """The latest first. opened: what this process knows beside what is written."""
    rows = await connection.fetch(
        f"select object, record from {quoted(tables.schema)}._recent where person = %(person)s"
        " order by at desc limit 50",
        {"person": actor.user},
    )
    fresh = opened.of(tables.schema, actor.user) if opened is not None and actor.user is not None else []
    places = list(dict.fromkeys([*fresh, *(Place(*row) for row in rows)]))
    # Some are gone or closed by now; twice as many as are wanted are nearly always enough.
    found = await show(connection, tables, actor, places[: limit * 2])
    return (found if len(found) >= limit else await show(connection, tables, actor, places))[:limit]
