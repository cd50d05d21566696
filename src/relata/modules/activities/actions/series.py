"""One of a series, this and the following ones, or all: moved, changed or left out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from relata.engine.metadata.module import action
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules.activities import contracts, errors, rules
from relata.modules.activities.contracts import MEETING
from relata.modules.activities.rules import series

#: What one of a series takes from it when it becomes a meeting of its own.
COPIED = (
    "subject", "is_all_day", "zone", "location", "join_link", "about", "contacts", "colleagues", "rooms", "agenda",
    "remind_before", "is_free", "owner", "team",
)  # fmt: skip
_REPEATS = 'rule != null and status = "planned"'


@action(
    contracts.MoveOccurrence,
    on=MEETING,
    label="Move one",
    help="Another time for one of the series, for it and those after it, or for all of them.",
    offered=_REPEATS,
    icon="move",
)
async def move_occurrence(work: Workspace, command: contracts.MoveOccurrence) -> None:
    """What happens once is simply moved."""
    meeting = await work.get(MEETING, command.meeting, lock=True)
    if not meeting["rule"]:
        await work.change(meeting, _times(meeting, meeting["starts_at"], command))
        return
    check_is_one(meeting, command.at)
    values = _times(meeting, command.at, command)
    if command.scope == "this":
        await set_apart(work, meeting, command.at, values)
    elif command.scope == "following" and command.at > meeting["starts_at"]:
        await divide(work, meeting, command.at, values)
    else:
        old, zone = meeting["starts_at"], meeting["zone"]
        start = series.shifted(old, command.at, values["starts_at"], zone)
        lasts = values["ends_at"] - values["starts_at"]
        await work.change(meeting, {"starts_at": start, "ends_at": start + lasts})


@action(
    contracts.ChangeOccurrence,
    on=MEETING,
    label="Change one",
    help="Makes one of the series a meeting of its own, with its own subject, guests and notes.",
    offered=_REPEATS,
    icon="pencil",
)
async def change_occurrence(work: Workspace, command: contracts.ChangeOccurrence) -> Record:
    """The meeting that it became."""
    meeting = await work.get(MEETING, command.meeting, lock=True)
    check_is_one(meeting, command.at)
    return await set_apart(work, meeting, command.at, {})


@action(
    contracts.SkipOccurrence,
    on=MEETING,
    label="Leave one out",
    help="The series does not take place at this time, or no longer from it on.",
    offered=_REPEATS,
    icon="circle-minus",
)
async def skip_occurrence(work: Workspace, command: contracts.SkipOccurrence) -> None:
    """All: the series goes to the bin."""
    meeting = await work.get(MEETING, command.meeting, lock=True)
    check_is_one(meeting, command.at)
    if command.scope == "all" or (command.scope == "following" and command.at <= meeting["starts_at"]):
        await work.delete(meeting)
    elif command.scope == "following":
        for one in await later_exceptions(work, meeting, command.at):
            await work.delete(one)
        await work.change(meeting, {"rule": series.divided(meeting, command.at)[0]})
    else:
        skipped = (*series.moments(meeting["skipped"]), command.at)
        await work.change(meeting, {"skipped": series.as_stored(skipped)})


def check_is_one(meeting: Record, at: datetime) -> None:
    """Raise NotInSeries where the series has nothing at that time."""
    found = series.series_from(meeting)
    if at not in series.occurrences(found, at, at + timedelta(seconds=1)):
        raise errors.NotInSeries


async def set_apart(work: Workspace, meeting: Record, at: datetime, values: dict[str, Any]) -> Record:
    """One of a series as a meeting of its own, that the series leaves out."""
    end = series.later_end(meeting["starts_at"], meeting["ends_at"], at, meeting["zone"])
    skipped = (*series.moments(meeting["skipped"]), at)
    await work.change(meeting, {"skipped": series.as_stored(skipped), "sequence": meeting["sequence"]})
    taken = {name: meeting[name] for name in COPIED}
    return await work.create(
        MEETING,
        {
            **taken, "starts_at": at, "ends_at": end, **values, "series": meeting.id, "original_at": at,
            "uid": meeting["uid"], "sequence": (meeting["sequence"] or 0) + 1, "calendar": meeting["calendar"],
        },
    )  # fmt: skip


async def divide(work: Workspace, meeting: Record, at: datetime, values: dict[str, Any]) -> Record:
    """The series ends before `at`; from there on another one goes on, with what was left out or changed of it."""
    before, after = series.divided(meeting, at)
    zone = meeting["zone"]
    moved = series.moved_rule(after, at, values["starts_at"], zone)
    left_out = series.moments(meeting["skipped"])
    later = [series.shifted(one, at, values["starts_at"], zone) for one in left_out if one >= at]
    exceptions = await later_exceptions(work, meeting, at)
    await work.change(meeting, {"rule": before, "skipped": series.as_stored(one for one in left_out if one < at)})
    taken = {name: meeting[name] for name in COPIED}
    made = await work.create(MEETING, {**taken, **values, "rule": moved, "skipped": series.as_stored(later)})
    for one in exceptions:
        original = series.shifted(one["original_at"], at, values["starts_at"], zone)
        await work.change(one, {"series": made.id, "original_at": original, "uid": made["uid"]})
    return made


async def later_exceptions(work: Workspace, meeting: Record, at: datetime) -> list[Record]:
    """The meetings of their own that the series would have from a moment on."""
    found = await work.find(MEETING, series=meeting.id, order="original_at")
    return [one for one in found if one["original_at"] is not None and one["original_at"] >= at]


def _times(meeting: Record, at: datetime, command: contracts.MoveOccurrence) -> dict[str, Any]:
    start = command.to or at
    end = command.until or series.later_end(meeting["starts_at"], meeting["ends_at"], start, meeting["zone"])
    return {"starts_at": start, "ends_at": rules.end_of(start, end)}
