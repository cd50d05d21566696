"""Changes as they are told to programs: of records that the reader sees now, without the values of hidden fields."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from relata.engine.history.feed import Change
from relata.engine.history.opening import opened
from relata.engine.metadata.object import Object
from relata.engine.workspace import loading
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace


async def told(work: Workspace, changes: list[Change]) -> list[dict[str, Any]]:
    """The changes of records that the caller sees now, without the values of hidden fields. Of what lies in the bin
    those who may not look there learn only that it was deleted."""
    changes = await opened(work.unit.connection, work.context.schema, work.context.sealer, changes)
    records: dict[UUID, Record] = {}
    for name in dict.fromkeys(one.object for one in changes):
        declared = work.registry.objects.get(name)
        if declared is not None and work.actor.rights.level(declared, "read"):
            ids = list({one.record for one in changes if one.object == name})
            records |= {record.id: record for record in await loading.load(work.unit, declared, ids)}
    sees_bin = work.actor.rights.permits("see_deleted")
    shown = []
    for one in changes:
        record = records.get(one.record)
        if record is None or (record.is_deleted and not sees_bin and one.action != "deleted"):
            continue
        shown.append(_shown(work, record.object, one, with_values=sees_bin or not record.is_deleted))
    return shown


def _shown(work: Workspace, one: Object, change: Change, *, with_values: bool) -> dict[str, Any]:
    return {
        "feed": change.feed,
        "object": one.path,
        "record": change.record,
        "action": change.action,
        "at": change.at,
        "actor": change.actor,
        "via": change.via,
        "before": _readable(work, one, change.before) if with_values else {},
        "after": _readable(work, one, change.after) if with_values else {},
    }


def _readable(work: Workspace, one: Object, values: dict[str, Any]) -> dict[str, Any]:
    fields = one.all_fields
    return {name: value for name, value in values.items() if name in fields and work.actor.readable(one, fields[name])}
