"""One event of a calendar file as a value, whoever wrote the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: How somebody answered, as they are stored and as RFC 5545 calls them.
ANSWERS = {"waiting": "NEEDS-ACTION", "accepted": "ACCEPTED", "tentative": "TENTATIVE", "declined": "DECLINED"}


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is invited. answer: a key of ANSWERS."""

    email: str
    name: str = ""
    answer: str = "waiting"
    is_optional: bool = False
    is_room: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """starts, ends: moments in UTC; of whole days midnight in `zone`, and the first midnight after it. rule: RFC 5545
    text, "" for none. original: set for one occurrence of a series that is otherwise: the moment at which the rule has
    it. status: planned or cancelled. remind: how long before its start; None for not at all."""

    uid: str
    subject: str
    starts: datetime
    ends: datetime
    zone: str
    is_all_day: bool = False
    rule: str = ""
    skipped: tuple[datetime, ...] = ()
    extra: tuple[datetime, ...] = ()
    original: datetime | None = None
    sequence: int = 0
    status: str = "planned"
    description: str = ""
    location: str = ""
    link: str = ""
    remind: timedelta | None = None
    organizer: Guest | None = None
    guests: tuple[Guest, ...] = ()
    changed: datetime | None = None
    is_free: bool = False
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that could not be taken. why: a sentence."""

    uid: str
    subject: str
    why: str


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """A file's events and what of it was put aside; both add up to what it holds. method: of an invitation, such as
    REQUEST. name: what its writer calls the calendar."""

    items: tuple[Item, ...]
    refused: tuple[Refused, ...]
    method: str = ""
    name: str = ""
