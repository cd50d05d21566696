"""Flows that start when a record begins, or ceases, to fulfil a condition. Who belongs is kept, so that a start is a
difference: changes of a record are compared at once, everything else every quarter of an hour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from relata.engine.automation.flows.active import Published, active_flows, as_publisher
from relata.engine.automation.flows.holding import bulk_of
from relata.engine.automation.flows.starting import Start, begin, fitting_ids
from relata.engine.automation.flows.triggers import HAPPENINGS, SegmentTrigger
from relata.engine.formula import parse
from relata.engine.history.feed import Change
from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.storage.planner import quoted
from relata.engine.workspace.actors import ActorCache
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _

#: So many records may belong to a segment that starts a flow.
MOST = 100_000
EVERY = timedelta(minutes=15)


async def begin_segment(as_who: Workspace, version: UUID, trigger: SegmentTrigger) -> int:
    """Who belongs now starts nothing; how many. Invalid for too many. as_who: as whom the flow runs."""
    found = await _members(as_who, trigger)
    schema = quoted(as_who.context.schema)
    await as_who.unit.connection.execute(f"delete from {schema}._flow_member where version = %s", (version,))
    await _enter(as_who, version, found)
    return len(found)


async def started_by_changes(
    as_who: Workspace, one: Published, trigger: SegmentTrigger, changes: Sequence[Change]
) -> list[Start]:
    """What these changes of records start."""
    last = {change.record: change for change in changes}
    fits: set[UUID] = set()
    for at in range(0, len(last), MAX_LIMIT):
        part = list(last)[at : at + MAX_LIMIT]
        fits |= await fitting_ids(as_who, trigger.object, trigger.where, part)
    entered = await _enter(as_who, one.version, fits)
    left = await _leave(as_who, one.version, last.keys() - fits)
    seen = await fitting_ids(as_who, trigger.object, "", list(left)[:MAX_LIMIT]) if left else set()
    starts = []
    for name, records in (("enters", entered), ("leaves", left & seen)):
        if name in trigger.happens:
            for record in sorted(records):
                change = last[record]
                run = change.source.get("run")
                parent = UUID(run) if isinstance(run, str) else None
                cause = f"{name}:{change.feed}"
                starts.append(
                    Start(
                        one, cause, trigger.object, record, change.actor, change.feed, parent, bulk=bulk_of(change)
                    )
                )  # fmt: skip
    return starts


async def swept(as_who: Workspace, one: Published, trigger: SegmentTrigger, now: datetime) -> list[Start]:
    """What time and other records have started, once in `EVERY`."""
    schema = quoted(as_who.context.schema)
    row = await as_who.unit.connection.fetch_one(
        f"update {schema}._flow_timer set seen_until = %s where version = %s and seen_until <= %s returning version",
        (now, one.version, now - EVERY),
    )
    if row is None:
        return []
    fits = await _members(as_who, trigger)
    rows = await as_who.unit.connection.fetch(
        f"select record from {schema}._flow_member where version = %s", (one.version,)
    )
    known = {record for (record,) in rows}
    entered = await _enter(as_who, one.version, fits - known)
    left = await _leave(as_who, one.version, known - fits)
    seen: set[UUID] = set()
    for at in range(0, len(left), MAX_LIMIT):
        seen |= await fitting_ids(as_who, trigger.object, "", sorted(left)[at : at + MAX_LIMIT])
    return [
        Start(one, f"{name}:{record}:{now:%Y-%m-%dT%H:%MZ}", trigger.object, record)
        for name, records in (("enters", entered), ("leaves", left & seen))
        if name in trigger.happens
        for record in sorted(records)
    ]


async def _members(as_who: Workspace, trigger: SegmentTrigger) -> set[UUID]:
    found: set[UUID] = set()
    after = ""
    while True:
        query = Query(trigger.object, parse(trigger.where), fields=("id",), limit=MAX_LIMIT, after=after)
        page = await as_who.query(query)
        found |= {row[0] for row in page.rows}
        after = page.next
        if len(found) > MOST:
            hint = _("Make its condition narrower.")
            raise Invalid(_("More than 100,000 records belong to this segment."), code="segment_size", hint=hint)
        if not after:
            return found


async def _enter(as_who: Workspace, version: UUID, records: Iterable[UUID]) -> set[UUID]:
    rows = await as_who.unit.connection.fetch(
        f"insert into {quoted(as_who.context.schema)}._flow_member (version, record) select %s, r"
        " from unnest(%s::uuid[]) as r order by r on conflict do nothing returning record",
        (version, list(records)),
    )
    return {record for (record,) in rows}


async def _leave(as_who: Workspace, version: UUID, records: Iterable[UUID]) -> set[UUID]:
    rows = await as_who.unit.connection.fetch(
        f"delete from {quoted(as_who.context.schema)}._flow_member where version = %s and record = any(%s)"
        " returning record",
        (version, list(records)),
    )
    return {record for (record,) in rows}


async def start_segments(work: Workspace, actors: ActorCache, changes: Sequence[Change]) -> int:
    """Begin what these changes start by segments; how many runs. work: the system's."""
    started = 0
    for one in await active_flows(work.unit.connection, work.context.schema):
        trigger = one.body.trigger
        if not isinstance(trigger, SegmentTrigger):
            continue
        near = [change for change in changes if change.object == trigger.object and change.action in HAPPENINGS]
        as_who = await as_publisher(work, actors, one) if near else None
        if as_who is not None:
            found = await started_by_changes(as_who, one, trigger, near)
            loud = [start for start in found if not _is_quiet(near, start)]
            started += await begin(work, loud)
    return started


def _is_quiet(changes: Sequence[Change], start: Start) -> bool:
    return any(one.feed == start.feed and one.source.get("quiet") for one in changes)
