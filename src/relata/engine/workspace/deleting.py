"""Many records into the bin as one set: one statement for all that take nothing with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from relata.engine.metadata.fields import Link
from relata.engine.metadata.object import Object
from relata.engine.query.select import render
from relata.engine.workspace import rollups
from relata.engine.workspace.changes import log_writer
from relata.engine.workspace.record import Record
from relata.engine.workspace.statements import update_many_sql

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

#: What has rules of its own about who may go.
_ALONE = ("user", "team")


async def delete_set(work: Workspace, one: Object, records: Sequence[Record]) -> set[UUID]:
    """Delete those of these living records that take nothing with them, that the actor may delete and that nobody
    changed meanwhile; the ids of those. The others are left for `Workspace.delete`, which says why or takes along what
    goes with them."""
    if one.name in _ALONE or not records:
        return set()
    held = await _with_children(work, one, [record.id for record in records])
    free = [record for record in records if record.id not in held and not record.is_deleted]
    done = await _write(work, one, free) if free else set()
    unit = work.unit
    rollups.note_many(unit, one, ((record.values, None) for record in free if record.id in done))
    if done:
        unit.note_write(one.name)
    return done


async def _with_children(work: Workspace, one: Object, ids: list[UUID]) -> set[UUID]:
    """Records that others hold, or take along."""
    found: set[UUID] = set()
    wanted = sa.cast(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid())), sa.ARRAY(sa.Uuid()))
    for relation in work.registry.relations[one.name].values():
        child = work.registry.get(relation.child)
        link = child.field(relation.field)
        if not isinstance(link, Link) or link.on_delete not in ("restrict", "cascade"):
            continue
        table = work.context.tables.of(child)
        column = table.c[link.columns()[0].name(link.name)]
        sql = render(sa.select(column).distinct().where(column == sa.any_(wanted), table.c.deleted_at.is_(None)))
        found.update(row[0] for row in await work.unit.connection.fetch(sql, {"ids": ids}))
    return found


async def _write(work: Workspace, one: Object, records: Sequence[Record]) -> set[UUID]:
    unit = work.unit
    key = ("delete many", one.name, unit.actor.fingerprint)
    sql = unit.context.statements.get(
        key, lambda: update_many_sql(unit.context.tables, unit.actor, one, ("deleted_at",), right="delete")
    )
    log, now = log_writer(unit, one), datetime.now(UTC)
    rows: list[dict[str, Any]] = []
    for record in records:
        _salt, (before, after) = log.written(record.id, record.salt, {"deleted_at": None}, {"deleted_at": now})
        rows.append(
            {
                "record_id": record.id, "at_version": record.version, "v_deleted_at": now,
                "log_source": dict(unit.actor.source) or None, "log_before": before, "log_after": after,
            }
        )  # fmt: skip
    params = {
        **unit.actor.parameters(), "rows": msgspec.json.encode(rows).decode(), "changed_by": unit.actor.user,
        "changed_via": unit.actor.via, "log_object": one.name, "log_action": "deleted", "log_actor": unit.actor.user,
        "log_via": unit.actor.via,
    }  # fmt: skip
    return {found for (found,) in await unit.connection.fetch(sql, params)}
