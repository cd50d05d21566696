"""Everything that happened with a record in one order, newest first: changes, files, and whatever is about it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.formula import Call, Not, Path, all_of
from relata.engine.history.entries import Entry
from relata.engine.metadata.fields import AnyTarget, Choice, Link, RichText
from relata.engine.metadata.fields.choices import Option
from relata.engine.metadata.object import Object
from relata.engine.query import cursor as cursors
from relata.engine.query import streams
from relata.engine.query.request import Order
from relata.engine.query.result import MASK
from relata.engine.ui import happenings
from relata.engine.ui.change_words import FieldChange, changes_of, linked_by, through, what_happened, who_did
from relata.engine.ui.happenings import LAST, ZERO, Source
from relata.engine.ui.listing import text_of
from relata.engine.ui.rolled_up import Below, Told, below, narrowed, told
from relata.engine.ui.values import colour_number
from relata.engine.workspace.histories import history_of, number_before, seen_of
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import Titles, titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid

#: Kinds beside the objects that happen.
CHANGES, FILES = "changes", "files"
#: Letters of what an entry stands for.
_MOST_TEXT = 1200
#: Things of one moment that a page marker remembers.
_MOST_AT_ONCE = 60


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened. kind: `changes`, `files`, or an object's name. text: plain, or Markdown where `is_rich`.
    colour: 0-11. href: the record that it is, "" for a change. about, about_href: the record below that it is about."""

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
    about: str = ""
    about_href: str = ""


class TimelinePage(msgspec.Struct, frozen=True, kw_only=True):
    """next: a cursor, "" at the end. is_cut: not all records below were looked at."""

    entries: tuple[TimelineEntry, ...]
    next: str
    is_cut: bool = False


class Kind(msgspec.Struct, frozen=True):
    """Something that a timeline can be narrowed to."""

    name: str
    label: str
    icon: str


class _Place(msgspec.Struct, array_like=True, frozen=True):
    """Where a page ended. log: the last entry of the log that was shown, 0 for none yet. source, record: the last thing
    beside it, at `moment`. also: what else of that moment was shown, so that nothing stands there twice."""

    log: int
    moment: str
    source: str
    record: str
    also: tuple[str, ...] = ()


