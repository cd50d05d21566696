"""Taking a bulk change back from its rows in the log: exactly what it did, and only where nobody changed it since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from relata.engine.metadata.fields import Emails, Field, Links, Phones, WebAddresses
from relata.engine.metadata.fields.base import Entry
from relata.engine.metadata.object import Object
from relata.engine.transfer.bulk.applying import Done, alone
from relata.engine.transfer.bulk.chosen import Undoable
from relata.engine.transfer.bulk.notes import Note
from relata.engine.transfer.bulk.order import Order
from relata.engine.transfer.bulk.taking_away import take_away
from relata.engine.workspace.chunk import Outcome
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.warnings import ALL, confirm
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _


async def take_back(work: Workspace, changes: Sequence[Undoable], order: Order) -> Done:
    """Undo these: values as a set, likewise what was made; each by itself where it went into the bin or out of it."""
    done = Done()
    by_object: dict[str, list[Undoable]] = {}
    made: dict[str, list[Undoable]] = {}
    for one in changes:
        if one.object not in work.registry.objects:
            continue
        if one.action == "changed":
            by_object.setdefault(one.object, []).append(one)
        elif one.action == "created" and order.imported:
            made.setdefault(one.object, []).append(one)
        else:
            done.add(one.record, await _other(work, one))
    gone = {one.record for group in made.values() for one in group}
    for name, group in made.items():
        await take_away(work, order, name, group, done)
    for name, group in by_object.items():
        if name in work.registry.objects:
            left = [one for one in group if one.record not in gone]
            await _values(work, work.registry.get(name), left, done)
    return done


async def _other(work: Workspace, one: Undoable) -> Outcome:
    async def restore() -> bool:
        found = await work.get(one.object, one.record, deleted=None)
        await work.restore(found)
        return found.is_deleted

    async def delete() -> bool:
        await work.delete((one.object, one.record))
        return True

    return await alone(work, restore if one.action == "deleted" else delete)


async def _values(work: Workspace, one: Object, changes: list[Undoable], done: Done) -> None:
    """The values that were there before. Guards' derived values go back with those that a person set, so the record is
    what it was; a field that the person may no longer write stays."""
    records = {record.id: record for record in await work.get_many(one.name, [each.record for each in changes])}
    found = [
        (each, record, *(_still_ours(work, one, each, record) if record else (each.before, [])))
        for each, record in ((each, records.get(each.record)) for each in changes)
    ]
    names = await _names(work, [record for _each, record, _raw, kept in found if record and kept])
    wanted: list[tuple[UUID | Record, dict[str, Any]]] = []
    for each, record, raw, kept in found:
        for name in kept:
            who = names.get(each.record, "") or _("somebody")
            message = _("%(field)s was changed since by %(who)s and stays as it is.") % {
                "field": one.all_fields[name].title, "who": who,
            }  # fmt: skip
            done.notes.append(Note(each.record, "changed_since", name, message))
        if kept and not raw:
            done.counts["refused"] += 1
        else:
            wanted.append((record or each.record, raw))
    confirm(work.unit, (ALL,))  # what was there before was confirmed then
    outcomes = await Workspace(work.unit, trusted=True).change_many(one.name, wanted) if wanted else []
    for (key, _raw), outcome in zip(wanted, outcomes, strict=True):
        done.add(key.id if isinstance(key, Record) else key, outcome)


async def _names(work: Workspace, records: Sequence[Record]) -> dict[UUID, str]:
    last = {record.id: record["changed_by"] for record in records}
    titles = await titles_of(work.unit, {"user": [who for who in last.values() if who]})
    return {record: titles.get(("user", who), "") for record, who in last.items() if who}


def _still_ours(work: Workspace, one: Object, each: Undoable, record: Record) -> tuple[dict[str, Any], list[str]]:
    """What goes back, and the fields that have another value by now."""
    raw: dict[str, Any] = {}
    kept: list[str] = []
    for name, before in each.before.items():
        field = one.field(name)
        if field is None or not (work.actor.rights.writable(one, field) or field.read_only):
            continue
        if _same(work, field, record[name], each.after.get(name)):
            raw[name] = _as_it_was(field, before)
        else:
            kept.append(name)
    return raw, kept


def _same(work: Workspace, field: Field, now: Any, logged: Any) -> bool:
    if logged in (None, "", [], {}):
        return now in (None, (), "")
    try:
        was = field.parse(_as_it_was(field, logged), work.context.parsing)
    except Invalid:
        return False
    return set(now or ()) == set(was) if isinstance(field, Links) else bool(now == was)


def _as_it_was(field: Field, logged: Any) -> Any:
    """Numbers and addresses are written alike when they come in, by rules that may be younger than the value."""
    if isinstance(field, (Emails, Phones, WebAddresses)) and logged:
        return tuple(Entry(item["value"], item.get("label", "")) for item in logged)
    return logged
