"""The log of everything that happened in a workspace, for who may see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from relata.engine.history import entries
from relata.engine.history.opening import opened
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

#: What the log can be filtered by; `shared` rows come from opening single records.
ACTIONS = ("created", "changed", "deleted", "restored", "purged", "merged", "shared", "configured", "erased")


async def audit_log(
    work: Workspace,
    *,
    actor: UUID | None = None,
    object_name: str = "",
    action: str = "",
    before: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
) -> list[entries.Entry]:
    """Changes, newest first, without values that the reader may not read. Needs see_audit. before: an entry's id, for
    the next page. since, until: moments between which it happened, the second one left out. object_name: an object, or
    `_configuration` for whatever administrators changed."""
    require(work, "see_audit")
    conditions = ["action <> 'announced'", "id < %(before)s"]
    params: dict[str, Any] = {"before": before or 2**62, "limit": min(limit, 200)}
    if actor is not None:
        conditions.append("actor = %(actor)s")
    if object_name == "_configuration":
        conditions.append("action = 'configured'")
    elif object_name:
        conditions.append("object = %(object)s")
    if since is not None:
        conditions.append("at >= %(since)s")
    if until is not None:
        conditions.append("at < %(until)s")
    if action:
        conditions.append("action = %(action)s")
    rows = await work.unit.connection.fetch(
        "select id, object, record, action, at, actor, via, source, before, after"
        f" from {quoted(work.context.schema)}._change where {' and '.join(conditions)}"
        " order by id desc limit %(limit)s",
        {**params, "actor": actor, "object": object_name, "action": action, "since": since, "until": until},
    )
    found = [entries.entry_of(row) for row in rows]
    found = await opened(work.unit.connection, work.context.schema, work.context.sealer, found)
    return [_shown(work, entry) for entry in found]


def _shown(work: Workspace, entry: entries.Entry) -> entries.Entry:
    one = work.registry.objects.get(entry.object)
    if one is None:
        return entry

    def readable(values: dict[str, Any]) -> dict[str, Any]:
        fields = one.all_fields
        return {
            name: value
            for name, value in values.items()
            if name not in fields or work.actor.readable(one, fields[name])
        }

    return replace(entry, before=readable(entry.before), after=readable(entry.after))
