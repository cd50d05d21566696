"""Calendar files: read, written, read again; what can't be read is put aside with a reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from relata.engine.calendars.expanding import happening
from relata.engine.calendars.item import Guest, Item
from relata.engine.calendars.reading import read_calendar
from relata.engine.calendars.writing import write_calendar
from relata.foundation.errors import Invalid

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def file_of(*lines: str, zone: str = "") -> bytes:
    """A calendar with one event of these lines."""
    event = ("BEGIN:VEVENT", "UID:1", "SUMMARY:Tasting", *lines, "END:VEVENT")
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", *([zone] if zone else []), *event, "END:VCALENDAR")).encode()


def test_what_is_written_is_read_back_as_it_was() -> None:
    item = Item(
        "u1@relata", "Tasting; with, signs", datetime(2026, 3, 2, 8, tzinfo=UTC),
        datetime(2026, 3, 2, 9, tzinfo=UTC), "Europe/Berlin", rule="FREQ=WEEKLY;COUNT=10;BYDAY=MO",
        skipped=(datetime(2026, 3, 30, 7, tzinfo=UTC),), sequence=3, description="Bring\nbeans", location="Hall, 2",
        link="https://meet.example.com/1", remind=timedelta(minutes=15), organizer=Guest("ada@example.com", "Ada"),
        guests=(Guest("grace@example.com", "Hopper, Grace", "accepted"),), changed=NOW,
    )  # fmt: skip
    (found,) = read_calendar(write_calendar([item], now=NOW), "UTC").items
    assert found == item


def test_a_weekly_nine_oclock_stays_nine_in_the_file_and_out_of_it() -> None:
    start = datetime(2026, 3, 23, 9, tzinfo=BERLIN).astimezone(UTC)
    item = Item("1", "Round", start, start + timedelta(hours=1), "Europe/Berlin", rule="FREQ=WEEKLY")
    text = write_calendar([item], now=NOW)
    assert b"DTSTART;TZID=Europe/Berlin:20260323T090000" in text
    assert b"BEGIN:VTIMEZONE" in text
    found = happening(read_calendar(text, "UTC").items, start, start + timedelta(days=15))
    assert [one.starts.astimezone(BERLIN).hour for one in found] == [9, 9, 9]


def test_whole_days_are_days_and_not_midnights_of_somewhere() -> None:
    (found,) = read_calendar(file_of("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227"), "Europe/Berlin").items
    assert found.is_all_day
    assert found.ends - found.starts == timedelta(days=3)
    assert b"DTSTART;VALUE=DATE:20261224" in write_calendar([found], now=NOW)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("W. Europe Standard Time", 7), ("/mozilla.org/20070129_1/Europe/Berlin", 7), ("Eastern Standard Time", 13),
     ("Nowhere/Land", 9)],
)  # fmt: skip
def test_zones_are_known_by_the_names_that_programs_give_them(zone: str, expected: int) -> None:
    (found,) = read_calendar(file_of(f"DTSTART;TZID={zone}:20260701T090000"), "UTC").items
    assert found.starts.hour == expected


def test_a_moved_and_a_cancelled_occurrence_stand_in_for_those_of_the_series() -> None:
    data = b"\r\n".join([
        b"BEGIN:VCALENDAR", b"BEGIN:VEVENT", b"UID:1", b"SUMMARY:Round", b"DTSTART;TZID=Europe/Berlin:20261102T090000",
        b"DURATION:PT1H", b"RRULE:FREQ=WEEKLY;COUNT=4", b"END:VEVENT",
        b"BEGIN:VEVENT", b"UID:1", b"SUMMARY:Moved", b"RECURRENCE-ID:20261109T080000Z",
        b"DTSTART;TZID=Europe/Berlin:20261110T100000", b"DURATION:PT1H", b"END:VEVENT",
        b"BEGIN:VEVENT", b"UID:1", b"SUMMARY:Off", b"RECURRENCE-ID:20261116T080000Z", b"STATUS:CANCELLED",
        b"DTSTART;TZID=Europe/Berlin:20261116T090000", b"DURATION:PT1H", b"END:VEVENT", b"END:VCALENDAR",
    ])  # fmt: skip
    found = happening(read_calendar(data, "UTC").items, datetime(2026, 11, 1, tzinfo=UTC), NOW + timedelta(days=30))
    assert [(one.subject, one.starts.astimezone(BERLIN).strftime("%d %H")) for one in found] == [
        ("Round", "02 09"), ("Moved", "10 10"), ("Round", "23 09"),
    ]  # fmt: skip


def test_one_poisonous_event_is_put_aside_and_the_others_are_read() -> None:
    good = file_of("DTSTART:20261122T080000Z")
    bad = b"BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Bad\r\nDTSTART:20261122T080000Z\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n"
    found = read_calendar(good.replace(b"END:VCALENDAR", bad + b"END:VCALENDAR"), "UTC")
    assert [one.uid for one in found.items] == ["1"]
    assert [(one.subject, one.why) for one in found.refused] == [
        ("Bad", "Something repeats daily, weekly, monthly or yearly.")
    ]


@pytest.mark.parametrize("data", [b"hello", b"\xff\xfe\x00"])
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read_calendar(data, "UTC")
    assert refused.value.code == "calendar_file"


@pytest.mark.parametrize("data", [b"", b"BEGIN:VCARD\nEND:VCARD"])
def test_what_has_no_events_is_empty(data: bytes) -> None:
    assert read_calendar(data, "UTC").items == ()
