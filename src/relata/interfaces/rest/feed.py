"""The change feed: everything that happened to the records that the caller sees, in an order that never changes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from relata.engine.history.feed import Change, read_feed
from relata.engine.history.opening import opened
from relata.engine.metadata.object import Object
from relata.engine.workspace import loading
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.interfaces.http.answers import Answer
from relata.interfaces.rest import answers, parameters
from relata.interfaces.rest.call import Call

#: The parameters of the feed.
PARAMETERS = {
    "after": "The `next` of an answer; left out: from the beginning.",
    "limit": "Changes that are looked at, 1 to 1000; 200 if left out. Hidden ones are left out of the answer.",
    "objects": "Plural names of the objects to tell about, separated by commas; all if left out.",
}
#: Rows that tell of no record's values.
_SILENT = ("announced", "configured")


async def change_feed(call: Call) -> Answer:
    """Changes and the cursor from which to go on; `more` says whether there is something already."""
    found = call.parameters(PARAMETERS)
    limit = parameters.whole(found, "limit", 200, 1, 1000)
    after = parameters.whole(found, "after", 0, 0, 2**62)

    async def attempt(work: Workspace) -> Answer:
        wanted = {
            work.readable_object(work.registry.by_path(path).name).name for path in parameters.listed(found, "objects")
        }
        changes = await read_feed(work.unit.connection, work.context.schema, after, limit)
        last = changes[-1].feed if changes else after
        told = [one for one in changes if one.action not in _SILENT and (not wanted or one.object in wanted)]
        return answers.json({"data": await _visible(work, told), "next": str(last), "more": len(changes) == limit})

    return await call.read(attempt)


async def _visible(work: Workspace, changes: list[Change]) -> list[dict[str, Any]]:
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
