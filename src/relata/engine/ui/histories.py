"""The history of a record or of one field, value by value, and the way back to an earlier one."""

from __future__ import annotations

from datetime import datetime

import msgspec

from relata.engine.metadata.object import Object
from relata.engine.ui.change_words import FieldChange, change_of, linked_by, through, what_happened, who_did
from relata.engine.ui.facts import is_editable
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the log. changes: with the values that a new record began with, too. restorable: names of the fields
    whose earlier value may be brought back by the reader."""

    id: int
    what: str
    icon: str
    who: str
    who_id: str
    way: str
    when: datetime
    changes: tuple[FieldChange, ...]
    restorable: frozenset[str]


async def history_of(
    work: Workspace, one: Object, record: Record, *, field: str = "", before: int | None = None, limit: int = 30
) -> list[Step]:
    """Newest first. field: of this one only; NotFound where the reader may not read it."""
    entries = await work.history(record, before=before, limit=limit, field=field)
    titles = await titles_of(work.unit, linked_by(work, one, entries))
    may_change = not record.is_deleted and await work.may(record, "change")
    steps = []
    for entry in entries:
        names = [name for name in {**entry.before, **entry.after} if one.field(name) and name != "deleted_at"]
        if field:
            names = [name for name in names if name == field]
        changes = tuple(change_of(work, one, name, entry, titles) for name in names)
        able = frozenset(
            name
            for name in names
            if may_change and entry.action == "changed" and is_editable(work, one, one.all_fields[name])
        )
        what, icon, _colour = what_happened(entry.action)
        steps.append(
            Step(
                id=entry.id, what=what, icon=icon, who=who_did(entry, titles), who_id=str(entry.actor or ""),
                way=through(entry), when=entry.at, changes=changes, restorable=able,
            )
        )  # fmt: skip
    return steps


async def bring_back(work: Workspace, record: Record, entry: int, field: str) -> Record:
    """The value that the field had before this entry of the log, through the door: rights, rules and history as for
    anything that a person types. Raises NotFound, Denied, Invalid, Conflict."""
    found = next(iter(await work.history(record, before=entry + 1, limit=1, field=field)), None)
    if found is None or found.id != entry or found.action != "changed":
        raise NotFound(_("There is no such entry in the history."), hint=_("Load the history again."))
    return await work.change(record, {field: found.before.get(field)})


def entry_number(text: str) -> int:
    """An entry's id in an address; NotFound for something else."""
    if not text.isdecimal() or len(text) > 18:
        raise NotFound(_("There is no such entry in the history."))
    return int(text)
