"""Calendar files (RFC 5545) as values. One event that can't be read is put aside with its reason; the rest goes on."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, vDuration

from relata.engine.calendars.item import ANSWERS, CalendarFile, Guest, Item, Refused
from relata.engine.calendars.recurrence import Series, occurrences
from relata.engine.calendars.rule import Rule, parse_rule, rule_text
from relata.engine.calendars.zones import iana, zone_of
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: Bytes and events of one file.
MAX_BYTES, MAX_EVENTS = 20_000_000, 20_000
#: Dates that stand for themselves, such as those of a second rule.
_MOST_EXTRA = 500
_ANSWERS = {theirs: ours for ours, theirs in ANSWERS.items()}


def read_calendar(data: bytes | str, zone: str) -> CalendarFile:
    """The events of a file. zone: for times that name none. Invalid for what is no calendar file."""
    if len(data) > MAX_BYTES:
        raise Invalid(_("This calendar is larger than 20 MB."), code="too_large", hint=_("Send a part of it."))
    try:
        with warnings.catch_warnings():  # it guesses at zones aloud; `zones` knows them
            warnings.simplefilter("ignore")
            calendars = Calendar.from_ical(data, multiple=True)
    except (ValueError, KeyError, IndexError, RecursionError, UnicodeDecodeError, OverflowError):
        raise Invalid(
            _("This is not a calendar file."), code="calendar_file", hint=_("Export it as iCalendar (.ics).")
        ) from None
    items: list[Item] = []
    refused: list[Refused] = []
    method = name = ""
    for calendar in calendars:
        named = iana(_text(calendar.get("X-WR-TIMEZONE")))
        method, name = method or _text(calendar.get("METHOD")).upper(), name or _text(calendar.get("X-WR-CALNAME"))
        for event in calendar.walk("VEVENT"):
            if len(items) + len(refused) >= MAX_EVENTS:
                raise Invalid(_("This calendar has more than 20,000 events."), code="too_large")
            try:
                items.append(_item(event, named or zone, utc_means=named))
            except (ValueError, TypeError, AttributeError, OverflowError, KeyError) as error:
                why = str(error) if isinstance(error, ValueError) and str(error).endswith(".") else ""
                refused.append(Refused(_text(event.get("UID")), _text(event.get("SUMMARY")), why or _UNREADABLE))
    return CalendarFile(tuple(items), tuple(refused), method[:20], name[:120])


_UNREADABLE = "Its dates can't be read."


def _item(event: Component, default: str, *, utc_means: str = "") -> Item:
    """utc_means: the calendar's own zone, in which events live that are written in UTC."""
    start = _dt(event, "DTSTART")
    if start is None:
        raise ValueError("It has no start.")
    end = _dt(event, "DTEND")
    if isinstance(end, datetime) and not isinstance(start, datetime):  # some programs mix them
        start = datetime.combine(start, time(), end.tzinfo)
    is_day = not isinstance(start, datetime)
    zone = zone_of(start, default) if isinstance(start, datetime) else default
    if zone == "UTC" and utc_means:
        zone = utc_means
    starts, ends = _moment(start, zone), _end(event, start, zone)
    rules = [parse_rule(one, zone) for one in _rules(event)]
    extra = [_moment(one, zone) for one in _dates(event, "RDATE")]
    skipped = tuple(_same(one, starts, zone) for one in _dates(event, "EXDATE"))
    for more in rules[1:]:
        extra += _written_out(more, starts, zone)
    original = event.get("RECURRENCE-ID")
    if original is not None and original.params.get("RANGE"):
        raise ValueError("It changes a part of a series in a way that is not read.")
    return Item(
        uid=_text(event.get("UID"))[:255] or f"{starts:%Y%m%dT%H%M%S}-{_text(event.get('SUMMARY'))[:80]}",
        subject=" ".join(_text(event.get("SUMMARY")).split())[:200], starts=starts, ends=max(starts, ends),
        zone=zone, is_all_day=is_day,
        rule=rule_text(rules[0], zone, of_days=is_day) if rules else "", skipped=skipped, extra=tuple(extra),
        original=_same(original.dt, starts, zone) if original is not None else None,
        sequence=_number(event.get("SEQUENCE")),
        status="cancelled" if _text(event.get("STATUS")).upper() == "CANCELLED" else "planned",
        description=_text(event.get("DESCRIPTION"))[:100_000], location=_text(event.get("LOCATION"))[:255],
        link=_link(event), remind=_remind(event, starts), organizer=_guest(event.get("ORGANIZER")),
        guests=tuple(_guests(event.get("ATTENDEE"))), changed=_changed(event),
        is_free=_text(event.get("TRANSP")).upper() == "TRANSPARENT",
        is_private=_text(event.get("CLASS")).upper() in ("PRIVATE", "CONFIDENTIAL"),
    )  # fmt: skip


