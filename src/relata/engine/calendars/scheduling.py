"""Invitations and answers as calendar programs exchange them by mail (iTIP, RFC 5546): pure functions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from icalendar import Calendar

from relata.engine.calendars.item import Guest, Item
from relata.engine.calendars.reading import read_calendar
from relata.engine.calendars.writing import write_calendar


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody answered. original: which of a series, None for all. proposed: a span that they would prefer."""

    uid: str
    email: str
    answer: str
    sequence: int
    original: datetime | None = None
    comment: str = ""
    proposed: tuple[datetime, datetime] | None = None


def request(item: Item, *, now: datetime) -> str:
    """The invitation, or what changed of it; `organizer` and `guests` say from whom and to whom."""
    return write_calendar([item], now=now, method="REQUEST").decode()


def cancel(item: Item, *, now: datetime) -> str:
    """That it does not take place, or not for these guests."""
    return write_calendar([replace(item, status="cancelled")], now=now, method="CANCEL").decode()


def refuse(item: Item, *, now: datetime) -> str:
    """That it stays where it is, to who proposed another time."""
    return write_calendar([item], now=now, method="DECLINECOUNTER").decode()


def reply(item: Item, guest: Guest, *, now: datetime) -> str:
    """What one of ours answers to an invitation of theirs."""
    return write_calendar([replace(item, guests=(guest,), remind=None)], now=now, method="REPLY").decode()


def counter(item: Item, guest: Guest, span: tuple[datetime, datetime], *, now: datetime) -> str:
    """The time that one of ours would prefer for an invitation of theirs."""
    moved = replace(item, starts=span[0], ends=span[1], guests=(guest,), remind=None)
    return write_calendar([moved], now=now, method="COUNTER").decode()


def stays(text: str, uid: str) -> bool:
    """Whether who invites says that this keeps its time. Invalid for what is no calendar."""
    found = read_calendar(text, "UTC")
    return found.method == "DECLINECOUNTER" and any(item.uid == uid for item in found.items)


def read_replies(text: str) -> list[Reply]:
    """The answers in a mail's calendar part; none where it is something else. Invalid for what is no calendar."""
    found = read_calendar(text, "UTC")
    if found.method not in ("REPLY", "COUNTER"):
        return []
    comment = _comment(text)
    replies = []
    for item in found.items:
        for guest in item.guests[:1]:  # who answers is the only one named
            proposed = (item.starts, item.ends) if found.method == "COUNTER" else None
            answer = "tentative" if proposed and guest.answer == "waiting" else guest.answer
            replies.append(Reply(item.uid, guest.email, answer, item.sequence, item.original, comment, proposed))
    return replies


def uids_in(text: str) -> list[str]:
    """What a mail's calendar part is about, where it is a message about meetings. Invalid for what is no calendar."""
    found = read_calendar(text, "UTC")
    is_message = found.method in ("REPLY", "COUNTER", "DECLINECOUNTER", "REQUEST", "CANCEL")
    return list(dict.fromkeys(item.uid for item in found.items)) if is_message else []


def _comment(text: str) -> str:
    for calendar in Calendar.from_ical(text, multiple=True):
        for event in calendar.walk("VEVENT"):
            found = event.get("COMMENT")
            found = found[0] if isinstance(found, list) and found else found
            if found:
                return str(found)[:2000].replace("\x00", "")
    return ""
