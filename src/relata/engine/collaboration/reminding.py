"""Reminders, of any object whose fields say so; and what was held back until now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from relata.engine.collaboration.preferences import preferences_of
from relata.engine.collaboration.telling import MailNow, as_person, tell
from relata.engine.metadata.fields import AnyTarget, DateTime
from relata.engine.metadata.object import Object
from relata.engine.storage.planner import quoted
from relata.engine.workspace.actors import ActorCache
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import speaking

#: What was due longer ago, such as while nothing ran, is old news.
_LATEST = timedelta(days=1)
_MOST = 500


async def remind(work: Workspace, actors: ActorCache, mail: MailNow) -> int:
    """Remind the owners of what is due, each once for each moment that was set; how many. work: the system's."""
    told = 0
    for one in list(work.registry.objects.values()):
        for field in one.fields:
            if isinstance(field, DateTime) and field.reminds:
                for record in await _due(work, one, field.name):
                    told += await _remind_of(work, actors, mail, record, field)
    return told


async def wake(work: Workspace, mail: MailNow) -> int:
    """Show, and mail, what quiet hours or a person held back until now; how many. work: the system's."""
    due = await work.find("notification", "due_at <= now() and read_at is null", order="due_at", limit=_MOST)
    wishes = await preferences_of(work, {one["owner"] for one in due if one["owner"]})
    for one in due:
        shown = await work.change(one, {"due_at": None})
        wish = wishes.get(one["owner"])
        if wish is not None and wish.email and wish.way(one["kind"]) == "mail" and not one["is_mailed"]:
            await mail(work, wish, shown)
    return len(due)


async def _due(work: Workspace, one: Object, name: str) -> list[Record]:
    since = (work.clock.now - _LATEST).isoformat()
    where = f'{name} <= now() and {name} > datetime("{since}") and owner is not null'
    found = await work.find(one.name, where, order=name, limit=_MOST)
    return [record for record in found if not _is_over(one, record)]


def _is_over(one: Object, record: Record) -> bool:
    """Whether the record's life has ended, so that nobody needs to be reminded."""
    if one.lifecycle is None:
        return False
    return not one.lifecycle.moves.get(record[one.lifecycle.field])


async def _remind_of(work: Workspace, actors: ActorCache, mail: MailNow, record: Record, field: DateTime) -> int:
    moment: Any = record[field.name]
    fresh = await work.unit.connection.execute(
        f"insert into {quoted(work.context.schema)}._done (what) values (%s) on conflict do nothing",
        (f"reminded:{record.id}:{field.name}:{moment.isoformat()}",),
    )
    if not fresh:
        return 0
    people = [record["owner"]]
    for name in field.reminds_also:
        value = record[name]
        people += value if isinstance(value, (list, tuple)) else [value]
    told = 0
    for person in dict.fromkeys(one for one in people if one is not None):
        told += await _remind_one(work, actors, mail, record, person)
    return told


async def _remind_one(work: Workspace, actors: ActorCache, mail: MailNow, record: Record, person: UUID) -> int:
    """Nobody hears of what they can't see."""
    seeing = await as_person(work, actors, person)
    if seeing is None:
        return 0
    titles = await titles_of(seeing.unit, {record.object.name: [record.id]})
    title = titles.get((record.object.name, record.id))
    if title is None:
        return 0
    with speaking(seeing.actor.locale):
        text = _("%(kind)s: %(what)s") % {"kind": record.object.title, "what": title or record.object.title}
    about = AnyTarget(record.object.name, record.id)
    return int(await tell(work, mail, person, text, kind="reminder", about=about) is not None)
