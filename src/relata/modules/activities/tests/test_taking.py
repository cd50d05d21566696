"""Calendars elsewhere as meetings here, and ours as calendars elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from relata.engine.calendars.expanding import happening
from relata.engine.calendars.feeds import feed
from relata.engine.calendars.reading import read_calendar
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities import contracts
from relata.modules.activities.contracts import ATTENDEE, MEETING, SUBSCRIPTION
from relata.testing.house import House

BERLIN = ZoneInfo("Europe/Berlin")
_SERIES = (
    "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Round\r\nDTSTART;TZID=Europe/Berlin:20270308T090000\r\nDURATION:PT1H\r\n"
    "RRULE:FREQ=WEEKLY;COUNT=5\r\nATTENDEE;CN=Grace;PARTSTAT=ACCEPTED:mailto:grace@example.com\r\nEND:VEVENT\r\n"
)
_MOVED = (
    "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Round, later\r\nRECURRENCE-ID;TZID=Europe/Berlin:20270315T090000\r\n"
    "DTSTART;TZID=Europe/Berlin:20270316T140000\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
)
_BAD = "BEGIN:VEVENT\r\nUID:9\r\nSUMMARY:Bad\r\nDTSTART:20270308T090000Z\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\n"


def file_of(*events: str) -> str:
    """A calendar file."""
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(events) + "END:VCALENDAR\r\n"


async def take(work: Workspace, text: str) -> contracts.TakenCalendar:
    """Read a file into the one subscribed calendar."""
    found = await work.first(SUBSCRIPTION) or await work.create(SUBSCRIPTION, {"name": "Elsewhere"})
    taken: contracts.TakenCalendar = await work.run(contracts.TakeCalendar(found.id, text))
    return taken


async def test_a_file_becomes_meetings_and_the_same_file_changes_nothing(house: House) -> None:
    ada = await house.person("Ada")
    async with house.as_person(ada) as work:
        first = await take(work, file_of(_SERIES, _MOVED, _BAD))
        again = await take(work, file_of(_SERIES, _MOVED, _BAD))
        moved = await work.first(MEETING, "original_at != null")
        master = await work.first(MEETING, "original_at = null")
        assert moved is not None
        assert master is not None
        guests = [(one["email"], one["answer"]) for one in await work.find(ATTENDEE, meeting=master.id)]
    assert (first.created, first.refused) == (2, 1)
    assert first.why.startswith("Bad: ")
    assert (again.created, again.changed, again.removed) == (0, 0, 0)
    assert (moved["series"], moved["starts_at"]) == (master.id, datetime(2027, 3, 16, 14, tzinfo=BERLIN))
    assert guests == [("grace@example.com", "accepted")]


async def test_what_the_calendar_no_longer_has_goes_and_what_changed_changes(house: House) -> None:
    ada = await house.person("Ada")
    async with house.as_person(ada) as work:
        await take(work, file_of(_SERIES, _MOVED))
        taken = await take(work, file_of(_SERIES.replace("090000", "100000")))
        (left,) = await work.find(MEETING)
    assert (taken.changed, taken.removed) == (1, 1)
    assert left["starts_at"] == datetime(2027, 3, 8, 10, tzinfo=BERLIN)


async def test_our_calendar_is_read_elsewhere_as_it_is_here(house: House) -> None:
    ada, bob = await house.person("Ada"), await house.person("Bob")
    start = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)
    async with house.as_person(bob) as work:
        await work.create(MEETING, {"subject": "Not Ada's", "starts_at": start})
        shared = {"subject": "Shared", "starts_at": start + timedelta(hours=2), "colleagues": [ada]}
        await work.create(MEETING, shared)
    async with house.as_person(ada) as work:
        made = await work.create(MEETING, {"subject": "Round", "starts_at": start, "repeats": "weekly"})
        await work.run(contracts.MoveOccurrence(made.id, start + timedelta(days=7), to=start + timedelta(days=8)))
        found = happening(read_calendar(await feed(work, MEETING), "UTC").items, start, start + timedelta(days=15))
    assert [(one.subject, (one.starts - start).days) for one in found] == [
        ("Round", 0), ("Shared", 0), ("Round", 8), ("Round", 14),
    ]  # fmt: skip
