"""Everything that happened with a record in one order, newest first: changes, files, and whatever is about it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.history.entries import Entry
from relata.engine.metadata.fields import Choice, RichText
from relata.engine.metadata.fields.choices import Option
from relata.engine.metadata.object import Object
from relata.engine.query import cursor as cursors
from relata.engine.query.request import Order
from relata.engine.query.result import MASK
from relata.engine.ui import happenings
from relata.engine.ui.change_words import FieldChange, changes_of, linked_by, through, what_happened, who_did
from relata.engine.ui.happenings import LAST, ZERO, Source
from relata.engine.ui.listing import text_of
from relata.engine.ui.values import colour_number
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import Titles, titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid

#: Kinds beside the objects that happen.
CHANGES, FILES = "changes", "files"
#: Letters of what an entry stands for.
_MOST_TEXT = 1200


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened. kind: `changes`, `files`, or an object's name. text: plain, or Markdown where `is_rich`.
    colour: 0-11. href: the record that it is, "" for a change."""

    id: str
    kind: str
    icon: str
    colour: int
    who: str
    who_id: str
    what: str
    when: datetime
    changes: tuple[FieldChange, ...] = ()
    title: str = ""
    text: str = ""
    is_rich: bool = False
    href: str = ""


class TimelinePage(msgspec.Struct, frozen=True, kw_only=True):
    """next: a cursor, "" at the end."""

    entries: tuple[TimelineEntry, ...]
    next: str


class Kind(msgspec.Struct, frozen=True):
    """Something that a timeline can be narrowed to."""

    name: str
    label: str
    icon: str


class _Place(msgspec.Struct, array_like=True, frozen=True):
    """Where a page ended. log: the last entry of the log that was shown, 0 for none yet. source, record: the last thing
    beside it, at `moment`."""

    log: int
    moment: str
    source: str
    record: str


_Found = tuple[datetime, int, str, UUID, Any]


def kinds_of(work: Workspace, one: Object) -> list[Kind]:
    """What the reader can narrow a timeline to."""
    children = {source.child.name: source.child for source in happenings.sources_of(work, one)}
    return [Kind(child.name, child.title_plural, child.icon) for child in children.values()]


async def timeline(
    work: Workspace, one: Object, record: Record, *, after: str = "", kind: str = "", person: UUID | None = None,
    limit: int = 20, known: Sequence[Source] | None = None,
) -> TimelinePage:  # fmt: skip
    """One page. kind: only these. person: only what this person did. known: the sources that have something about the
    record, where that was asked already. Invalid for a damaged cursor."""
    place = _parse(after)
    found = await _log(work, record, place, kind, person, limit) if kind in ("", CHANGES, FILES) else []
    seen = {UUID(place.record)} if place.moment else set()
    for source in await _asked(work, one, record, kind, known):
        where = happenings.condition(source, record.id, person=person)
        rows = await happenings.rows_of(work, source, where, after=_start(work, source, where, place), limit=limit + 1)
        for row in rows:
            if row["id"] not in seen and row[source.moment] is not None and row[source.moment] != MASK:
                seen.add(row["id"])
                found.append((row[source.moment], 0, source.key, row["id"], (source, row)))
    found.sort(key=_order, reverse=True)
    shown = found[:limit]
    titles = await titles_of(work.unit, _linked(work, one, shown))
    stood = await happenings.stood_for(work, [each[4] for each in shown if not isinstance(each[4], Entry)])
    entries = tuple(
        _change(work, one, each[4], titles)
        if isinstance(each[4], Entry)
        else _in_its_place(work, _happening(work, each[4][0], each[4][1], titles), stood.get(each[3]))
        for each in shown
    )
    return TimelinePage(entries=entries, next=_next(shown, place) if len(found) > limit else "")


def _order(found: _Found) -> tuple[datetime, int, str, int]:
    """Newest first; what happened in one transaction in the order of the log, then by source and id."""
    return found[0], found[1], found[2], found[3].int


async def _log(
    work: Workspace, record: Record, place: _Place, kind: str, person: UUID | None, limit: int
) -> list[_Found]:
    files = None if not kind else kind == FILES
    entries = await work.history(record, before=place.log or None, limit=limit + 1, actor=person, files=files)
    found: list[_Found] = []
    latest: datetime | None = None
    for entry in entries:  # a slow commit may carry an earlier time under a later number: the number rules
        latest = entry.at if latest is None else min(latest, entry.at)
        found.append((latest, entry.id, "", UUID(int=entry.id), entry))
    return found


async def _asked(
    work: Workspace, one: Object, record: Record, kind: str, known: Sequence[Source] | None
) -> list[Source]:
    sources = happenings.sources_of(work, one) if known is None else known
    asked = [source for source in sources if kind in ("", source.child.name)]
    return await happenings.filled(work, record.id, asked) if known is None else asked


