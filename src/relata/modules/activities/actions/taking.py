"""A calendar elsewhere becomes meetings here: what is new is made, what changed is changed, what is gone goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from relata.engine.calendars.item import Item
from relata.engine.calendars.reading import read_calendar
from relata.engine.metadata.module import action
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Invalid
from relata.modules.activities import contracts
from relata.modules.activities.contracts import ATTENDEE, MEETING, SUBSCRIPTION
from relata.modules.activities.rules import series

_MOST = 5000
_Key = tuple[str, datetime | None]


@action(
    contracts.TakeCalendar,
    on=SUBSCRIPTION,
    label="Take a file",
    help="Makes meetings of the events of a calendar file, and takes away those that it no longer has.",
    offered="false = true",
    icon="file-input",
)
async def take_calendar(work: Workspace, command: contracts.TakeCalendar) -> contracts.TakenCalendar:
    """The same file twice changes nothing. One event that is refused does not hold up the others."""
    calendar = await work.get(SUBSCRIPTION, command.calendar_subscription, lock=True)
    found = read_calendar(command.text, work.clock.zone)
    known = {_key(one): one for one in await _known(work, calendar.id)}
    wanted = _newest(found.items)
    counts = {"created": 0, "changed": 0}
    refused = [f"{one.subject}: {one.why}" for one in found.refused]
    masters: dict[str, UUID] = {}
    for key, item in sorted(wanted.items(), key=lambda pair: pair[0][1] is not None):
        kept = {one for uid, one in wanted if uid == item.uid and one is not None} if key[1] is None else set()
        values = _values(item, calendar, masters.get(item.uid) if key[1] else None, kept)
        try:
            made, did = await keep_event(work, known.pop(key, None), values)
        except (Invalid, Conflict) as error:
            refused.append(f"{item.subject}: {error.message}")
            continue
        counts[did] = counts.get(did, 0) + 1
        if key[1] is None:
            masters[item.uid] = made.id
        if did == "created":
            await keep_guests(work, made, item)
    for gone in await work.get_many(MEETING, [one.id for one in known.values()]):
        for one in await work.get_many(MEETING, [gone.id]):  # a series takes those of its own along
            await work.delete(one)
    why = refused[0][:500] if refused else None
    await work.as_system().change(
        (SUBSCRIPTION, calendar.id),
        {"read_at": work.clock.now, "problem": None, "event_count": len(wanted), "refused_count": len(refused),
         "refused_why": why},
    )  # fmt: skip
    return contracts.TakenCalendar(counts["created"], counts["changed"], len(known), len(refused), why or "")


async def _known(work: Workspace, calendar: UUID) -> list[Record]:
    found: list[Record] = []
    while len(found) < _MOST:
        where = f'id > "{found[-1].id}"' if found else None
        page = await work.find(MEETING, where, calendar=calendar, order="id", limit=500)
        found += page
        if len(page) < 500:
            break
    return found


def _key(meeting: Record) -> _Key:
    return meeting["uid"], meeting["original_at"]


def _newest(items: tuple[Item, ...]) -> dict[_Key, Item]:
    """Of each event, and each one of a series that is otherwise, the newest."""
    found: dict[_Key, Item] = {}
    for one in items[:_MOST]:
        key = (one.uid, one.original)
        if key not in found or one.sequence >= found[key].sequence:
            found[key] = one
    return found


def _values(item: Item, calendar: Record, master: UUID | None, kept: set[datetime]) -> dict[str, Any]:
    return event_values(item, kept) | {
        "series": master, "original_at": item.original, "calendar": calendar.id,
        "is_free": item.is_free or bool(calendar["is_free"]), "owner": calendar["owner"],
    }  # fmt: skip


def event_values(item: Item, kept: set[datetime]) -> dict[str, Any]:
    """A meeting's values as an event from elsewhere has them. kept: moments of the series that are otherwise."""
    return {
        "subject": item.subject or "–", "starts_at": item.starts, "ends_at": item.ends, "zone": item.zone,
        "is_all_day": item.is_all_day, "rule": item.rule or None,
        "skipped": series.as_stored({*item.skipped, *kept}), "extra_dates": series.as_stored(item.extra),
        "location": item.location or None, "agenda": item.description or None,
        "join_link": [item.link] if item.link else None, "status": item.status, "uid": item.uid,
        "sequence": item.sequence, "is_free": item.is_free,
    }  # fmt: skip


async def keep_event(work: Workspace, before: Record | None, values: dict[str, Any]) -> tuple[Record, str]:
    """The meeting with these values, and whether it was created, changed or is the same."""
    if before is None:
        return await work.create(
            MEETING, {name: value for name, value in values.items() if value is not None}
        ), "created"
    status = values.pop("status")
    values.pop("owner")
    after = await work.change(before, values)
    if status == "cancelled" and after["status"] == "planned":
        after = await work.move(after, to="cancelled")
    return after, "changed" if after.version != before.version else "same"


async def keep_guests(work: Workspace, meeting: Record, item: Item) -> None:
    """Only names and answers; whoever is a contact here is so without it."""
    for guest in item.guests[:200]:
        values = {
            "meeting": meeting.id, "email": guest.email, "name": guest.name or guest.email, "answer": guest.answer,
            "is_optional": guest.is_optional,
        }  # fmt: skip
        await work.create(ATTENDEE, values)
