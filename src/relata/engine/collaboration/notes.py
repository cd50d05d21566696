"""From changes to what somebody might be told of them, before it is asked what they may see and want to hear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from relata.engine.collaboration.following import followers_of
from relata.engine.history.feed import Change
from relata.engine.metadata.fields import AnyTarget, DateTime, Links
from relata.engine.metadata.object import Object
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.foundation.ids import parse_id

#: Changes that furnish a workspace are nobody's news.
SILENT_WAYS = ("setup", "demo", "seed", "bench", "migration")
_SILENT_MODULES = ("collaboration", "people", "approvals")
_TOLD = ("changed", "deleted", "restored", "merged")
#: Of several reasons to tell somebody of the same thing the first counts.
_ORDER = ("mention", "assignment", "comment", "system", "followed")
#: Who has waited no longer than this has seen it end.
_LONG = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell one person. action, fields: what was done. times: how many records it stands for."""

    person: UUID
    kind: str
    about: AnyTarget
    by: UUID | None
    action: str = ""
    fields: tuple[str, ...] = ()
    times: int = 1


def is_news(one: Object | None, change: Change) -> bool:
    """Whether it could concern anybody besides those who follow the record."""
    if one is None or change.via in SILENT_WAYS:
        return False
    if one.name == "comment":
        return change.action in ("created", "changed")
    if one.name == "assignment":
        return change.action == "created" and change.after.get("state") == "waiting"
    return _ends(one, change) or bool(_mentioned(one, change)) or (_is_business(one) and _new_owner(change) is not None)


def is_followable(one: Object | None, change: Change) -> bool:
    """Whether those who follow the record might be told."""
    return one is not None and change.via not in SILENT_WAYS and _is_business(one) and change.action in _TOLD


async def notes_of(work: Workspace, changes: Sequence[Change]) -> list[Note]:
    """Who might be told what. work: the system's."""
    found: dict[tuple[UUID, UUID], Note] = {}

    def add(notes: Iterable[Note]) -> None:
        for note in notes:
            known = found.get((note.person, note.about.id))
            if note.person == note.by:
                continue
            if known is None or _ORDER.index(note.kind) < _ORDER.index(known.kind):
                found[note.person, note.about.id] = note

    objects = work.registry.objects
    for change in changes:
        one = objects.get(change.object)
        if one is None or not is_news(one, change):
            continue
        if one.name == "comment":
            add(await _of_comment(work, change))
        elif one.name == "assignment":
            add(await _of_queue(work, change))
        elif _ends(one, change):
            add(await _of_ended(work, one, change))
        else:
            here = AnyTarget(one.name, change.record)
            add([Note(person, "mention", here, change.actor) for person in sorted(_mentioned(one, change))])
            if _is_business(one) and (owner := _new_owner(change)) is not None:
                add([Note(owner, "assignment", here, change.actor)])
    add(await _of_followed(work, changes))
    return _many_as_one(list(found.values()))


def _is_business(one: Object) -> bool:
    return one.module not in _SILENT_MODULES and not one.reference and not one.personal


def _mentioned(one: Object, change: Change) -> set[UUID]:
    """Who is named in it now and was not before: an object with a list `mentions` of people, as notes have."""
    field = one.field("mentions")
    if not isinstance(field, Links) or field.to != "user" or change.action not in ("created", "changed"):
        return set()
    now, before = ({key for raw in side.get("mentions") or () if (key := _id(raw))}
                   for side in (change.after, change.before))  # fmt: skip
    return now - before


def _new_owner(change: Change) -> UUID | None:
    """Who was given the record by somebody else."""
    if change.action not in ("created", "changed"):
        return None
    owner = _id(change.after.get("owner"))
    return owner if owner is not None and owner != change.actor else None


def _ends(one: Object, change: Change) -> bool:
    """Whether it says that long work has ended."""
    fields = (one.field(name) for name, value in change.after.items() if value)
    return change.action == "changed" and any(isinstance(field, DateTime) and field.ends for field in fields)


async def _of_ended(work: Workspace, one: Object, change: Change) -> list[Note]:
    found = await work.get_many(one.name, [change.record])
    if not found or found[0]["created_by"] is None or change.at - found[0]["created_at"] < _LONG:
        return []
    return [Note(found[0]["created_by"], "system", AnyTarget(one.name, change.record), None, "ended")]


async def _of_queue(work: Workspace, change: Change) -> list[Note]:
    """A record that waits in a queue, for its members."""
    about, key = change.after.get("about"), _id(change.after.get("queue"))
    record = _id(about)
    if key is None or record is None or not isinstance(about, dict) or about["object"] not in work.registry.objects:
        return []
    try:
        queue = await work.get("queue", key)
    except NotFound:
        return []
    target = AnyTarget(about["object"], record)
    return [Note(person, "assignment", target, change.actor, "queued") for person in queue["members"] or ()]


def _id(raw: Any) -> UUID | None:
    return parse_id(raw.get("id") if isinstance(raw, dict) else raw) if raw else None


async def _of_comment(work: Workspace, change: Change) -> list[Note]:
    found = await work.get_many("comment", [change.record])
    about = found[0]["about"] if found else None
    if about is None or about.object not in work.registry.objects:
        return []
    by = change.actor or found[0]["owner"]
    notes = [Note(person, "mention", about, by) for person in sorted(_mentioned(found[0].object, change))]
    if change.action == "created":
        records = await work.get_many(about.object, [about.id])
        owner = records[0]["owner"] if records else None
        hearing = [*([owner] if owner else []), *(await followers_of(work, [about.id])).get(about.id, [])]
        notes += [Note(person, "comment", about, by) for person in hearing]
    return notes


async def _of_followed(work: Workspace, changes: Sequence[Change]) -> list[Note]:
    """One note for each follower, record and person who changed it."""
    mine = [one for one in changes if is_followable(work.registry.objects.get(one.object), one)]
    followers = await followers_of(work, {one.record for one in mine}) if mine else {}
    by_record: dict[tuple[UUID, UUID | None], list[Change]] = {}
    for change in mine:
        if change.record in followers:
            by_record.setdefault((change.record, change.actor), []).append(change)
    notes = []
    for (record, actor), parts in by_record.items():
        fields = tuple(dict.fromkeys(name for one in parts for name in one.after))
        target = AnyTarget(parts[-1].object, record)
        notes += [Note(person, "followed", target, actor, parts[-1].action, fields) for person in followers[record]]
    return notes


#: More records given to one person at once are one message.
_MOST_APART = 3


def _many_as_one(notes: list[Note]) -> list[Note]:
    groups: dict[tuple[UUID, str, UUID | None, str, bool], list[Note]] = {}
    for note in notes:
        groups.setdefault((note.person, note.kind, note.by, note.about.object, note.action == "queued"), []).append(
            note
        )
    found = []
    for (_, kind, _, _, is_queued), group in groups.items():
        if kind == "assignment" and len(group) > _MOST_APART:
            first = group[0]
            found.append(
                Note(first.person, kind, first.about, first.by, "queued" if is_queued else "many", times=len(group))
            )
        else:
            found += group
    return found
