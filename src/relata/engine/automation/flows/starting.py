"""From what happened to runs: each cause starts a flow once, and a flow that starts itself over and over is stopped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.automation.flows.active import Published, active_flows, as_publisher, pause_orphan
from relata.engine.automation.flows.holding import bulk_of
from relata.engine.automation.flows.triggers import ANNOUNCED, HAPPENINGS, EventTrigger, RecordTrigger
from relata.engine.formula import Binary, Items, Literal, Node, Path, all_of, parse
from relata.engine.history.feed import Change
from relata.engine.history.opening import opened
from relata.engine.query.request import MAX_LIMIT, Query
from relata.engine.storage.planner import quoted
from relata.engine.workspace.actors import ActorCache
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.ids import new_id

#: A flow that comes upon the same record for this time through its own effects, or that stands so far down a chain
#: of flows, is stopped.
MOST_SAME, MOST_CHAIN = 3, 12


@dataclass(frozen=True, slots=True)
class Start:
    """A run to be made. cause: the same for the same occasion, so that it starts the flow once. parent: the run whose
    effect it is. refused: why it can't begin. bulk: the bulk change whose undo window its effects outside wait for."""

    one: Published
    cause: str
    object: str = ""
    record: UUID | None = None
    person: UUID | None = None
    feed: int | None = None
    parent: UUID | None = None
    parent_seq: int | None = None
    refused: str = ""
    bulk: str = ""


def matches(trigger: RecordTrigger | EventTrigger, change: Change) -> bool:
    """Whether a change is what the flow waits for; its condition is asked later. change: with its values opened."""
    if isinstance(trigger, EventTrigger):
        is_meant = change.object == trigger.object and change.action == ANNOUNCED
        return is_meant and change.after.get("event") == trigger.event
    if change.object != trigger.object or change.action not in trigger.happens:
        return False
    if trigger.fields and change.action in ("created", "changed"):
        touched = change.after.keys() | change.before.keys()
        if touched.isdisjoint(trigger.fields):
            return False
    if change.action == "changed" and (trigger.before is not None or trigger.after is not None):
        name = trigger.fields[0]
        if trigger.before is not None and not says(change.before.get(name), trigger.before):
            return False
        return trigger.after is None or says(change.after.get(name), trigger.after)
    if trigger.after is not None and change.action == "created":
        return says(change.after.get(trigger.fields[0]), trigger.after)
    return True


def says(value: Any, text: str) -> bool:
    """Whether a value of the log is what a person wrote."""
    if value is None or text == "":
        return (value in (None, "", [])) == (text == "")
    if isinstance(value, bool):
        return text.lower() == str(value).lower()
    if isinstance(value, dict):
        value = value.get("amount", value.get("id", ""))
    if isinstance(value, list):
        return text in value
    if str(value) == text:
        return True
    try:
        return Decimal(str(value)) == Decimal(text)
    except InvalidOperation:
        return False


async def start_for_changes(work: Workspace, actors: ActorCache, changes: Sequence[Change]) -> int:
    """Begin what these changes start; how many runs. However often it is called, each starts once. work: the
    system's."""
    flows = [
        (one, one.body.trigger)
        for one in await active_flows(work.unit.connection, work.context.schema)
        if isinstance(one.body.trigger, RecordTrigger | EventTrigger)
    ]
    objects = {trigger.object for _one, trigger in flows}
    loud = [one for one in changes if not one.source.get("quiet")]
    near = [one for one in loud if one.object in objects and (one.action in HAPPENINGS or one.action == ANNOUNCED)]
    near = await opened(work.unit.connection, work.context.schema, work.context.sealer, near)
    started = 0
    for one, trigger in flows:
        found = [change for change in near if matches(trigger, change)]
        if found:
            started += await _start(work, actors, one, trigger, found)
    return started


async def _start(
    work: Workspace, actors: ActorCache, one: Published, trigger: RecordTrigger | EventTrigger, found: Sequence[Change]
) -> int:
    as_who = await as_publisher(work, actors, one)
    if as_who is None:
        await pause_orphan(work, one)
        return 0
    starts = [
        Start(
            one, _cause(trigger, change), change.object, change.record, change.actor, change.feed,
            _run_of(change), None, bulk=bulk_of(change),
        )
        for change in found
    ]  # fmt: skip
    in_bin = {change.record for change in found if change.action == "deleted"}
    return await begin(work, await allowed(as_who, trigger.where, starts, in_bin))


def _run_of(change: Change) -> UUID | None:
    found = change.source.get("run")
    return UUID(found) if isinstance(found, str) else None


