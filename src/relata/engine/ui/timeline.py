"""What happened to a record, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.history.entries import Entry
from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.engine.ui.values import shown, targets_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid


class TimelineChange(msgspec.Struct, frozen=True, kw_only=True):
    """One field's change in words."""

    label: str
    before: str
    after: str


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One change of the record."""

    id: int
    icon: str
    colour: int
    who: str
    what: str
    when: datetime
    changes: tuple[TimelineChange, ...] = ()
    title: str = ""
    text: str = ""
    href: str = ""


_WHAT = {
    "created": ("made this", "plus", 5),
    "changed": ("changed", "pencil", 8),
    "deleted": ("moved this to the bin", "trash-2", 1),
    "restored": ("restored this", "rotate-ccw", 5),
    "merged": ("merged this", "merge", 9),
    "shared": ("changed who sees this", "share-2", 7),
    "file_added": ("added a file", "paperclip", 8),
    "file_removed": ("removed a file", "paperclip", 1),
}
_VIA = {
    "form": "",
    "web": "",
    "api": "through the API",
    "import": "by import",
    "automation": "by automation",
    "system": "",
    "demo": "",
}


async def timeline(
    work: Workspace, one: Object, record: Record, *, before: int | None = None, limit: int = 20
) -> list[TimelineEntry]:
    """What happened to a record, newest first."""
    entries = await work.history(record, before=before, limit=limit)
    people = {entry.actor for entry in entries if entry.actor}
    wanted: dict[str, set[UUID]] = {"user": people}
    for entry in entries:
        for values in (entry.before, entry.after):
            for name, ids in targets_of(_parsed(work, one, values)).items():
                wanted.setdefault(name, set()).update(ids)
    titles = await titles_of(work.unit, wanted)
    return [_entry(work, one, entry, titles) for entry in entries]


def _parsed(work: Workspace, one: Object, values: dict[str, Any]) -> list[tuple[Field | None, Any]]:
    return [(one.field(name), _value(work, one.field(name), value)) for name, value in values.items()]


def _value(work: Workspace, field: Field | None, value: Any) -> Any:
    """A logged value as a value again; None where the field's type was changed since."""
    if field is None or value is None or value == [] or value == {}:
        return None
    try:
        return value if not field.stored and field.type_name != "links" else field.parse(value, work.context.parsing)
    except Invalid:
        return None


def _entry(work: Workspace, one: Object, entry: Entry, titles: dict[tuple[str, UUID], str]) -> TimelineEntry:
    what, icon, colour = _WHAT.get(entry.action, (entry.action, "activity", 0))
    who = titles.get(("user", entry.actor), "Someone") if entry.actor else "Relata"
    names = [name for name in entry.after if one.field(name) is not None]
    changes = (
        []
        if entry.action == "created"
        else [
            TimelineChange(
                label=one.all_fields[name].title,
                before=_words(work, one, name, entry.before.get(name), titles),
                after=_words(work, one, name, entry.after[name], titles),
            )
            for name in names
            if name != "deleted_at"
        ]
    )
    via = _VIA.get(entry.via, f"by {entry.via}")
    return TimelineEntry(
        id=entry.id,
        icon=icon,
        colour=colour,
        who=who,
        what=f"{what} {via}".strip(),
        when=entry.at,
        changes=tuple(changes),
        title=str(entry.after.get("file") or entry.before.get("file") or "")
        if entry.action.startswith("file_")
        else "",
    )


def _words(work: Workspace, one: Object, name: str, value: Any, titles: dict[tuple[str, UUID], str]) -> str:
    field = one.all_fields[name]
    parsed = _value(work, field, value)
    if parsed is None:
        return ""
    item = shown(work.registry, field, parsed, titles)
    if item.kind in ("link", "user", "choice"):
        return str(item.value.label)
    if item.kind in ("links", "choices", "tags"):
        return ", ".join(one.label for one in item.value)
    return field.to_text(parsed)
