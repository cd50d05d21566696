"""Reads every calendar file of a folder and compares what happens with what `recurring-ical-events` says.

    python tools/try_calendars.py FOLDER

Ends with 1 where a file makes it crash or an occurrence differs. Events put aside are counted with their reason.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from relata.engine.calendars.expanding import happening
from relata.engine.calendars.reading import read_calendar

ZONE = "Europe/Berlin"


def moment(value: date | datetime) -> datetime:
    """A start to compare; days count as days, wherever they are."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(ZONE))).astimezone(UTC)


def compare(path: Path) -> tuple[int, int, list[str]]:
    """Occurrences that agree, events put aside, and what differs."""
    data = path.read_bytes()
    found = read_calendar(data, ZONE)
    if not found.items:
        return 0, len(found.refused), []
    starts = [one.starts for one in found.items]
    first = min(starts) - timedelta(days=1)
    until = min(max(starts), first + timedelta(days=3000)) + timedelta(days=400)
    far = until - timedelta(days=2)
    ours = sorted(
        (
            moment(one.starts.astimezone(ZoneInfo(one.zone)).date() if one.is_all_day else one.starts),
            one.subject.strip(),
        )
        for one in happening(found.items, first, until)
    )
    ours = [one for one in ours if one[0] < far]
    aside = {one.uid for one in found.refused}
    theirs = []
    for calendar in Calendar.from_ical(data, multiple=True):
        for one in recurring_ical_events.of(calendar, skip_bad_series=True).between(first, until):
            start = moment(one["DTSTART"].dt)
            if start < far and str(one.get("STATUS", "")) != "CANCELLED" and str(one.get("UID")) not in aside:
                theirs.append((start, str(one.get("SUMMARY", "")).strip()))
    differ = [f"only ours {one}" for one in ours if one not in theirs]
    differ += [f"only theirs {one}" for one in theirs if one not in ours]
    return len(set(ours) & set(theirs)), len(found.refused), differ


def main() -> int:
    """The figures."""
    agreed = aside = wrong = 0
    paths = sorted(Path(sys.argv[1]).glob("*.ics"))
    for path in paths:
        same, refused, differ = compare(path)
        agreed, aside, wrong = agreed + same, aside + refused, wrong + len(differ)
        for line in differ[:5]:
            print(f"{path.name}: {line}")
        if refused:
            print(f"{path.name}: {refused} put aside: {read_calendar(path.read_bytes(), ZONE).refused[0].why}")
    print(f"{len(paths)} files, {agreed} occurrences agree, {wrong} differ, {aside} events put aside")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
