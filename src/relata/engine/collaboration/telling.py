"""Telling people: asked of each whether they may see what it is about and want to hear of it, then kept as a record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from relata.engine.collaboration.following import follow_for
from relata.engine.collaboration.notes import Note, notes_of
from relata.engine.collaboration.preferences import Preferences, preferences_of
from relata.engine.history.feed import Change
from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.object import Object
from relata.engine.storage.planner import quoted
from relata.engine.workspace import acting
from relata.engine.workspace.actors import ActorCache
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import speaking

#: Several changes of a followed record within this time are one notification.
TOGETHER = timedelta(minutes=10)
_MOST_FIELDS = 3
#: Has a notification mailed, in the transaction of the work: the person's address, the notification.
MailNow = Callable[[Workspace, Preferences, Record], Awaitable[None]]


async def tell_of_changes(work: Workspace, actors: ActorCache, mail: MailNow, changes: Sequence[Change]) -> int:
    """Tell whom these changes concern; each change once, however often this is called. How many notifications."""
    fresh = await _first_time(work, [one for one in changes if not one.source.get("quiet")])
    notes = await notes_of(work, fresh)
    told = 0
    wishes = await preferences_of(work, {note.person for note in notes})
    for note in notes:
        wish = wishes.get(note.person)
        if wish is not None:
            told += await _tell(work, actors, mail, note, wish)
    await _follow_own_comments(work, fresh)
    return told


async def tell(
    work: Workspace, mail: MailNow, person: UUID, text: str, *, kind: str = "system", about: AnyTarget | None = None,
    by: UUID | None = None,
) -> Record | None:  # fmt: skip
    """Tell one person something that they may know, such as that their import has ended; None where they do not want
    to hear of this kind."""
    wish = (await preferences_of(work.as_system(), [person])).get(person)
    return await _keep(work.as_system(), mail, wish, kind, text, about, by) if wish else None


async def _first_time(work: Workspace, changes: Sequence[Change]) -> list[Change]:
    rows = await work.unit.connection.fetch(
        f"insert into {quoted(work.context.schema)}._done (what)"
        " select 'told:' || feed from unnest(%s::bigint[]) as feed on conflict do nothing returning what",
        ([one.feed for one in changes],),
    )
    fresh = {what for (what,) in rows}
    return [one for one in changes if f"told:{one.feed}" in fresh]


async def _tell(work: Workspace, actors: ActorCache, mail: MailNow, note: Note, wish: Preferences) -> int:
    seeing = await as_person(work, actors, note.person)
    title = await _title(seeing, note.about) if seeing else None
    if seeing is None or title is None:
        return 0
    if note.kind == "mention" and wish.follows_when("mentioned"):
        await follow_for(work, note.person, note.about, "mentioned")
    if note.kind == "assignment" and note.times == 1 and note.action != "queued" and wish.follows_when("assigned"):
        await follow_for(work, note.person, note.about, "assigned")
    earlier = await _earlier(work, note) if note.kind == "followed" else None
    with speaking(wish.locale):
        who = await _name(work, note.by)
        if earlier is not None:
            note, who = await _joined(work, note, earlier, who)
        text = _text(seeing, note, who, title)
    if text is None:
        return 0
    if earlier is not None:
        await work.change(earlier, {"text": text, "by": note.by})
        return 0
    about = note.about if note.times == 1 else None
    return int(await _keep(work, mail, wish, note.kind, text, about, note.by) is not None)


async def as_person(work: Workspace, actors: ActorCache, person: UUID) -> Workspace | None:
    """The same transaction with what this person may; None for who may not work here."""
    return await acting.as_person(work, person, via="notification", actors=actors)


async def _title(seeing: Workspace, about: AnyTarget) -> str | None:
    """What the record is called to them; None where they can't see it."""
    titles = await titles_of(seeing.unit, {about.object: [about.id]})
    found = titles.get((about.object, about.id))
    return None if found is None else found or seeing.registry.get(about.object).noun


async def _name(work: Workspace, person: UUID | None) -> str:
    if person is None:
        return "Relata"
    return (await titles_of(work.unit, {"user": [person]})).get(("user", person)) or _("Somebody")


