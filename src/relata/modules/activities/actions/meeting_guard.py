"""What holds for meetings on every path: an end, a clock, a rule that can be read, and rooms that are free."""

from __future__ import annotations

from datetime import datetime, timedelta

from relata.engine.calendars.free_busy import busy
from relata.engine.calendars.zones import is_zone
from relata.engine.workspace.draft import Draft
from relata.engine.workspace.workspace import Workspace
from relata.foundation.ids import new_id
from relata.modules.activities import contracts, errors, rules
from relata.modules.activities.rules import series

#: What guests must be told of again when it changes.
TOLD = ("starts_at", "ends_at", "rule", "skipped", "location", "status", "subject", "join_link")
_SHAPE = ("starts_at", "ends_at", "rule", "zone", "skipped", "extra_dates", "is_all_day", "repeats", "repeats_until")
#: So far ahead the rooms of a series are looked at.
_ROOMS_AHEAD = timedelta(days=366)


async def check_meeting(work: Workspace, draft: Draft) -> None:
    """What follows from start, end and rule is brought up to date."""
    if draft["starts_at"] is None:
        return
    if not draft["zone"]:
        draft.set("zone", work.clock.zone)
    elif draft.changed("zone") and not is_zone(draft["zone"]):
        raise errors.ZoneUnknown
    if draft["uid"] is None:
        draft.set("uid", f"{new_id().hex}@relata")
    if draft.is_new or any(draft.changed(name) for name in _SHAPE):
        _check_times(draft)
        _check_rule(draft)
        draft.set("series_end", series.end_of_series(draft))
        draft.set("next_at", series.next_start(draft, work.clock.now))
    _check_reminder(work, draft)
    if not draft.is_new and any(draft.changed(name) for name in TOLD) and not draft.changed("sequence"):
        draft.set("sequence", (draft["sequence"] or 0) + 1)
    if draft["rooms"] and draft["status"] == "planned":
        await _check_rooms(work, draft)


def _check_times(draft: Draft) -> None:
    ends_at = draft["ends_at"]
    if not draft.is_new and draft.changed("starts_at") and not draft.changed("ends_at"):
        ends_at = rules.moved_end((draft.old("starts_at"), draft.old("ends_at")), draft["starts_at"])
    ends_at = rules.end_of(draft["starts_at"], ends_at)
    starts_at = draft["starts_at"]
    if draft["is_all_day"]:
        starts_at, ends_at = series.whole_days(starts_at, ends_at, draft["zone"])
        draft.set("starts_at", starts_at)
    draft.set("ends_at", ends_at)


def _check_rule(draft: Draft) -> None:
    """The choice makes the rule, unless the rule itself was sent; a moved series takes its days along."""
    zone, starts = draft["zone"], draft["starts_at"]
    if draft.changed("rule"):
        draft.set("rule", series.checked_rule(draft["rule"], zone) if draft["rule"] else None)
    elif draft.changed("repeats") and draft["repeats"] != "other" and (draft["repeats"] or "never") != _known(draft):
        draft.set("rule", series.rule_of(draft["repeats"] or "never", starts, zone) or None)
    elif draft["rule"] and not draft.is_new and draft.changed("starts_at"):
        old = draft.old("starts_at")
        draft.set("rule", series.moved_rule(draft["rule"], old, starts, zone))
        if not draft.changed("skipped"):
            moved = [series.shifted(one, old, starts, zone) for one in series.moments(draft["skipped"])]
            draft.set("skipped", series.as_stored(moved))
    if draft["rule"] and draft.changed("repeats_until"):
        draft.set("rule", series.with_last_day(draft["rule"], draft["repeats_until"], zone))
    draft.set("repeats_until", series.last_day_of(draft["rule"] or "", zone))
    draft.set("repeats", series.choice_of(draft["rule"] or "", starts, zone))


def _known(draft: Draft) -> str:
    """The choice as it was."""
    return "never" if draft.is_new else draft.old("repeats") or "never"


def _check_reminder(work: Workspace, draft: Draft) -> None:
    """The reminder goes with the next one; a moment that somebody chose themselves stays."""
    before = draft["remind_before"]
    if before and (draft.changed("remind_before") or draft.changed("next_at") or draft.is_new):
        draft.set("remind_at", draft["next_at"] - timedelta(minutes=int(before)))
    elif not before and draft.changed("remind_before"):
        draft.set("remind_at", None)


async def _check_rooms(work: Workspace, draft: Draft) -> None:
    """Nobody else has the rooms. One at a time may ask for a room, so that two can't both be told that it is free."""
    watched = ("starts_at", "ends_at", "rule", "rooms", "skipped", "status")
    if not draft.is_new and not any(draft.changed(name) for name in watched):
        return
    everything = work.as_system()
    rooms = {
        one.id: one["name"] for one in await everything.get_many(contracts.ROOM, draft["rooms"]) if not one["is_shared"]
    }
    for room in sorted(rooms):
        await work.lock(f"room:{room}")
    mine = _times(draft)
    if not rooms or not mine:
        return
    kept = {draft.id, draft["series"]} if draft["series"] else {draft.id}
    taken = await busy(work, contracts.MEETING, list(rooms), mine[0][0], mine[-1][1])
    for room, spans in taken.items():
        for span in spans:
            if span.record not in kept and any(start < span.ends and span.starts < end for start, end in mine):
                raise errors.RoomIsTaken(
                    rooms[room], span.starts.astimezone(work.clock.now.tzinfo).strftime("%Y-%m-%d %H:%M")
                )


def _times(draft: Draft) -> list[tuple[datetime, datetime]]:
    starts, ends = draft["starts_at"], draft["ends_at"]
    if not draft["rule"]:
        return [(starts, ends)]
    found = series.series_from(draft)
    return [
        (one, series.later_end(starts, ends, one, found.zone))
        for one in series.occurrences(found, starts, starts + _ROOMS_AHEAD)
    ]
