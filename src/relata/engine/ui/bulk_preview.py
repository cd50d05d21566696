"""The first changes of a bulk change, before and after, while they are there and not yet rolled back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from relata.engine.history.entries import Entry
from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.engine.transfer.bulk.notes import Note
from relata.engine.ui.values import Shown, shown, targets_of
from relata.engine.workspace.titles import Titles, titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid


class FieldChange(msgspec.Struct, frozen=True):
    """One value, as it is and as it would be."""

    label: str
    before: Shown
    after: Shown


class RecordChange(msgspec.Struct, frozen=True):
    """One record; without changes it comes into the bin or out of it."""

    title: str
    href: str
    changes: tuple[FieldChange, ...]


async def first_changes(work: Workspace, entries: list[Entry]) -> tuple[RecordChange, ...]:
    """Entries of one object's log as people read them."""
    if not entries:
        return ()
    one = work.registry.get(entries[0].object)
    values = [
        (
            entry,
            [(one.all_fields[name], _pair(work, one, entry, name)) for name in entry.after if name in one.all_fields],
        )
        for entry in entries
    ]
    linked = targets_of((field, value) for _, changes in values for field, pair in changes for value in pair)
    linked.setdefault(one.name, set()).update(entry.record for entry in entries)
    titles = await titles_of(work.unit, linked)
    return tuple(
        RecordChange(
            titles.get((one.name, entry.record)) or one.title, f"/{one.path}/{entry.record}",
            tuple(_change(work, field, pair, titles) for field, pair in changes if field.name != "deleted_at"),
        )
        for entry, changes in values
    )  # fmt: skip


def _change(work: Workspace, field: Field, pair: tuple[Any, Any], titles: Titles) -> FieldChange:
    before, after = (shown(work.registry, field, value, titles) for value in pair)
    return FieldChange(field.title, before, after)


def _pair(work: Workspace, one: Object, entry: Entry, name: str) -> tuple[Any, Any]:
    return _value(work, one, name, entry.before.get(name)), _value(work, one, name, entry.after.get(name))


def _value(work: Workspace, one: Object, name: str, logged: Any) -> Any:
    if logged in (None, "", [], {}):
        return None
    try:
        return one.all_fields[name].parse(logged, work.context.parsing)
    except Invalid:
        return None


class Refusal(msgspec.Struct, frozen=True):
    """Records that were refused for one reason. examples: titles with addresses, a few of them."""

    message: str
    count: int
    examples: tuple[tuple[str, str], ...]


async def refusals(work: Workspace, object_name: str, notes: list[Note], *, examples: int = 3) -> tuple[Refusal, ...]:
    """Remarks by their words, the commonest first."""
    groups: dict[str, list[UUID]] = {}
    for note in notes:
        groups.setdefault(note.message, []).append(note.record)
    one = work.registry.objects.get(object_name)
    if one is None:
        return ()
    wanted = [record for records in groups.values() for record in records[:examples]]
    titles = await titles_of(work.unit, {one.name: wanted})
    found = [
        Refusal(
            message, len(records),
            tuple(
                (titles[one.name, record] or one.title, f"/{one.path}/{record}")
                for record in records[:examples] if (one.name, record) in titles
            ),
        )
        for message, records in groups.items()
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda refusal: -refusal.count))
