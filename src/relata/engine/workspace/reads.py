"""Who read personal values: noted in memory while people read, written down together every few seconds.

A page of a list costs a dictionary entry, not a write. A process that is killed loses what it noted since then.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from relata.engine.storage.database import Database
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.engine.workspace.unit import Unit

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

FLUSH_SECONDS = 10.0
#: Ids that one line keeps; beyond that it says how many.
MOST_IDS = 100


@dataclass(slots=True)
class _Line:
    fields: set[str] = field(default_factory=set)
    records: dict[UUID, None] = field(default_factory=dict)
    count: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """What somebody read in a few seconds. via: form, api, export. records: the first of them; count: all, the same one
    twice counting twice."""

    id: int
    at: datetime
    person: UUID
    via: str
    object: str
    fields: tuple[str, ...]
    records: tuple[UUID, ...]
    count: int


class ReadNotes:
    """Of one process, over all workspaces of its database."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, UUID, str, str], _Line] = {}
        self._written = time.monotonic()

    def take(self, unit: Unit) -> None:
        """What a unit of work has read."""
        who = unit.actor.user
        for object_name, fields, ids, count in unit.reads:
            if who is not None:
                line = self._lines.setdefault((unit.context.schema, who, unit.actor.via, object_name), _Line())
                line.fields.update(fields)
                line.count += count
                if len(line.records) < MOST_IDS:
                    line.records.update(dict.fromkeys(ids))
        unit.reads.clear()

    @property
    def is_due(self) -> bool:
        """Whether it is time to write."""
        return bool(self._lines) and time.monotonic() - self._written > FLUSH_SECONDS

    async def flush(self, database: Database) -> None:
        """Write down what was noted."""
        lines, self._lines = self._lines, {}
        self._written = time.monotonic()
        if not lines:
            return
        async with database.transaction() as connection:
            for (schema, who, via, name), line in lines.items():
                await connection.execute(
                    f"insert into {quoted(schema)}._read (person, via, object, fields, records, count)"
                    " values (%s, %s, %s, %s, %s, %s)",
                    (who, via, name, sorted(line.fields), list(line.records)[:MOST_IDS], line.count),
                )


def note(unit: Unit, object_name: str, fields: tuple[str, ...], ids: list[UUID], count: int | None = None) -> None:
    """That these records' personal fields went to the actor; nothing where a rule reads, and not a person. count: where
    ids are the first of so many."""
    if fields and ids and unit.actor.user is not None and not unit.actor.rights.system:
        unit.reads.append((object_name, fields, ids, len(ids) if count is None else count))


async def reads(
    work: Workspace, *, person: UUID | None = None, object_name: str = "", record: UUID | None = None,
    before: int | None = None, limit: int = 50,
) -> list[Read]:  # fmt: skip
    """The newest first. Needs see_audit. before: an entry's id, for the next page."""
    require(work, "see_audit")
    conditions, params = ["id < %(before)s"], dict[str, Any](before=before or 2**62, limit=min(limit, 200))
    for name, condition, value in (
        ("person", "person = %(person)s", person),
        ("object", "object = %(object)s", object_name),
        ("record", "%(record)s = any(records)", record),
    ):
        if value:
            conditions.append(condition)
            params[name] = value
    rows = await work.unit.connection.fetch(
        f"select id, at, person, via, object, fields, records, count from {quoted(work.context.schema)}._read"
        f" where {' and '.join(conditions)} order by id desc limit %(limit)s",
        params,
    )
    return [
        Read(key, at, who, via, name, tuple(fields), tuple(records), count)
        for key, at, who, via, name, fields, records, count in rows
    ]