def _written_out(rule: Rule, starts: datetime, zone: str) -> list[datetime]:
    """A second rule's dates, since a series has one rule."""
    far = starts + timedelta(days=3660)
    found = occurrences(Series(starts, zone, rule), starts, far, most=_MOST_EXTRA + 1)
    if rule.is_endless or len(found) > _MOST_EXTRA:
        raise ValueError("It has several rules that go on for too long.")
    return found


def _dt(event: Component, name: str) -> date | datetime | None:
    found = event.get(name)
    return getattr(found, "dt", None)


def _moment(value: Any, zone: str) -> datetime:
    """A moment in UTC; a day begins at midnight of the zone; of a period the start."""
    if isinstance(value, tuple):
        value = value[0]
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not 1900 <= value.year <= 2200:
        raise ValueError("Its year is too far away.")
    moment: datetime = value if value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC)


def _same(value: Any, starts: datetime, zone: str) -> datetime:
    """Which occurrence is meant; a day means the one on that day."""
    if isinstance(value, tuple):
        value = value[0]
    if isinstance(value, datetime):
        return _moment(value, zone)
    clock = starts.astimezone(ZoneInfo(zone)).time()
    return datetime.combine(value, clock, ZoneInfo(zone)).astimezone(UTC)


def _end(event: Component, start: date | datetime, zone: str) -> datetime:
    end = _dt(event, "DTEND")
    if end is not None:
        return _moment(end, zone)
    lasts = event.get("DURATION")
    if isinstance(lasts, vDuration):
        return _moment(start + lasts.dt, zone)
    return _moment(start if isinstance(start, datetime) else start + timedelta(days=1), zone)


def _rules(event: Component) -> list[str]:
    found = event.get("RRULE")
    several = found if isinstance(found, list) else [] if found is None else [found]
    return list(dict.fromkeys(one.to_ical().decode() for one in several))


def _dates(event: Component, name: str) -> Iterable[Any]:
    found = event.get(name)
    for one in found if isinstance(found, list) else [] if found is None else [found]:
        for each in getattr(one, "dts", ()):
            yield each.dt


def _text(value: Any) -> str:
    """A property's text without control characters that PostgreSQL or people can't take."""
    if isinstance(value, list):
        value = value[0] if value else ""
    text = str(value if value is not None else "")
    text = text.encode("utf-8", "replace").decode()
    return "".join(one for one in text if one in "\n\t" or one.isprintable()).strip()


def _number(value: Any) -> int:
    try:
        return max(0, min(int(value or 0), 2**31 - 1))
    except (TypeError, ValueError):
        return 0


def _link(event: Component) -> str:
    for name in ("X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "CONFERENCE", "URL"):
        found = _text(event.get(name))
        if found.startswith(("https://", "http://")) and len(found) <= 2000:
            return found
    return ""


def _remind(event: Component, starts: datetime) -> timedelta | None:
    """The earliest alarm, as a span before the start."""
    spans = []
    for alarm in event.walk("VALARM"):
        trigger = getattr(alarm.get("TRIGGER"), "dt", None)
        if isinstance(trigger, timedelta):
            spans.append(-trigger)
        elif isinstance(trigger, datetime) and trigger.tzinfo:
            spans.append(starts - trigger.astimezone(UTC))
    return max((one for one in spans if one >= timedelta(0)), default=None)


def _changed(event: Component) -> datetime | None:
    found = _dt(event, "LAST-MODIFIED") or _dt(event, "DTSTAMP")
    return _moment(found, "UTC") if isinstance(found, datetime) else None


def _guests(value: Any) -> Iterable[Guest]:
    seen = set()
    for one in value if isinstance(value, list) else [] if value is None else [value]:
        guest = _guest(one)
        if guest is not None and guest.email not in seen:
            seen.add(guest.email)
            yield guest


def _guest(value: Any) -> Guest | None:
    if isinstance(value, list):
        value = value[0] if value else None
    address = _text(value)
    if address.lower().startswith("mailto:"):
        address = address[7:]
    address = address.strip().lower()
    if "@" not in address or len(address) > 254 or any(one.isspace() for one in address):
        return None
    params = getattr(value, "params", {})
    return Guest(
        address, _text(params.get("CN"))[:120],
        _ANSWERS.get(_text(params.get("PARTSTAT")).upper(), "waiting"),
        is_optional=_text(params.get("ROLE")).upper() == "OPT-PARTICIPANT",
        is_room=_text(params.get("CUTYPE")).upper() in ("ROOM", "RESOURCE"),
    )  # fmt: skip
