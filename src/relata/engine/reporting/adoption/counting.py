"""Counting what people open and save. A number for each team, day and thing: no line says who.

Counted in the process and written once a minute, so that no request waits for it; what a killed process had not written
is lost.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from uuid import UUID

from relata.engine.metadata.registry import Registry
from relata.engine.storage.database import Database
from relata.engine.storage.migrations import Migration
from relata.engine.storage.planner import quoted
from relata.foundation.errors import RelataError

log = logging.getLogger(__name__)
FLUSH_SECONDS = 60.0
#: What is older is cleared away by whoever writes.
KEPT_DAYS = 400
_MOST_WAITING = 5000

MIGRATIONS = (
    Migration(
        "2026_12_01_usage_days",
        """
        create table {schema}._usage_day (
            day date not null, team uuid, kind text not null, what text not null, count bigint not null,
            unique nulls not distinct (day, team, kind, what));
        """,
        workspace=True,
    ),
)
#: Ways to see an object's records, beside the plain list.
_SHAPES = ("board", "calendar", "map", "gallery")
Thing = tuple[str, str]


class Usage:
    """What a process counted and has not written. clock: seconds, monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: dict[tuple[str, UUID | None, str, str], int] = {}
        self._since = clock()

    def add(self, schema: str, team: UUID | None, things: Iterable[Thing]) -> None:
        """Somebody of this team did these."""
        for kind, what in things:
            key = (schema, team, kind, what[:200])
            if key in self._counts or len(self._counts) < _MOST_WAITING:
                self._counts[key] = self._counts.get(key, 0) + 1

    @property
    def is_due(self) -> bool:
        """Whether it is time to write."""
        return bool(self._counts) and self._clock() - self._since >= FLUSH_SECONDS

    async def flush(self, database: Database) -> None:
        """Write it all."""
        counts, self._counts, self._since = self._counts, {}, self._clock()
        by_schema: dict[str, list[tuple[UUID | None, str, str, int]]] = {}
        for (schema, team, kind, what), count in sorted(counts.items(), key=lambda one: repr(one[0])):
            by_schema.setdefault(schema, []).append((team, kind, what, count))
        for schema, rows in by_schema.items():
            try:
                await _write(database, schema, rows)
            except RelataError as error:  # whoever happens to come by must not pay for it
                log.warning("what was used could not be counted: %s", error.code)


async def _write(database: Database, schema: str, rows: list[tuple[UUID | None, str, str, int]]) -> None:
    table = f"{quoted(schema)}._usage_day"
    teams, kinds, whats, counts = zip(*rows, strict=True)
    async with database.transaction() as connection:
        await connection.execute(
            f"insert into {table} as known (day, team, kind, what, count)"
            " select current_date, * from unnest(%s::uuid[], %s::text[], %s::text[], %s::bigint[])"
            " on conflict (day, team, kind, what) do update set count = known.count + excluded.count",
            (list(teams), list(kinds), list(whats), list(counts)),
        )
        await connection.execute(f"delete from {table} where day < current_date - {KEPT_DAYS}")


def opened(registry: Registry, path: str, query: dict[str, str]) -> list[Thing]:
    """What a page that was opened counts as: by its address alone, without the record in it."""
    parts = [part for part in path.split("/") if part]
    if len(parts) == 2 and parts[0] in ("report", "dashboard"):
        return [(parts[0], parts[1])] if parts[1] not in ("new", "all", "metrics", "change", "filtered") else []
    if not parts or not _is_list(registry, parts[0]):
        return []
    if len(parts) == 1 or (len(parts) == 2 and parts[1] in _SHAPES):
        view = query.get("view", "")
        shape = parts[1] if len(parts) == 2 else "list"
        return [(shape, parts[0]), *([("view", view)] if view else [])]
    if len(parts) == 2 and parts[1] == "new":
        return [("form_opened", parts[0])]
    return [("record", parts[0])] if len(parts) == 2 else []


def saved(registry: Registry, path: str, problems: Iterable[str] | None) -> list[Thing]:
    """What a form that was sent counts as. problems: the fields at which it was refused; None where it was saved."""
    parts = [part for part in path.split("/") if part]
    is_field = len(parts) == 4 and parts[2] == "fields"
    if len(parts) < 2 or not _is_list(registry, parts[0]) or not (is_field or parts[-1] in ("new", "edit")):
        return []
    if problems is None:
        return [("form_saved" if parts[-1] == "new" else "changed", parts[0])]
    fields = sorted({name for name in problems if name})
    return [("refused", parts[0]), *(("refused_field", f"{parts[0]}.{name}") for name in fields[:5])]


def _is_list(registry: Registry, path: str) -> bool:
    return any(one.path == path for one in registry.objects.values())
