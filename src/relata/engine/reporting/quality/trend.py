"""What the figures were on each day, kept once a day over all records; those of parts stand in `parts`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from relata.engine.metadata.object import Object
from relata.engine.reporting.quality import parts
from relata.engine.reporting.quality.measuring import measure
from relata.engine.reporting.quality.uniqueness import unique_share
from relata.engine.storage.migrations import Migration
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import LimitReached

KEPT_DAYS = 800

MIGRATIONS = (
    Migration(
        "2026_12_02_quality_days",
        """
        create table {schema}._quality_day (
            day date not null, object text not null, records bigint not null, complete real, valid real, fresh real,
            unique_share real, primary key (object, day));
        """,
        workspace=True,
    ),
)


class Day(msgspec.Struct, frozen=True):
    """The shares of one day, 0-100; None where there was nothing to count. unique: see `unique_share`."""

    day: date
    records: int
    complete: float | None
    valid: float | None
    fresh: float | None
    unique: float | None


def watched(work: Workspace) -> list[Object]:
    """Objects whose records people make and look after, as far as the actor may read them."""
    return [
        one
        for one in work.registry.objects.values()
        if one.nav and one.by_hand and not one.personal and work.actor.rights.level(one, "read")
    ]


async def keep_day(everything: Workspace) -> int:
    """Measure all objects and keep it as today's; again on the same day replaces it. How many were measured; one that
    is too large to be measured in time is left out. everything: a system's workspace."""
    table, today, count = f"{quoted(everything.context.schema)}._quality_day", everything.clock.today, 0
    for one in watched(everything):
        try:
            by_owner = await measure(everything, one, "owner")
            by_source = await measure(everything, one, "created_via")
        except LimitReached:
            continue
        found = by_owner.total
        if not found.records:
            continue
        await everything.unit.connection.execute(
            f"insert into {table} values (%s, %s, %s, %s, %s, %s, %s) on conflict (object, day) do update set"
            " records = excluded.records, complete = excluded.complete, valid = excluded.valid,"
            " fresh = excluded.fresh, unique_share = excluded.unique_share",
            (
                today, one.name, found.records, found.complete, found.valid, found.fresh,
                await unique_share(everything, one, found.records),
            ),
        )  # fmt: skip
        await parts.keep_groups(everything, one, "owner", by_owner)
        await parts.keep_groups(everything, one, "created_via", by_source)
        await parts.keep_fields(everything, one, by_owner)
        count += 1
    await everything.unit.connection.execute(
        f"delete from {table} where day < %s", (today - timedelta(days=KEPT_DAYS),)
    )
    await parts.forget(everything, today - timedelta(days=KEPT_DAYS))
    return count


async def days(work: Workspace, since: date) -> dict[str, Sequence[Day]]:
    """By object, the oldest first. Denied unless the reader configures objects: these figures are of all records."""
    require(work, "manage_objects")
    rows = await work.unit.connection.fetch(
        "select object, day, records, complete, valid, fresh, unique_share"
        f" from {quoted(work.context.schema)}._quality_day where day >= %s order by object, day",
        (since,),
    )
    found: dict[str, list[Day]] = {}
    for name, *values in rows:
        found.setdefault(name, []).append(Day(*values))
    return dict(found)
