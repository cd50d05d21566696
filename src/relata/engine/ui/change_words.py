"""Rows of the change log in words: who did what, and each field before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.history.entries import Entry
from relata.engine.metadata.fields import Field
from relata.engine.metadata.object import Object
from relata.engine.ui.values import Shown, shown, targets_of
from relata.engine.workspace.titles import Titles
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """One field's change in words. name: the field's. was, now: the values, for who writes them as the reader does."""

    name: str
    label: str
    before: str
    after: str
    was: Shown | None = None
    now: Shown | None = None


def what_happened(action: str) -> tuple[str, str, int]:
    """A verb for an action of the log, its icon and its colour (0-11)."""
    known = {
        "created": (_("made this"), "plus", 5),
        "changed": (_("changed"), "pencil", 8),
        "deleted": (_("moved this to the bin"), "trash-2", 1),
        "restored": (_("restored this"), "rotate-ccw", 5),
        "merged": (_("merged this"), "merge", 9),
        "shared": (_("changed who sees this"), "share-2", 7),
        "file_added": (_("added a file"), "paperclip", 8),
        "file_removed": (_("removed a file"), "paperclip", 1),
    }
    return known.get(action, (action.replace("_", " "), "activity", 0))


def through(entry: Entry) -> str:
    """The way that a change took, where it was not a person's own hand; "" for that."""
    known = {
        "api": _("through the API"), "import": _("by import"), "automation": _("by automation"), "mail": _("by mail"),
        "bulk": _("in a bulk change"),
    }  # fmt: skip
    found = known.get(entry.via, "")
    if entry.source.get("overrides"):
        return _("over a pending approval")
    if entry.source.get("in_spite_of"):
        return _("in spite of a warning")
    row = entry.source.get("row")
    return _("%(way)s, row %(row)s") % {"way": found, "row": row} if found and row else found


def who_did(entry: Entry, titles: Titles) -> str:
    """The person's name; Relata itself where nobody did it."""
    if entry.actor is None:
        return "Relata"
    return titles.get(("user", entry.actor)) or _("Someone")


def linked_by(work: Workspace, one: Object, entries: Iterable[Entry]) -> dict[str, set[UUID]]:
    """Whatever these entries name, to ask for titles at once."""
    wanted: dict[str, set[UUID]] = {"user": set()}
    for entry in entries:
        if entry.actor:
            wanted["user"].add(entry.actor)
        for values in (entry.before, entry.after):
            pairs = ((one.field(name), value_of(work, one.field(name), value)) for name, value in values.items())
            for name, ids in targets_of(pairs).items():
                wanted.setdefault(name, set()).update(ids)
    return wanted


def changes_of(work: Workspace, one: Object, entry: Entry, titles: Titles) -> tuple[FieldChange, ...]:
    """What differs, field by field; nothing for the making of a record, which would be all of it."""
    if entry.action == "created":
        return ()
    names = [name for name in {**entry.before, **entry.after} if one.field(name) is not None and name != "deleted_at"]
    return tuple(change_of(work, one, name, entry, titles) for name in names)


def change_of(work: Workspace, one: Object, name: str, entry: Entry, titles: Titles) -> FieldChange:
    """One field of an entry."""
    before, after = entry.before.get(name), entry.after.get(name)
    return FieldChange(
        name=name, label=one.all_fields[name].title,
        before=in_words(work, one, name, before, titles), after=in_words(work, one, name, after, titles),
        was=_value(work, one, name, before, titles), now=_value(work, one, name, after, titles),
    )  # fmt: skip


def _value(work: Workspace, one: Object, name: str, value: Any, titles: Titles) -> Shown | None:
    field = one.all_fields[name]
    parsed = value_of(work, field, value)
    return None if parsed is None else shown(work.registry, field, parsed, titles)


def value_of(work: Workspace, field: Field | None, value: Any) -> Any:
    """A logged value as the field holds it; None for what no longer fits."""
    if field is None or value in (None, "", [], {}):
        return None
    try:
        return field.parse(value, work.context.parsing)
    except Invalid:
        return None


def in_words(work: Workspace, one: Object, name: str, value: Any, titles: Mapping[tuple[str, UUID], str]) -> str:
    """A logged value as a person reads it."""
    field = one.all_fields[name]
    parsed = value_of(work, field, value)
    if parsed is None:
        return ""
    item = shown(work.registry, field, parsed, titles)
    if item.kind in ("link", "user", "choice"):
        return str(item.value.label)
    if item.kind in ("links", "choices", "tags"):
        return ", ".join(found.label for found in item.value)
    if item.kind == "boolean":
        return _("Yes") if parsed else _("No")
    return field.to_text(parsed)
