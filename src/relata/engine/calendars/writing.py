"""Values as calendar files that Google, Outlook and Apple read: times in their zone with its definition, days as
days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vRecur, vText

from relata.engine.calendars.item import ANSWERS, Guest, Item

PRODUCT = "-//Relata//Relata//EN"


def write_calendar(items: Sequence[Item], *, now: datetime, name: str = "", method: str = "") -> bytes:
    """The file. now: when it is written. method: of an invitation; without one, it is a calendar to read."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
    for item in items:
        calendar.add_component(_event(item, now))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(item: Item, now: datetime) -> Event:
    event = Event()
    event.add("uid", item.uid)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("summary", item.subject)
    event.add("dtstart", _shown(item.starts, item))
    event.add("dtend", _shown(item.ends, item))
    event.add("sequence", item.sequence)
    event.add("status", "CANCELLED" if item.status == "cancelled" else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if item.is_free else "OPAQUE")
    if item.changed is not None:
        event.add("last-modified", item.changed.astimezone(UTC))
    if item.rule:
        event.add("rrule", vRecur.from_ical(item.rule))
    for moment in item.skipped:
        event.add("exdate", _shown(moment, item))
    for moment in item.extra:
        event.add("rdate", _shown(moment, item))
    if item.original is not None:
        event.add("recurrence-id", _shown(item.original, item))
    for name, text in (("description", item.description), ("location", item.location), ("url", item.link)):
        if text:
            event.add(name, text)
    if item.is_private:
        event.add("class", "PRIVATE")
    if item.organizer is not None:
        event.add("organizer", _address(item.organizer, is_guest=False), encode=False)
    for guest in item.guests:
        event.add("attendee", _address(guest), encode=False)
    if item.remind is not None:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", item.subject)
        alarm.add("trigger", -item.remind)
        event.add_component(alarm)
    return event


def _shown(moment: datetime, item: Item) -> date | datetime:
    """A day for whole days; else the time in the item's zone, since a series must not move when clocks change."""
    local = moment.astimezone(ZoneInfo(item.zone))
    if item.is_all_day:
        return local.date()
    return moment.astimezone(UTC) if item.zone == "UTC" else local


def _address(guest: Guest, *, is_guest: bool = True) -> vCalAddress:
    found = vCalAddress(f"mailto:{guest.email}")
    params: dict[str, Any] = {"CN": guest.name} if guest.name else {}
    if is_guest:
        params |= {
            "CUTYPE": "ROOM" if guest.is_room else "INDIVIDUAL",
            "ROLE": "OPT-PARTICIPANT" if guest.is_optional else "REQ-PARTICIPANT",
            "PARTSTAT": ANSWERS.get(guest.answer, "NEEDS-ACTION"),
            "RSVP": "TRUE" if guest.answer == "waiting" else "FALSE",
        }
    for name, value in params.items():
        found.params[name] = vText(value)
    return found
