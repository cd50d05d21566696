"""A record's timeline as its template reads it: what is asked by the address, the ways to narrow it, and its days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from itertools import groupby
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec

from relata.engine.ui.rolled_up import below
from relata.engine.ui.timeline import CHANGES, FILES, Asked, Kind, TimelineEntry, TimelinePage, kinds_of, timeline
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import parse_id

TIMELINE = 15
_MOST_WORDS = 100


class Day(msgspec.Struct, frozen=True):
    """What happened on one day. label: "" where the page before ended on the same day."""

    label: str
    entries: tuple[TimelineEntry, ...]


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A way to narrow the timeline. href: of the page; fragment: of the timeline alone. value: of a select."""

    label: str
    icon: str
    href: str
    fragment: str
    current: bool
    value: str = ""


class TimelineView(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the timeline. whole: with its filters; otherwise only what follows. more: address of what follows.
    path: of the record. now: the address of exactly this. words, until, alone: what it is narrowed to besides kind and
    person. gathers: whether something below the record could be told. is_cut: not all of that was looked at."""

    days: tuple[Day, ...]
    more: str
    whole: bool
    path: str = ""
    now: str = ""
    kinds: tuple[Choice, ...] = ()
    people: tuple[Choice, ...] = ()
    kind: str = ""
    words: str = ""
    until: str = ""
    alone: bool = False
    gathers: bool = False
    is_cut: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether more is there than is asked for."""
        return bool(self.kind or self.words or self.until or self.alone or any(one.current for one in self.people[1:]))


async def timeline_view(work: Workspace, record: Record, query: Mapping[str, str]) -> TimelineView:
    """The timeline as the address asks: `kind`, `person`, `q`, `until`, `alone`, `after`, and the `day` that stands
    there last. What can't be read is not asked."""
    one, after = record.object, query.get("after", "")
    path = f"/{one.path}/{record.id}"
    own_kinds = [Kind(CHANGES, _("Changes"), "pencil"), Kind(FILES, _("Files"), "paperclip")]
    under = await below(work, one, record)
    kinds = [*own_kinds, *await kinds_of(work, one, under)]
    asked = _asked(work, query, {found.name for found in kinds})
    found = await timeline(
        work, one, record, asked, after=after, limit=TIMELINE, under=under if asked.below else None
    )  # fmt: skip
    days = tuple(_by_day(found.entries, work, query.get("day", "") if after else ""))
    more = ""
    if found.next:
        last = _day_name(_day_of(found.entries[-1], work), work.clock.today) if found.entries else query.get("day", "")
        more = f"{path}/timeline?{_address(query, asked, after=found.next, day=last)}"
    if after:
        return TimelineView(days=days, more=more, whole=False)
    return TimelineView(
        days=days, more=more, whole=True, path=path, kind=asked.kind, words=asked.words,
        now=_choice(path, "", "", True, _address(query, asked)).fragment,
        until=query.get("until", "") if asked.until else "", alone=not asked.below, is_cut=found.is_cut,
        gathers=_gathers(work, one.name), people=_people(work, path, query, asked, found),
        kinds=tuple(
            _choice(path, label, icon, name == asked.kind, _address(query, asked, kind=name))
            for name, label, icon in [("", _("All"), ""), *((kind.name, kind.label, kind.icon) for kind in kinds)]
        ),
    )  # fmt: skip


def _asked(work: Workspace, query: Mapping[str, str], kinds: set[str]) -> Asked:
    kind = query.get("kind", "")
    return Asked(
        kind=kind if kind in kinds else "",
        person=parse_id(query.get("person", "")),
        words=" ".join(query.get("q", "").replace("\x00", "").split())[:_MOST_WORDS],
        until=_end_of_day(work, query.get("until", "")),
        below=not query.get("alone"),
    )


def _end_of_day(work: Workspace, text: str) -> datetime | None:
    try:
        day = date.fromisoformat(text)
        return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(work.actor.zone))
    except (ValueError, OverflowError):
        return None


def _gathers(work: Workspace, name: str) -> bool:
    """Whether there are objects whose happenings are told with these records, too."""
    for child in work.registry.objects.values():
        for to, _of in child.retells:
            target = child.name if to == "id" else getattr(child.field(to), "to", "")
            if target == name:
                return True
    return False


def _people(
    work: Workspace, path: str, query: Mapping[str, str], asked: Asked, found: TimelinePage
) -> tuple[Choice, ...]:
    everyone = {"": _("Everyone"), str(work.actor.user): _("Me")}
    for entry in found.entries:
        if entry.who_id:
            everyone.setdefault(entry.who_id, entry.who)
    if asked.person is not None:
        everyone.setdefault(str(asked.person), _("This person"))
    now = str(asked.person or "")
    return tuple(
        msgspec.structs.replace(_choice(path, who, "", key == now, _address(query, asked, person=key)), value=key)
        for key, who in everyone.items()
    )


def _choice(path: str, label: str, icon: str, current: bool, asked: str) -> Choice:
    query = f"?{asked}" if asked else ""
    return Choice(label=label, icon=icon, href=path + query, fragment=f"{path}/timeline{query}", current=current)


def _address(query: Mapping[str, str], asked: Asked, **more: str) -> str:
    """What the address says now, changed by `more`."""
    now = {
        "kind": asked.kind, "person": str(asked.person or ""), "q": asked.words,
        "until": query.get("until", "") if asked.until else "", "alone": "" if asked.below else "1", **more,
    }  # fmt: skip
    return urlencode({name: value for name, value in now.items() if value})


def _by_day(entries: Iterable[TimelineEntry], work: Workspace, last: str) -> Iterable[Day]:
    today = work.clock.today
    for found, part in groupby(entries, key=lambda entry: _day_of(entry, work)):
        name = _day_name(found, today)
        yield Day("" if name == last else name, tuple(part))


def _day_of(entry: TimelineEntry, work: Workspace) -> date:
    return entry.when.astimezone(ZoneInfo(work.actor.zone)).date()


def _day_name(day: date, today: date) -> str:
    if day == today:
        return _("Today")
    if day == today + timedelta(days=1):
        return _("Tomorrow")
    return _("Yesterday") if day == today - timedelta(days=1) else day.strftime("%-d %B %Y")