def _start(work: Workspace, source: Source, where: Any, place: _Place) -> str:
    """A page marker of this source's own list, just behind what was shown of all."""
    if not place.moment:
        return ""
    limit = UUID(place.record) if source.key == place.source else ZERO if source.key > place.source else LAST
    order = (Order((source.moment,), True),)
    question = cursors.question(source.child.name, where, order, False)
    return cursors.Cursor(question, 0, False, [place.moment, str(limit)]).text()


def _next(shown: Sequence[_Found], place: _Place) -> str:
    log = next((each[1] for each in reversed(shown) if each[1]), place.log)
    moment, number, source, record, _what = shown[-1]
    # after an entry of the log, everything else at the same moment is still to come
    mark = _Place(log, str(moment), "~" if number else source, str(LAST if number else record))
    return base64.urlsafe_b64encode(msgspec.json.encode(mark)).rstrip(b"=").decode()


def _parse(text: str) -> _Place:
    if not text:
        return _Place(0, "", "", "")
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        place = msgspec.json.decode(raw, type=_Place)
        datetime.fromisoformat(place.moment)
        UUID(place.record)
    except (ValueError, UnicodeEncodeError, msgspec.MsgspecError):
        place = None
    if place is None or not 0 <= place.log < 2**62:
        raise Invalid("This page marker is damaged.", code="cursor", field="after", hint="Start from the first page.")
    return place


def _linked(work: Workspace, one: Object, shown: Sequence[_Found]) -> dict[str, set[UUID]]:
    wanted = linked_by(work, one, [each[4] for each in shown if isinstance(each[4], Entry)])
    for each in shown:
        if not isinstance(each[4], Entry):
            row = each[4][1]
            wanted["user"].update(row[name] for name in ("owner", "created_by") if isinstance(row.get(name), UUID))
    return wanted


def _change(work: Workspace, one: Object, entry: Entry, titles: Titles) -> TimelineEntry:
    what, icon, colour = what_happened(entry.action)
    is_file = entry.action.startswith("file_")
    return TimelineEntry(
        id=str(entry.id), kind=FILES if is_file else CHANGES, icon=icon, colour=colour, who=who_did(entry, titles),
        who_id=str(entry.actor or ""), what=f"{what} {through(entry)}".strip(), when=entry.at,
        changes=() if is_file else changes_of(work, one, entry, titles),
        title=str(entry.after.get("file") or entry.before.get("file") or "") if is_file else "",
    )  # fmt: skip


def _state(work: Workspace, source: Source, row: dict[str, Any]) -> Option | None:
    field = source.child.field(happenings.state_field(work, source))
    value = row.get(field.name) if isinstance(field, Choice) else None
    return field.option(value) if isinstance(field, Choice) and isinstance(value, str) else None


def _happening(work: Workspace, source: Source, row: dict[str, Any], titles: Titles) -> TimelineEntry:
    child = source.child
    texts = [name for name in happenings.text_fields(work, child) if row.get(name) and row[name] != MASK]
    title = "" if child.title_field in texts else row.get(child.title_field)
    text = "\n\n".join(row[name] for name in texts)
    named = text_of(child.all_fields[child.title_field], title)
    person = row.get("owner") if isinstance(row.get("owner"), UUID) else row.get("created_by")
    who = titles.get(("user", person), "") if isinstance(person, UUID) else "Relata"
    state = _state(work, source, row)
    return TimelineEntry(
        id=str(row["id"]), kind=child.name, icon=child.icon, who=who or "–", who_id=str(person or ""),
        colour=colour_number(state.colour if state and state.colour else child.colour),
        what=f"{child.title}: {state.title}" if state else child.title, when=row[source.moment],
        title="" if text.startswith(named) else named, text=text,
        is_rich=bool(texts) and isinstance(child.all_fields[texts[0]], RichText), href=f"/{child.path}/{row['id']}",
    )  # fmt: skip


def _in_its_place(work: Workspace, entry: TimelineEntry, target: Record | None) -> TimelineEntry:
    """The entry with the title and words of what it stands for, where the reader may see that."""
    if target is None:
        return entry
    one = target.object
    words = [name for name in happenings.text_fields(work, one) if one.all_fields[name].searchable and target[name]]
    text = "\n\n".join(target[name] for name in words)
    title = text_of(one.all_fields[one.title_field], target[one.title_field])
    what = entry.what.partition(": ")[2]
    return msgspec.structs.replace(
        entry, title=title, text=text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT].rstrip()} …",
        href=f"/{one.path}/{target.id}", what=f"{one.title}: {what}" if what else one.title,
    )  # fmt: skip