async def allowed(as_who: Workspace, where: str, starts: Sequence[Start], in_bin: Iterable[UUID] = ()) -> list[Start]:
    """Those about records that the flow may see and for which its condition holds. A condition that can't be asked
    makes one run that says why."""
    binned = frozenset(in_bin)
    kept: list[Start] = []
    for is_deleted in (False, True):
        mine = [one for one in starts if one.record is not None and (one.record in binned) is is_deleted]
        try:
            for at in range(0, len(mine), MAX_LIMIT):
                part = mine[at : at + MAX_LIMIT]
                seen = await _fitting(as_who, where, part, is_deleted=is_deleted)
                kept.extend(one for one in part if one.record in seen)
        except RelataError as error:
            text = f"{error.message} {error.hint or ''}".strip()
            kept.extend(replace(one, refused=text) for one in mine[:1])
    kept.extend(one for one in starts if one.record is None)
    return kept


async def _fitting(as_who: Workspace, where: str, starts: Sequence[Start], *, is_deleted: bool) -> set[UUID]:
    if not starts:
        return set()
    ids = [one.record for one in starts if one.record is not None]
    return await fitting_ids(as_who, starts[0].object, where, ids, is_deleted=is_deleted)


async def fitting_ids(
    as_who: Workspace, object_name: str, where: str, ids: Sequence[UUID], *, is_deleted: bool = False
) -> set[UUID]:
    """Those of up to MAX_LIMIT records that whoever is at work sees and for which a condition holds."""
    ids = list(dict.fromkeys(ids))
    conditions: list[Node] = [Binary("in", Path(("id",)), Items(tuple(Literal(str(one)) for one in ids)))]
    if where.strip():
        conditions.append(parse(where))
    where_all = all_of(conditions)
    query = Query(object_name, where_all, fields=("id",), limit=MAX_LIMIT, deleted=is_deleted, few=True)
    return {row[0] for row in (await as_who.query(query)).rows}


async def condition_holds(work: Workspace, object_name: str, where: str | Node, record: UUID) -> bool:
    """Whether a condition over a record holds for whoever is at work."""
    conditions: list[Node] = [Binary("=", Path(("id",)), Literal(str(record)))]
    if not isinstance(where, str):
        conditions.append(where)
    elif where.strip():
        conditions.append(parse(where))
    page = await work.query(Query(object_name, all_of(conditions), fields=("id",), limit=1, few=True))
    return bool(page.rows)


async def begin(work: Workspace, starts: Sequence[Start]) -> int:
    """Write the runs down, each cause once for a flow; how many are new and will go. work: the system's."""
    if not starts:
        return 0
    schema = quoted(work.context.schema)
    parents = [one.parent for one in starts if one.parent is not None]
    chains: dict[UUID, list[list[str]]] = {}
    held: dict[UUID, str] = {}
    if parents:
        rows = await work.unit.connection.fetch(
            f"select id, flow, record, chain, memory ->> 'bulk' from {schema}._flow_run where id = any(%s)",
            (list(set(parents)),),
        )
        chains = {key: [*chain, [str(flow), str(record or ""), str(key)]] for key, flow, record, chain, _bulk in rows}
        held = {row[0]: row[4] for row in rows if row[4]}
    lines, going = [], 0
    for one in starts:
        chain = chains.get(one.parent, []) if one.parent else []
        state, code, message = "ready", "", one.refused
        if one.refused:
            state, code = "failed", "condition"
        elif _is_loop(one, chain):
            state, code = "stopped", "loop"
        going += state == "ready"
        bulk = one.bulk or (held.get(one.parent, "") if one.parent else "")
        lines.append((
            new_id(), one.one.flow, one.one.version, one.cause, one.object, one.record, one.person, one.feed,
            one.parent, one.parent_seq, msgspec.json.encode(chain).decode(), state, code, message[:1000],
            state != "ready", msgspec.json.encode({"bulk": bulk}).decode() if bulk else None,
        ))  # fmt: skip
    marks = ", ".join(
        ["(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, case when %s then now() end, %s::jsonb)"]
        * len(lines)
    )
    await work.unit.connection.execute(
        f"insert into {schema}._flow_run (id, flow, version, cause, object, record, person, feed, parent, parent_seq,"
        f" chain, state, code, message, ended_at, memory) values {marks} on conflict (flow, cause) do nothing",
        [value for line in lines for value in line],
    )
    return going


def _cause(trigger: RecordTrigger | EventTrigger, change: Change) -> str:
    """The occasion: the change, or all that was changed together."""
    if isinstance(trigger, RecordTrigger) and trigger.many == "once":
        together = bulk_of(change) or str(change.source.get("import") or "")
        if together:
            return f"many:{together}"
    return f"feed:{change.feed}"


def _is_loop(one: Start, chain: Sequence[Sequence[str]]) -> bool:
    same = sum(1 for flow, record, _run in chain if flow == str(one.one.flow) and record == str(one.record or ""))
    return same >= MOST_SAME or len(chain) >= MOST_CHAIN
