"""The figures of parts of an object, kept once a day: of each owner's records, of each source's, and of each field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from relata.engine.metadata.object import Object
from relata.engine.reporting.quality.measuring import Quality, shared
from relata.engine.reporting.quality.uniqueness import unique_shares
from relata.engine.storage.migrations import Migration
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import LimitReached

#: What a part is by: the two groupings of `measure`, and the fields.
Part = Literal["owner", "created_via", "field"]

MIGRATIONS = (
    Migration(
        "2026_12_04_quality_parts",
        """
        create table {schema}._quality_part (
            day date not null, object text not null, part text not null, key text not null, records bigint not null,
            complete real, valid real, fresh real, unique_share real, primary key (object, part, key, day));
        """,
        workspace=True,
    ),
)


async def keep_groups(everything: Workspace, one: Object, by: Part, found: Quality) -> None:
    """Those of `found.groups` as today's. everything: a system's workspace."""
    unique = await unique_shares(everything, one, by, {line.key: line.records for line in found.groups})
    rows = [
        (str(line.key or ""), line.records, line.complete, line.valid, line.fresh, unique.get(line.key))
        for line in found.groups
    ]
    await _keep(everything, one, by, rows)


async def keep_fields(everything: Workspace, one: Object, found: Quality) -> None:
    """Of each field: how many have it, how many of these break none of its rules, and how many share it with nobody."""
    try:
        alone = await shared(everything, one, [each.field for each in found.fields])
    except LimitReached:
        alone = {}
    rows = [
        (each.field.name, each.of, each.share, each.valid, None, alone.get(each.field.name)) for each in found.fields
    ]
    await _keep(everything, one, "field", rows)


async def _keep(everything: Workspace, one: Object, part: Part, rows: Sequence[tuple[Any, ...]]) -> None:
    table, today = f"{quoted(everything.context.schema)}._quality_part", everything.clock.today
    for row in rows:
        await everything.unit.connection.execute(
            f"insert into {table} values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict (object, part, key, day)"
            " do update set records = excluded.records, complete = excluded.complete, valid = excluded.valid,"
            " fresh = excluded.fresh, unique_share = excluded.unique_share",
            (today, one.name, part, *row),
        )


async def forget(everything: Workspace, before: date) -> None:
    """Drop older ones."""
    await everything.unit.connection.execute(
        f"delete from {quoted(everything.context.schema)}._quality_part where day < %s", (before,)
    )


async def past(work: Workspace, one: Object, part: Part, since: date) -> Mapping[str, list[tuple[date, float | None]]]:
    """How complete each part was on each day, the oldest first. Denied unless the reader configures objects: these
    figures are of all records."""
    require(work, "manage_objects")
    rows = await work.unit.connection.fetch(
        f"select key, day, complete from {quoted(work.context.schema)}._quality_part"
        " where object = %s and part = %s and day >= %s order by key, day",
        (one.name, part, since),
    )
    found: dict[str, list[tuple[date, float | None]]] = {}
    for key, day, complete in rows:
        found.setdefault(key, []).append((day, complete))
    return found
