"""A merge taken back from its rows in the log, at any time: what it did goes back, what was changed since stays.

Merges that came later and touch the same records are taken back first and done again afterwards, so that each stands on
what would have been there without this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from relata.engine.history.entries import Entry, entry_of
from relata.engine.history.opening import opened
from relata.engine.metadata.fields import Field, Links
from relata.engine.metadata.object import Object
from relata.engine.storage.planner import quoted
from relata.engine.workspace import consequences, links, merges, merging, removal, writes
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.loading import load
from relata.engine.workspace.merges import Merge
from relata.engine.workspace.record import Record
from relata.foundation.errors import Conflict, Denied, Invalid, NotFound
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

_ROWS = "id, object, record, action, at, actor, via, source, before, after"
_LISTS = ("emails", "phones", "web_addresses", "tags", "multi_choice")


async def unmerge(work: Workspace, key: UUID) -> list[Record]:
    """The records as they are now, the one that stayed first. Raises NotFound, Conflict (taken back already), Denied.

    Needs the right to change what stayed, and to restore records."""
    found = await merges.merge_of(work, key)
    if found is None or found.object not in work.registry.objects:
        raise NotFound(_("There is no such merge."), code="unknown_merge")
    await work.lock(f"merge {found.object}")
    found = await merges.merge_of(work, key) or found
    if found.undone_at is not None:
        raise Conflict(_("This merge was taken back already."), code="undone")
    await _require_right(work, found)
    later = await _touching(work, found, await merges.standing_after(work, found))
    everything = work.as_system()
    for each in (*reversed(later), found):
        await _take_back(everything, each)
    for each in later:
        await _again(everything, each)
    one = work.registry.get(found.object)
    held = {record.id: record for record in await load(everything.unit, one, sorted(found.records))}
    await work.log(one.name, found.target, "unmerged", after={"merged": [str(other) for other in found.others]})
    return [held[record] for record in (found.target, *found.others) if record in held]


async def _require_right(work: Workspace, merge: Merge) -> None:
    one = work.registry.get(merge.object)
    if not work.actor.rights.permits("see_deleted"):
        raise Denied(_("You may not restore records."), code="denied_restore")
    for record in await load(work.as_system().unit, one, sorted(merge.records)):
        if not work.actor.reaches(one, "change", record["owner"], record["team"]):
            raise Denied(_("You may not take this merge back."), code="denied_merge")


async def _touching(work: Workspace, merge: Merge, later: Sequence[Merge]) -> list[Merge]:
    """Those that stand on it, directly or through others: they touch what it touched, also what only pointed at it."""
    reached, found = await _touched(work, merge), []
    for each in later:
        touched = await _touched(work, each)
        if touched & reached:
            reached |= touched
            found.append(each)
    return found


async def _touched(work: Workspace, merge: Merge) -> set[UUID]:
    """The records that became one, and all that the merge changed besides."""
    rows = await work.unit.connection.fetch(
        f"select distinct record from {quoted(work.context.schema)}._change where id > %(first)s and id <= %(last)s"
        " and source ->> 'merge' = %(merge)s and action in ('changed', 'deleted')",
        {"first": merge.first_change, "last": merge.last_change, "merge": str(merge.id)},
    )
    return {*merge.records, *(record for (record,) in rows)}


async def _take_back(work: Workspace, merge: Merge) -> None:
    connection, schema = work.unit.connection, work.context.schema
    rows = await connection.fetch(
        f"select {_ROWS} from {quoted(schema)}._change where id > %(first)s and id <= %(last)s"
        " and source ->> 'merge' = %(merge)s and action in ('changed', 'deleted') order by id desc",
        {"first": merge.first_change, "last": merge.last_change, "merge": str(merge.id)},
    )
    for file, record in merge.files.items():
        await connection.execute(
            f"update {quoted(schema)}._file set record = %(record)s where id = %(file)s and record = %(target)s",
            {"record": UUID(record), "file": UUID(file), "target": merge.target},
        )
    done = await opened(connection, schema, work.context.sealer, [entry_of(row) for row in rows])
    deleted = [each for each in done if each.action == "deleted"]
    # what a unique value was taken from gets it back only after the one that took it has let it go
    for each in (*(entry for entry in done if entry.action == "changed" and entry.record == merge.target), *deleted):
        await _one_back(work, each)
    # links, also of the target, once more: what they point at is there again
    for each in done:
        if each.action == "changed":
            await _one_back(work, each)
    await merges.note_undone(work, merge.id)


async def _one_back(work: Workspace, entry: Entry) -> None:
    if entry.object not in work.registry.objects:
        return
    one = work.registry.get(entry.object)
    held = await load(work.unit, one, [entry.record], lock=True)
    if not held:
        return
    if entry.action == "deleted":
        if held[0].is_deleted:
            await removal.restore(work, held[0])
        return
    different = _as_before(work, one, held[0], entry)
    if different:
        await _put(work, held[0], different)


def _as_before(work: Workspace, one: Object, record: Record, entry: Entry) -> dict[str, Any]:
    """What of the change can be taken back: values that are still what it made them; of lists what it added and took
    away."""
    found: dict[str, Any] = {}
    for name, raw in entry.after.items():
        field = one.field(name)
        if (
            field is None
            or (field.system and name not in ("owner", "team"))
            or not (field.stored or isinstance(field, Links))
        ):
            continue
        try:
            before, after = _parsed(work, field, entry.before.get(name)), _parsed(work, field, raw)
        except Invalid:  # of another type than today
            continue
        now = record[name]
        if _same(now, after):
            found[name] = before
        elif isinstance(field, Links) or field.type_name in _LISTS:
            kept = [item for item in now or () if item not in (after or ()) or item in (before or ())]
            lost = [item for item in before or () if item not in (after or ()) and item not in kept]
            found[name] = tuple(kept + lost) or None
    return {name: value for name, value in found.items() if not _same(record[name], value)}


def _parsed(work: Workspace, field: Field, raw: Any) -> Any:
    return None if raw in (None, "", [], {}) else field.parse(raw, work.context.parsing)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple) and isinstance(other, tuple) and one and isinstance(one[0], UUID):
        return set(one) == set(other)
    return (
        bool((one or None) == (other or None))
        if isinstance(one, tuple) or isinstance(other, tuple)
        else bool(one == other)
    )


async def _put(work: Workspace, before: Record, different: dict[str, Any]) -> None:
    """The values as they were, past guards and life-cycles: they held when they were written."""
    unit, one = work.unit, before.object
    found = await links.load_targets(
        unit, links.targets_in(one, {name: value for name, value in different.items() if value is not None})
    )
    missing = {
        name for name in different
        if links.check_targets(one, {name: different[name]}, found) and not isinstance(one.field(name), Links)
    }  # fmt: skip
    different = {name: value for name, value in different.items() if name not in missing}
    if not different:
        return
    draft = Draft(one, before.id, before, different)
    after = await writes.write(unit, before, different, "changed")
    await writes.write_pairs(unit, one, draft)
    await writes.know_parent(unit, one, different, found)
    await writes.follow_access(work, one, before, different)
    await consequences.follow_one(work, before, after)


async def _again(work: Workspace, merge: Merge) -> None:
    """The same merge over the records as they are now; one that can't be any more is left out."""
    ids = [merge.target, *merge.others]
    held = {record.id: record for record in await work.get_many(merge.object, ids, lock=True)}
    if merge.target not in held or len(held) < 2:
        return
    values = {
        name: held[UUID(record)][name] for name, record in merge.choices.items() if UUID(record) in held
    }  # fmt: skip
    others = [held[other] for other in merge.others if other in held]
    await merging.merge(work, held[merge.target], others, values, merge.rules)
