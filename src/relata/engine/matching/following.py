"""Behind the writes: what changed is kept anew and compared with what is alike, in small parts, by a job."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from relata.engine.history.delivery import Subscriber
from relata.engine.history.feed import Change
from relata.engine.jobs.queue import Job, Queue
from relata.engine.matching.blocking import WIDEST
from relata.engine.matching.keeping import keep, unpacked
from relata.engine.matching.merging_alone import merge_sure
from relata.engine.matching.pairing import Found, keep_pairs
from relata.engine.matching.scoring import Scorer
from relata.engine.matching.shapes import is_matched, shape_of
from relata.engine.matching.state import FLOOR, state_of
from relata.engine.metadata.object import Object
from relata.engine.search.index import TablesOf
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.workspace.door import Door
from relata.engine.workspace.workspace import Workspace

TASK = "match_changed"
#: Records of one transaction.
CHUNK = 200
#: Behind everything that somebody waits for.
_PRIORITY = -5
_ENDED = ("announced", "configured")


def noticing(queue: Queue, tables_of: TablesOf) -> Subscriber:
    """The dispatcher's subscriber: notes which records are to be compared anew."""

    async def follow(connection: Connection, schema: str, changes: Sequence[Change]) -> None:
        registry = (await tables_of(connection, schema)).registry
        due: dict[UUID, str] = {}
        for change in changes:
            one = registry.objects.get(change.object)
            if one is None or change.action in _ENDED or not is_matched(one):
                continue
            if change.action != "changed" or _says(one, change):
                due[change.record] = one.name
        if due:
            await connection.execute(
                f"insert into {quoted(schema)}._match_due (record, object)"
                " select * from unnest(%(records)s::uuid[], %(objects)s::text[]) on conflict do nothing",
                {"records": list(due), "objects": list(due.values())},
            )
            await queue.enqueue(connection, TASK, {"workspace": schema.removeprefix("w_")}, key=schema)

    return follow


def _says(one: Object, change: Change) -> bool:
    """Whether it may have changed what is compared; values of personal fields lie sealed in one."""
    return any(name in shape_of(one).fields or name not in one.all_fields for name in change.after)


async def follow_up(door: Door, key: str) -> None:
    """All that is due, chunk by chunk."""

    async def chunk(work: Workspace) -> bool:
        return await match_due(work) == CHUNK

    while await door.run(key, None, chunk, via="automation"):
        pass
    for name in [name for name, one in (await door.context(key)).registry.objects.items() if is_matched(one)]:
        await merge_sure(door, key, name)


async def match_due(work: Workspace) -> int:
    """One chunk of what is due; how many records."""
    space, connection = quoted(work.context.schema), work.unit.connection
    rows = await connection.fetch(
        f"delete from {space}._match_due where record in (select record from {space}._match_due limit {CHUNK}"
        " for update skip locked) returning record, object"
    )
    by_object: dict[str, list[UUID]] = {}
    for record, name in rows:
        by_object.setdefault(name, []).append(record)
    for name, ids in by_object.items():
        if name in work.registry.objects:
            await match_records(work, work.registry.get(name), ids)
    return len(rows)


async def match_records(work: Workspace, one: Object, ids: Sequence[UUID]) -> int:
    """Keep these records anew and note the pairs that they are in; how many pairs."""
    connection, schema = work.unit.connection, work.context.schema
    await keep(connection, work.context.tables, one, ids)
    state = await state_of(connection, schema, one)
    scorer = Scorer(shape_of(one).features, state.model)
    space = quoted(schema)
    rows = await connection.fetch(
        f"select c.asked, c.record, a.prepared, m.prepared from (select a.record as asked, f.record"
        f" from {space}._match a cross join lateral unnest(a.keys) k(key)"
        f" left join {space}._match_wide w on w.object = a.object and w.key = k.key cross join lateral"
        f" (select s.record from {space}._match s where w.key is null and s.keys @> array[k.key] limit {WIDEST + 1}) f"
        " where a.record = any(%(ids)s) and f.record <> a.record group by 1, 2) c"
        f" join {space}._match a on a.record = c.asked join {space}._match m on m.record = c.record"
        " where m.object = %(object)s",
        {"ids": list(ids), "object": one.name},
    )
    found: dict[tuple[UUID, UUID], Found] = {}
    for asked, record, first, second in rows:
        pair = (min(asked, record), max(asked, record))
        if pair not in found:
            a, b = unpacked(first), unpacked(second)
            if len(a) != len(b):  # a field was added since
                continue
            pattern = scorer.pattern(a, b)
            bits = state.model.prior + sum(scorer.parts(pattern, a))
            if bits >= FLOOR:
                found[pair] = Found(pair[0], pair[1], bits, pattern)
    await connection.execute(
        f"delete from {space}._match_pair where state = 'open' and (one = any(%(ids)s) or other = any(%(ids)s))",
        {"ids": list(ids)},
    )
    return await keep_pairs(connection, schema, one, list(found.values()))


def register(queue: Queue, door: Door) -> None:
    """Give the queue the task."""

    @queue.task(TASK, priority=_PRIORITY)
    async def match_changed(job: Job) -> None:
        await follow_up(door, str(job.args["workspace"]))
