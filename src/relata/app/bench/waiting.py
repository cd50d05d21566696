"""Runs that wait: ten for each contact lie there, and some more come due among them."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_most
from relata.app.work import work as whole_worker
from relata.engine.automation.flows import keeping
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.running import due_sql
from relata.engine.automation.flows.steps import Set, Wait
from relata.engine.automation.flows.triggers import RecordTrigger
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace

_PER_CONTACT, _MOST, _PIECE, _SAMPLE = 10, 1_000_000, 50_000, 20
_DEADLINE_SECONDS = 180.0

#: Like a run that waits, at other times of the coming year.
_COPY = """
    insert into {schema}._flow_run (id, flow, version, cause, object, record, person, feed, state, wake_at, until,
        started_at, seq, step, memory, sealed)
    select gen_random_uuid(), flow, version, 'bench:' || n, object, record, person, feed, 'waiting',
        now() + interval '1 day' + n * interval '30 seconds', until, started_at, seq, step, memory, sealed
    from {schema}._flow_run, generate_series(%s::integer, %s::integer) n where id = %s
"""


async def measure(bench: Bench) -> list[Figure]:
    """How late runs go on that come due among very many that wait, and what looking for them costs."""
    house, who = bench.house, bench.administrator.id
    schema = quoted((await house.door.context(MAIN)).schema)
    total = min(_MOST, bench.options.contacts * _PER_CONTACT)
    ids = await bench.some_ids("contact", bench.administrator, _SAMPLE)
    trigger = RecordTrigger(object="contact", happens=("changed",), fields=("department",))
    body = Body(trigger=trigger, steps=(Wait(id="pause", amount=1, unit="minutes"), Set(id="then", value="1")))

    async def make(work: Workspace) -> UUID:
        flow = await keeping.make_flow(work, "Bench waiting", body)
        await keeping.publish(work, flow.id)
        return flow.id

    async def change(work: Workspace) -> None:
        await work.change_many("contact", [(key, {"department": f"Bench {time.time_ns()}"}) for key in ids])

    stop = asyncio.Event()
    worker = asyncio.create_task(whole_worker(house, stop))
    try:
        flow = await house.door.run(MAIN, who, make, via="bench")
        await house.door.run(MAIN, who, change, via="bench")
        state = f"select min(id::text) from {schema}._flow_run where flow = %s and state = %s having count(*) = %s"
        first = await _until(bench, state, flow, "waiting", len(ids))
        alone = await _looking(bench, schema)
        size = await _fill(bench, schema, UUID(first), total)
        looking = await _looking(bench, schema)
        await _until(bench, state, flow, "done", len(ids))
    finally:
        stop.set()
        await worker
    async with house.database.read() as connection:
        row = await connection.fetch_one(
            "select max(extract(epoch from r.ended_at - (s.detail ->> 'until')::timestamptz))"
            f" from {schema}._flow_run r join {schema}._flow_step s on s.run = r.id and s.step = 'pause'"
            " where r.flow = %s and r.state = 'done'",
            (flow,),
        )
    late = float(row[0]) if row and row[0] is not None else _DEADLINE_SECONDS
    return [
        at_most(f"Flows: of {total:,} waiting runs, the latest of {len(ids)} that come due ends", late, "s", 2),
        at_most("Flows: looking for what is due among them, beside among none", looking / alone, "x", 2,
                note=f"{looking * 1000:.1f} ms"),
        at_most("Flows: a waiting run takes, indexes included", size / total, "bytes", 2000),
    ]  # fmt: skip


async def _fill(bench: Bench, schema: str, run: UUID, total: int) -> int:
    """The waiting runs; what their table grew by, in bytes."""
    size = f"select pg_total_relation_size('{schema}._flow_run')"
    async with bench.house.database.read() as connection:
        before = await connection.fetch_one(size)
    for start in range(1, total + 1, _PIECE):
        async with bench.house.database.transaction() as connection:
            await connection.execute(_COPY.format(schema=schema), (start, min(start + _PIECE - 1, total), run))
    async with bench.house.database.read() as connection:
        await connection.execute(f"analyze {schema}._flow_run")
        after = await connection.fetch_one(size)
    assert before is not None and after is not None
    return int(after[0] - before[0])


async def _looking(bench: Bench, schema: str) -> float:
    """Seconds of the question that every pump asks, the best of ten."""
    best = 60.0
    for _try in range(10):
        async with bench.house.database.transaction() as connection:
            began = time.perf_counter()
            await connection.fetch(due_sql(schema), (1,))
            best = min(best, time.perf_counter() - began)
    return best


async def _until(bench: Bench, question: str, *params: object) -> str:
    """What the question finds, once it finds something."""
    began = time.perf_counter()
    while time.perf_counter() - began < _DEADLINE_SECONDS:
        async with bench.house.database.read() as connection:
            row = await connection.fetch_one(question, params)
        if row is not None and row[0] is not None:
            return str(row[0])
        await asyncio.sleep(0.2)
    raise TimeoutError("The runs of the bench did not come so far.")
