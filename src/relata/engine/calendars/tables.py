"""Calendar files as CSV for the import, one event a row; an event that can't be read becomes a row that says why."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from relata.engine.calendars.item import Guest, Item
from relata.engine.calendars.reading import MAX_BYTES, read_calendar
from relata.engine.transfer.formula_guard import guarded
from relata.engine.transfer.wizard.formats.converting import Format
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

COLUMNS = (
    "Subject", "Start", "End", "All day", "Location", "Link", "Description", "Status", "Repeats", "Organizer",
    "Participants", "UID",
)  # fmt: skip


def convert(source: Path, target: Path) -> None:
    """Write every event as a row, its moments in UTC. Invalid for what is no calendar file."""
    if source.stat().st_size > MAX_BYTES:
        raise Invalid(
            _("A calendar file may have %(most)s MB at most.") % {"most": MAX_BYTES // 1_000_000}, code="too_large",
            field="file", hint=_("Export a part of it."),
        )  # fmt: skip
    found = read_calendar(source.read_bytes(), "UTC")
    rows = [_row(item) for item in found.items]
    rows += [{"UID": one.uid, "Subject": one.subject, "Description": one.why} for one in found.refused]
    with target.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        out.writerows([guarded(row.get(name, "")) for name in COLUMNS] for row in rows)


def _row(item: Item) -> Mapping[str, str]:
    return {
        "Subject": item.subject, "Start": item.starts.isoformat(), "End": item.ends.isoformat(),
        "All day": "true" if item.is_all_day else "false", "Location": item.location, "Link": item.link,
        "Description": item.description, "Status": item.status, "Repeats": item.rule,
        "Organizer": _named(item.organizer), "Participants": ";".join(map(_named, item.guests)), "UID": item.uid,
    }  # fmt: skip


def _named(guest: Guest | None) -> str:
    return guest.email if guest else ""


#: Handed to whoever takes files in, since imports know nothing of calendars.
CALENDARS = Format(b"BEGIN:VCALENDAR", convert)