_Found = tuple[datetime, int, str, UUID, Any]
_Row = tuple[Source, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a timeline is narrowed to. kind: only these. person: only what this person did. words: only where they stand
    in title or text. until: what happened before this moment. below: what is told of records below, too."""

    kind: str = ""
    person: UUID | None = None
    words: str = ""
    until: datetime | None = None
    below: bool = True


_ALL = Asked()
_NOTHING = Below({})


async def kinds_of(work: Workspace, one: Object, under: Below = _NOTHING) -> list[Kind]:
    """What the reader can narrow a timeline to; under: with what is told of the records below it."""
    children = {way.source.child.name: way.source.child for way in told(work, one, LAST, under)}
    return [Kind(child.name, _called(work, child), child.icon) for child in children.values()]


def _called(work: Workspace, child: Object) -> str:
    """What these are called here: what they stand for is what people know."""
    link = child.field(child.happening.stands_for) if child.happening else None
    return work.registry.get(link.to).title_plural if isinstance(link, Link) else child.title_plural


async def timeline(
    work: Workspace, one: Object, record: Record, asked: Asked = _ALL, *, after: str = "", limit: int = 20,
    under: Below | None = None,
) -> TimelinePage:  # fmt: skip
    """One page. under: the records below it, where that was asked already. Invalid for a damaged cursor."""
    is_logged = asked.kind in ("", CHANGES, FILES) and not asked.words
    if under is None:
        under = await below(work, one, record) if asked.below else Below({})
    lower = await seen_of(work, under.ids) if is_logged else {}
    logged = [record.id, *(key for _object, key in lower if key != record.id)]
    place = _parse(after) if after else await _beginning(work, logged, asked.until)
    found = await _log(work, logged, place, asked, limit) if is_logged else []
    seen, floor = {*place.also, place.record} if place.moment else set(), None
    for way in await _ways(work, one, record, asked, under):
        rows, end = await _rows(work, way, record, asked, place, limit)
        floor = end if floor is None or (end is not None and end > floor) else floor
        found += _once(way, rows, seen, record)
    found.sort(key=_order, reverse=True)
    shown = [each for each in found[:limit] if floor is None or _order(each) >= floor]
    titles = lower | await titles_of(work.unit, _linked(work, record, shown))
    stood = await happenings.stood_for(work, [each[4] for each in shown if not isinstance(each[4], Entry)])
    entries = tuple(
        _change(work, record, each[4], titles)
        if isinstance(each[4], Entry)
        else _in_its_place(work, _happening(work, each[4], record, titles), stood.get(each[3]))
        for each in shown
    )
    following = ""
    if shown and (len(found) > len(shown) or floor is not None):
        following = _next(shown, place)
    elif floor is not None:  # nothing but what was told before
        mark = _Place(place.log, str(floor[0]), floor[2], str(UUID(int=floor[3])), place.also)
        following = _text(mark)
    return TimelinePage(entries=entries, next=following, is_cut=under.is_cut)


_Order = tuple[datetime, int, str, int]


def _order(found: _Found) -> _Order:
    """Newest first; what happened in one transaction in the order of the log, then by source and id."""
    return found[0], found[1], found[2], found[3].int


def _once(way: Told, rows: Sequence[dict[str, Any]], seen: set[str], record: Record) -> list[_Found]:
    """The rows without what is there already: a mail that is filed with a contact and its account is one thing, told
    where it is nearest."""
    source, here = way.source, {}
    for row in rows:
        moment = row[source.moment]
        if moment is None or moment == MASK:
            continue
        name = _name(source, row)
        if name in seen or (name in here and _target(source, row) != record.id):
            continue
        here[name] = (moment, 0, source.key, row["id"], (source, row))
    seen |= here.keys()
    return list(here.values())


def _name(source: Source, row: dict[str, Any]) -> str:
    return str((row.get(source.happening.stands_for) if source.happening.stands_for else None) or row["id"])


def _target(source: Source, row: dict[str, Any]) -> UUID | None:
    value = row.get(source.relation.field)
    return value.id if isinstance(value, AnyTarget) else value if isinstance(value, UUID) else None


async def _log(work: Workspace, records: list[UUID], place: _Place, asked: Asked, limit: int) -> list[_Found]:
    files = None if not asked.kind else asked.kind == FILES
    entries = await history_of(
        work, records, before=place.log or None, limit=limit + 1, actor=asked.person, files=files
    )  # fmt: skip
    found: list[_Found] = []
    latest: datetime | None = None
    for entry in entries:  # a slow commit may carry an earlier time under a later number: the number rules
        latest = entry.at if latest is None else min(latest, entry.at)
        found.append((latest, entry.id, "", UUID(int=entry.id), entry))
    return found


async def _ways(work: Workspace, one: Object, record: Record, asked: Asked, under: Below) -> list[Told]:
    """Those with something to read, the record's own in one statement and those of records below in another."""
    ways = narrowed(told(work, one, record.id, under), asked.kind)
    alone = [way.source for way in ways if way.targets == (record.id,)]
    there = {source.key for source in await happenings.filled(work, record.id, alone)}
    further = await _filled(work, [way for way in ways if way.targets != (record.id,)])
    return [way for way in ways if way in further or (way.targets == (record.id,) and way.source.key in there)]


async def _filled(work: Workspace, ways: Sequence[Told]) -> list[Told]:
    """Those with something to read."""
    asked = [(way.source.child.name, way.source.relation.field, way.targets) for way in ways]
    there = await streams.filled(work.unit.connection, work.context.ground, asked)
    return [way for way, is_there in zip(ways, there, strict=True) if is_there]


async def _rows(
    work: Workspace, way: Told, record: Record, asked: Asked, place: _Place, limit: int
) -> tuple[list[dict[str, Any]], _Order | None]:
    """Rows of one way, and where they end if more follow."""
    source, about = way.source, way.about()
    parts = [about] if about is not None else []
    if asked.person is not None:
        who = source.child.field(source.happening.who)
        if who is None or not work.actor.readable(source.child, who):
            return [], None
        parts.append(happenings.done_by(source, asked.person))
    if asked.words:
        holding = happenings.holding(work, source, asked.words)
        if holding is None:
            return [], None
        parts.append(holding)
    if source.moment != "created_at":
        parts.append(Not(Call("empty", (Path((source.moment,)),))))
    where = all_of(parts) if parts else None
    most = limit + 1 if not source.happening.stands_for else 2 * limit + 1
    if about is None:
        marks = (datetime.fromisoformat(place.moment), _limit(source, place)) if place.moment else ()
        fields = happenings.shown_fields(work, source)
        link = source.relation.field
        asking = streams.Stream(source.child.name, link, way.targets, source.moment, where, fields, marks, most)
        rows = await work.stream(asking)
    else:
        assert where is not None
        rows = await happenings.rows_of(work, source, where, after=_start(source, where, place), limit=most)
    if len(rows) < most:
        return rows, None
    return rows, (rows[-1][source.moment], 0, source.key, rows[-1]["id"].int)


def _limit(source: Source, place: _Place) -> UUID:
    """The id behind which this source goes on at the moment where the page before ended."""
    return UUID(place.record) if source.key == place.source else ZERO if source.key > place.source else LAST


def _start(source: Source, where: Any, place: _Place) -> str:
    """A page marker of this source's own list, just behind what was shown of all."""
    if not place.moment:
        return ""
    order = (Order((source.moment,), True),)
    question = cursors.question(source.child.name, where, order, False)
    return cursors.Cursor(question, 0, False, [place.moment, str(_limit(source, place))]).text()


def _next(shown: Sequence[_Found], place: _Place) -> str:
    log = next((each[1] for each in reversed(shown) if each[1]), place.log)
    moment, number, source, record, _what = shown[-1]
    also = [_name(*each[4]) for each in shown if not each[1] and each[0] == moment]
    if str(moment) == place.moment:
        also += place.also
    # after an entry of the log, everything else at the same moment is still to come
    last = str(LAST if number else record)
    mark = _Place(log, str(moment), "~" if number else source, last, tuple(also[:_MOST_AT_ONCE]))
    return _text(mark)


def _text(mark: _Place) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(mark)).rstrip(b"=").decode()


