"""What would have started a flow in the last quarter: its trigger tried over the log, each change with the record as it
was right after it."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from relata.engine.automation.flows.active import Published
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.objects import MANAGE
from relata.engine.automation.flows.starting import matches
from relata.engine.automation.flows.timing import due_between, ticks_between
from relata.engine.automation.flows.triggers import DateTrigger, RecordTrigger, ScheduleTrigger, SegmentTrigger
from relata.engine.automation.flows.values import as_value
from relata.engine.formula import (
    BOOLEAN,
    Checked,
    EvaluationContext,
    Many,
    Ref,
    Values,
    check,
    evaluate,
    parse,
    references,
    relations,
)  # fmt: skip
from relata.engine.history.feed import Change, change_of
from relata.engine.history.opening import opened
from relata.engine.metadata.object import Object
from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.query.scope import FieldScope
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Invalid
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

#: How far it looks back, and at how many changes at most.
DAYS, MOST_CHANGES = 92, 20_000
_EXAMPLES = 20
_LOG = "coalesce(feed, id), id, object, record, action, at, actor, via, source, before, after"


@dataclass(frozen=True, slots=True)
class Example:
    """One start. by: who caused it."""

    record: UUID | None
    title: str
    at: datetime
    by: UUID | None


@dataclass(slots=True)
class Rehearsed:
    """looked: changes that were looked at; beyond MOST_CHANGES the oldest are left out, then `is_cut`. starts: how many
    runs there would have been, on so many `records`. weeks: starts by the Monday of their week. is_exact: False where
    the condition asks of other records, which are taken as they are now."""

    looked: int = 0
    starts: int = 0
    records: int = 0
    is_cut: bool = False
    is_exact: bool = True
    weeks: dict[date, int] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Past:
    """A record as it was. far: what its condition reads of others, as they are now."""

    values: Mapping[str, object]
    far: Mapping[tuple[str, ...], object]

    def value(self, ref: Ref) -> object:
        return self.values.get(ref.path[0]) if len(ref.path) == 1 else self.far.get(ref.path)

    def children(self, many: Many) -> Iterable[Values]:
        return ()


async def rehearse(work: Workspace, body: Body, *, days: int = DAYS) -> Rehearsed:
    """Try a trigger over the last days, as whoever asks, who needs manage_flows. Invalid for one that only people or
    other programs pull."""
    require(work, MANAGE)
    trigger, found = body.trigger, Rehearsed()
    now = work.clock.now
    since = now - timedelta(days=days)
    match trigger:
        case RecordTrigger():
            starts = await _changes(work, trigger, since, found)
        case DateTrigger():
            one = Published(new_id(), new_id(), "", work.actor.user, body)
            due = await due_between(work, one, trigger, since, now)
            starts = [Example(start.record, "", moment, None) for start, moment in due]
        case ScheduleTrigger():
            ticks = ticks_between(trigger.cron, trigger.zone or work.settings.zone, since, now)
            starts = [Example(None, "", tick, None) for _at, tick in zip(range(MOST_CHANGES), ticks, strict=False)]
        case SegmentTrigger():
            return await _segment(work, trigger, found)
        case _:
            raise Invalid(_("What starts this flow can't be rehearsed."), code="no_rehearsal")
    weeks = Counter(one.at.date() - timedelta(days=one.at.weekday()) for one in starts)
    found.starts, found.records = len(starts), len({one.record for one in starts if one.record is not None})
    found.weeks = dict(sorted(weeks.items()))
    found.examples = sorted(starts, key=lambda one: one.at, reverse=True)[:_EXAMPLES]
    return found


async def _segment(work: Workspace, trigger: SegmentTrigger, found: Rehearsed) -> Rehearsed:
    """Who belongs now; how they came to is not in the log of the segment."""
    page = await work.query(Query(trigger.object, parse(trigger.where or "true"), fields=("id",), limit=MAX_LIMIT))
    found.is_exact, found.records, found.is_cut = False, len(page.rows), bool(page.next)
    found.examples = [Example(row[0], "", work.clock.now, None) for row in page.rows[:_EXAMPLES]]
    return found


async def _changes(work: Workspace, trigger: RecordTrigger, since: datetime, found: Rehearsed) -> list[Example]:
    one = work.readable_object(trigger.object)
    connection, schema = work.unit.connection, work.context.schema
    first = await _first_since(work, since)
    rows = await connection.fetch(
        f"select {_LOG} from {quoted(schema)}._change where id >= %s and object = %s and action = any(%s)"
        " order by id desc limit %s",
        (first, one.name, ["created", "changed", "deleted", "restored"], MOST_CHANGES + 1),
    )
    found.is_cut = len(rows) > MOST_CHANGES
    changes = await opened(connection, schema, work.context.sealer, [change_of(row) for row in rows[:MOST_CHANGES]])
    found.looked = len(changes)
    fitting = {change.id for change in changes if matches(trigger, change) and not change.source.get("quiet")}
    records = await _seen(work, one, {change.record for change in changes if change.id in fitting})
    checked = None
    if trigger.where.strip():
        checked = check(parse(trigger.where), FieldScope(work.registry, one, work.actor), expect=BOOLEAN)
    paths = {ref.path for ref in references(checked)} if checked is not None else set()
    far = {path for path in paths if len(path) > 1}
    found.is_exact = checked is None or not (far or relations(checked))
    others = await _far(work, one, sorted(records), far)
    still = await _now(work, one, trigger, records) if checked is not None and relations(checked) else None
    by_record: dict[UUID, list[Change]] = {}
    for change in changes:
        by_record.setdefault(change.record, []).append(change)
    starts: list[Example] = []
    for key, record in records.items():
        if still is not None:
            hits: Iterable[Change] = [one for one in by_record[key] if one.id in fitting and key in still]
        else:
            hits = _holding(work, record, by_record[key], fitting, checked, others.get(key, {}))
        starts += [Example(key, record.title, change.at, change.actor) for change in hits]
    return starts


async def _first_since(work: Workspace, since: datetime) -> int:
    """The number of the first row of the log that is not older; by halving, for the log has no index over time."""
    table = f"{quoted(work.context.schema)}._change"
    row = await work.unit.connection.fetch_one(f"select coalesce(min(id), 0), coalesce(max(id), 0) from {table}")
    low, high = (int(row[0]), int(row[1]) + 1) if row else (0, 1)
    while low < high:
        middle = (low + high) // 2
        row = await work.unit.connection.fetch_one(
            f"select id, at from {table} where id >= %s order by id limit 1", (middle,)
        )
        if row is None or row[1] >= since:
            high = middle
        else:
            low = int(row[0]) + 1
    return low


async def _seen(work: Workspace, one: Object, ids: set[UUID]) -> dict[UUID, Record]:
    """Those that whoever asks sees; of those in the bin they learn what they may."""
    found: dict[UUID, Record] = {}
    ordered = sorted(ids)
    for at in range(0, len(ordered), MAX_LIMIT):
        found |= {record.id: record for record in await work.get_many(one.name, ordered[at : at + MAX_LIMIT])}
    return found


async def _far(
    work: Workspace, one: Object, ids: Sequence[UUID], paths: set[tuple[str, ...]]
) -> dict[UUID, dict[tuple[str, ...], object]]:
    found: dict[UUID, dict[tuple[str, ...], object]] = {}
    names = tuple(".".join(path) for path in sorted(paths))
    for at in range(0, len(ids) if names else 0, MAX_LIMIT):
        keys = ", ".join(f'"{key}"' for key in ids[at : at + MAX_LIMIT])
        query = Query(one.name, parse(f"id in ({keys})"), fields=("id", *names), limit=MAX_LIMIT)
        page = await work.query(query)
        for row in page.rows:
            cells = {cell.key: as_value(cell.field, cell.value(row)) for cell in page.shape.cells}
            found[row[0]] = {path: cells.get(".".join(path)) for path in paths}
    return found


async def _now(work: Workspace, one: Object, trigger: RecordTrigger, records: Iterable[UUID]) -> set[UUID]:
    """For which the condition holds as they are now."""
    found: set[UUID] = set()
    ordered = sorted(records)
    for at in range(0, len(ordered), MAX_LIMIT):
        keys = ", ".join(f'"{key}"' for key in ordered[at : at + MAX_LIMIT])
        query = Query(one.name, parse(f"id in ({keys}) and ({trigger.where})"), fields=("id",), limit=MAX_LIMIT)
        found |= {row[0] for row in (await work.query(query)).rows}
    return found


def _holding(
    work: Workspace, record: Record, changes: Sequence[Change], fitting: set[int], checked: Checked | None,
    far: Mapping[tuple[str, ...], object],
) -> Iterable[Change]:  # fmt: skip
    """Those after which the condition held. changes: of this record, the newest first."""
    one, actor = record.object, work.actor
    context = EvaluationContext(work.clock, actor.user, actor.main_team, actor.teams)
    state: dict[str, object] = {name: as_value(one.field(name), value) for name, value in record.values.items()}
    state["id"] = record.id
    for change in changes:
        if change.id in fitting and (checked is None or evaluate(checked, _Past(state, far), context)):
            yield change
        for name, value in change.before.items():
            known = one.field(name)
            if known is None:
                continue
            state[name] = None
            if value is not None:
                with contextlib.suppress(Invalid):  # a value that the field takes no more
                    state[name] = as_value(known, known.parse(value, work.context.parsing))