def _text(seeing: Workspace, note: Note, who: str, title: str) -> str | None:
    """The sentence; None where all that changed is hidden from them."""
    one = seeing.registry.get(note.about.object)
    words: dict[str, Any] = {"who": who, "what": title[:120], "num": note.times, "objects": one.nouns}
    if note.kind == "mention":
        return _("%(who)s mentioned you on %(what)s") % words
    if note.kind == "comment":
        return _("%(who)s commented on %(what)s") % words
    if note.kind == "assignment" and note.action == "queued":
        return (
            _("%(num)s %(objects)s wait in a queue of yours")
            if note.times > 1
            else _("%(what)s waits in a queue of yours")
        ) % words
    if note.kind == "assignment":
        return (
            _("%(who)s assigned %(num)s %(objects)s to you")
            if note.times > 1
            else _("%(who)s assigned %(what)s to you")
        ) % words
    if note.action == "ended":
        return _("%(what)s has ended") % words
    if note.action == "deleted":
        return _("%(who)s deleted %(what)s") % words
    if note.action == "restored":
        return _("%(who)s restored %(what)s") % words
    if note.action == "merged":
        return _("%(who)s merged %(what)s with another one") % words
    labels = _labels(seeing, one, note.fields)
    if not labels:
        return None
    return (_("%(who)s changed %(fields)s of %(what)s") % {**words, "fields": labels})[:300]


def _labels(seeing: Workspace, one: Object, names: Sequence[str]) -> str:
    fields = one.all_fields
    labels = [
        fields[name].noun
        for name in names
        if name in fields and not fields[name].system and seeing.actor.readable(one, fields[name])
    ]
    rest = len(labels) - _MOST_FIELDS
    shown = ", ".join(labels[:_MOST_FIELDS])
    return f"{shown} {_('and %(num)s more') % {'num': rest}}" if rest > 0 else shown


async def _earlier(work: Workspace, note: Note) -> Record | None:
    """An unread notification about the same record, of a few minutes ago."""
    found = await work.first(
        "notification", order="-created_at", owner=note.person, kind="followed", about=note.about.id, read_at=None
    )
    since = work.clock.now - TOGETHER
    return found if found is not None and found["created_at"] > since else None


async def _joined(work: Workspace, note: Note, earlier: Record, who: str) -> tuple[Note, str]:
    """The note with what others, or the same person, changed since shortly before the earlier one."""
    rows = await work.unit.connection.fetch(
        f"select actor, array(select jsonb_object_keys(after)) from {quoted(work.context.schema)}._change"
        " where record = %s and at > %s and action = 'changed' and after is not null and actor is distinct from %s"
        " order by id",
        (note.about.id, earlier["created_at"] - timedelta(minutes=1), note.person),
    )
    fields = tuple(dict.fromkeys(name for _actor, names in rows for name in names))
    others = {actor for actor, _names in rows} - {note.by}
    several = _("%(who)s and others") % {"who": who} if others else who
    return replace(note, fields=fields or note.fields), several


async def _keep(
    work: Workspace, mail: MailNow, wish: Preferences, kind: str, text: str, about: AnyTarget | None, by: UUID | None
) -> Record | None:
    way = wish.way(kind)
    if way == "off":
        return None
    due = wish.held_until(kind, work.clock.now)
    made = await work.create(
        "notification",
        {"owner": wish.person, "kind": kind, "text": text[:300], "about": about, "by": by, "due_at": due},
    )
    if way == "mail" and due is None and wish.email:
        await mail(work, wish, made)
    return made


async def _follow_own_comments(work: Workspace, changes: Sequence[Change]) -> None:
    """Who comments on a record follows it, if they want that."""
    authors = {one.record: one.actor for one in changes if one.object == "comment" and one.action == "created"}
    comments = await work.get_many("comment", sorted(authors)) if authors else []
    wishes = await preferences_of(work, {person for person in authors.values() if person})
    for comment in comments:
        person, about = authors[comment.id], comment["about"]
        if person in wishes and about is not None and wishes[person].follows_when("commented"):
            await follow_for(work, person, about, "commented")