async def _beginning(work: Workspace, records: list[UUID], until: datetime | None) -> _Place:
    """Where the first page begins: at the newest, or just before a moment."""
    if until is None:
        return _Place(0, "", "", "")
    log = await number_before(work, records, until)
    return _Place(log, str(until), "~", str(ZERO))


def _parse(text: str) -> _Place:
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


def _linked(work: Workspace, record: Record, shown: Sequence[_Found]) -> dict[str, set[UUID]]:
    wanted: dict[str, set[UUID]] = {"user": set()}
    for each in shown:
        if isinstance(each[4], Entry):
            for name, ids in linked_by(work, work.registry.get(each[4].object), [each[4]]).items():
                wanted.setdefault(name, set()).update(ids)
        else:
            source, row = each[4]
            people = (source.happening.who, "created_by")
            wanted["user"].update(row[name] for name in people if isinstance(row.get(name), UUID))
            target = row.get(source.relation.field)
            if isinstance(target, AnyTarget) and target.id != record.id:
                wanted.setdefault(target.object, set()).add(target.id)
            elif isinstance(target, UUID) and target != record.id:
                wanted.setdefault(source.relation.parent, set()).add(target)
    return wanted


def _change(work: Workspace, record: Record, entry: Entry, titles: Titles) -> TimelineEntry:
    what, icon, colour = what_happened(entry.action)
    is_file, one = entry.action.startswith("file_"), work.registry.get(entry.object)
    is_own = entry.record == record.id
    return TimelineEntry(
        id=str(entry.id), kind=FILES if is_file else CHANGES, icon=icon, colour=colour, who=who_did(entry, titles),
        who_id=str(entry.actor or ""), what=f"{what} {through(entry)}".strip(), when=entry.at,
        changes=() if is_file else changes_of(work, one, entry, titles),
        title=str(entry.after.get("file") or entry.before.get("file") or "") if is_file else "",
        about="" if is_own else titles.get((one.name, entry.record)) or one.title,
        about_href="" if is_own else f"/{one.path}/{entry.record}",
    )  # fmt: skip


def _state(work: Workspace, source: Source, row: dict[str, Any]) -> Option | None:
    field = source.child.field(happenings.state_field(work, source))
    value = row.get(field.name) if isinstance(field, Choice) else None
    return field.option(value) if isinstance(field, Choice) and isinstance(value, str) else None


def _happening(work: Workspace, found: _Row, record: Record, titles: Titles) -> TimelineEntry:
    source, row = found
    child = source.child
    texts = [name for name in happenings.text_fields(work, child) if row.get(name) and row[name] != MASK]
    title = "" if child.title_field in texts else row.get(child.title_field)
    text = "\n\n".join(row[name] for name in texts)
    named = text_of(child.all_fields[child.title_field], title)
    by = row.get(source.happening.who)
    person = by if isinstance(by, UUID) else row.get("created_by")
    about, about_href = _about(work, source, row, record, titles)
    who = titles.get(("user", person), "") if isinstance(person, UUID) else "Relata"
    state = _state(work, source, row)
    return TimelineEntry(
        id=str(row["id"]), kind=child.name, icon=child.icon, who=who or "–", who_id=str(person or ""),
        colour=colour_number(state.colour if state and state.colour else child.colour),
        what=f"{child.title}: {state.title}" if state else child.title, when=row[source.moment],
        title="" if text.startswith(named) else named, text=text,
        is_rich=bool(texts) and isinstance(child.all_fields[texts[0]], RichText), href=f"/{child.path}/{row['id']}",
        about=about, about_href=about_href,
    )  # fmt: skip


def _about(work: Workspace, source: Source, row: dict[str, Any], record: Record, titles: Titles) -> tuple[str, str]:
    """The title and address of what it is about, where that is not the record itself and the reader sees it."""
    value = row.get(source.relation.field)
    target = value if isinstance(value, AnyTarget) else None
    if isinstance(value, UUID):
        target = AnyTarget(source.relation.parent, value)
    if target is None or target.id == record.id:
        return "", ""
    title = titles.get((target.object, target.id), "")
    return (title, f"/{work.registry.get(target.object).path}/{target.id}") if title else ("", "")


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
