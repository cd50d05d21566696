"""The bin: delete, restore, purge. What a deleted record took with it comes back with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from relata.engine.formula import Binary, Literal, Path
from relata.engine.identity.guards import check_removal
from relata.engine.metadata.fields import Link
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Relation
from relata.engine.storage.planner import quoted
from relata.engine.workspace import consequences, writes
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.record import Record
from relata.engine.workspace.verdicts import require_restorable
from relata.foundation.errors import Conflict, Denied
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace


async def delete(
    work: Workspace,
    before: Record,
    *,
    expect: int | None = None,
    because: str = "",
    because_of: Mapping[str, object] | None = None,
) -> Record:
    """Into the bin, with the children whose link says so. Raises Denied, Conflict (still needed, changed meanwhile)."""
    one = before.object
    if before.is_deleted:
        return before
    if expect is not None and expect != before.version:
        raise Conflict(
            _("This %(noun)s was changed meanwhile.") % {"noun": one.noun},
            code="changed_meanwhile",
            hint=_("Load it again."),
        )
    await check_removal(work, before)
    for relation in work.registry.relations[one.name].values():
        await _settle_children(work, before, relation)
    source = {**(because_of or {}), **({"with": because} if because else {})}
    work.unit.actor, actor = (
        work.unit.actor.through(work.unit.actor.via, **{**work.unit.actor.source, **source}),
        work.unit.actor,
    )
    try:
        after = await writes.write(work.unit, before, {"deleted_at": datetime.now(UTC)}, "deleted", right="delete")
        await consequences.follow_one(work, before, after)
        return after
    finally:
        work.unit.actor = actor


async def _settle_children(work: Workspace, before: Record, relation: Relation) -> None:
    """Children whose link is `restrict` keep the record; those of `cascade` go with it; others keep their link."""
    child = work.registry.get(relation.child)
    link = child.field(relation.field)
    if not isinstance(link, Link) or link.on_delete not in ("restrict", "cascade"):
        return
    everything = work.as_system()
    while ids := await everything.ids(child.name, {relation.field: before.id}):
        if link.on_delete == "restrict":
            raise await _still_needed(work, before, child, link)
        for found in ids:
            await delete(everything, await everything.get(child.name, found), because=str(before.id))


async def _still_needed(work: Workspace, before: Record, child: Object, link: Link) -> Conflict:
    """By how many is told of those that the person sees."""
    may_look = work.actor.rights.level(child, "read") and work.actor.readable(child, link)
    seen = await work.count(child.name, Binary("=", Path((link.name,)), Literal(str(before.id)))) if may_look else 0
    who = f"{seen} {child.nouns if seen > 1 else child.noun}" if seen else _("other records")
    return Conflict(
        _("%(field)s is still needed by %(who)s.") % {"field": before.object.title, "who": who}, code="still_needed",
        field=link.name if seen else None,
        hint=_("Move or delete them first.") if seen else _("Ask somebody who sees them."),
    )  # fmt: skip


async def restore(work: Workspace, before: Record) -> Record:
    """Out of the bin, with the children that went with it. Raises Denied, Conflict (a unique value was taken
    meanwhile)."""
    one = before.object
    if not before.is_deleted:
        return before
    if not work.actor.rights.permits("see_deleted"):
        raise Denied(_("You may not restore records."), code="denied_restore")
    await require_restorable(work, Draft(one, before.id, before, {"deleted_at": None}))
    after = await writes.write(work.unit, before, {"deleted_at": None}, "restored", right="change")
    everything = work.as_system()
    rows = await work.unit.connection.fetch(
        f"select distinct object, record from {quoted(work.context.schema)}._change"
        " where action = 'deleted' and source ->> 'with' = %s and at >= %s",
        (str(before.id), before["deleted_at"]),
    )
    for name, found in rows:
        child = await everything.get(name, found, deleted=None)
        if child.is_deleted:
            await restore(everything, child)
    work.unit.note_write(one.name)
    await consequences.follow_one(work, before, after)
    return after
