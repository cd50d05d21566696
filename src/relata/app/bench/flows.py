"""Flows: runs of a trigger and one step by a whole worker, many light steps in one run, and what a write costs."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_least, at_most
from relata.app.work import work as whole_worker
from relata.engine.automation.flows import keeping
from relata.engine.automation.flows.definition import Body
from relata.engine.automation.flows.steps import Set, Update
from relata.engine.automation.flows.triggers import RecordTrigger
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace

_RUNS, _WRITES = 2000, 400
_DEADLINE_SECONDS = 120.0


async def measure(bench: Bench) -> list[Figure]:
    """Runs per second, 40 steps, and the price of ten active flows."""
    without = await _write_seconds(bench)
    ten = [await _publish(bench, f"Bench {at}", "changed", "job_title", 1) for at in range(10)]
    with_ten = await _write_seconds(bench)
    for flow in ten:
        await _as_person(bench, lambda work, flow=flow: keeping.archive(work, flow))
    stop = asyncio.Event()
    worker = asyncio.create_task(whole_worker(bench.house, stop))
    try:
        await _quiet(bench)
        many = await _publish(bench, "Bench one step", "changed", "description", 1, writes=True)
        count = await _change_many(bench, "description")
        seconds = await _until_done(bench, many, count)
        await _as_person(bench, lambda work: keeping.archive(work, many))
        long = await _publish(bench, "Bench forty steps", "changed", "description", 40)
        forty = await _until_done(bench, long, await _change_many(bench, "description", 1))
    finally:
        stop.set()
        await worker
    more = (with_ten / without - 1) * 100
    note = f"{without * 1000:.1f} ms without, {with_ten * 1000:.1f} ms with"
    return [
        at_least("Flows: trigger and one step that writes", count / seconds, "runs/s", 250, note="one worker process"),
        at_most("Flows: 40 light steps, from the change to the end", forty, "s", 2),
        at_most("Flows: a write with ten active flows costs more", more, "%", 25, note=note),
    ]


async def _as_person(bench: Bench, act: object) -> object:
    return await bench.house.door.run(MAIN, bench.administrator.id, act, via="bench")  # type: ignore[arg-type]


async def _publish(bench: Bench, name: str, happens: str, field: str, steps: int, *, writes: bool = False) -> UUID:
    trigger = RecordTrigger(object="contact", happens=(happens,), fields=(field,))
    made = (
        (Update(id="write", values={"department": "Bench {{record.job_title}}"}),)
        if writes
        else tuple(Set(id=f"s{at}", value="=record.version") for at in range(steps))
    )

    async def make(work: Workspace) -> UUID:
        flow = await keeping.make_flow(work, name, Body(trigger=trigger, steps=made))
        await keeping.publish(work, flow.id)
        return flow.id

    return await bench.house.door.run(MAIN, bench.administrator.id, make, via="bench")


async def _write_seconds(bench: Bench) -> float:
    """Of one change in a transaction of its own."""
    ids = await bench.some_ids("contact", bench.administrator, _WRITES)
    began = time.perf_counter()
    for number, key in enumerate(ids):

        async def change(work: Workspace, key: UUID = key, number: int = number) -> None:
            await work.change(("contact", key), {"job_title": f"Bench {time.time_ns()} {number}"})

        await bench.house.door.run(MAIN, bench.administrator.id, change, via="bench")
    return (time.perf_counter() - began) / len(ids)


async def _change_many(bench: Bench, field: str, count: int = _RUNS) -> int:
    ids = await bench.some_ids("contact", bench.administrator, count)

    async def change(work: Workspace) -> None:
        await work.change_many("contact", [(key, {field: f"Bench {time.time_ns()}"}) for key in ids])

    await bench.house.door.run(MAIN, bench.administrator.id, change, via="bench")
    return len(ids)


async def _quiet(bench: Bench) -> None:
    """Until the log is numbered, so that what was written before is not measured."""
    schema = quoted((await bench.house.door.context(MAIN)).schema)
    for _look in range(600):
        async with bench.house.database.read() as connection:
            rows = await connection.fetch(f"select 1 from {schema}._change where feed is null limit 1")
        if not rows:
            return
        await asyncio.sleep(0.2)


async def _until_done(bench: Bench, flow: UUID, count: int) -> float:
    """Seconds from now until so many runs of the flow have ended."""
    schema = quoted((await bench.house.door.context(MAIN)).schema)
    began = time.perf_counter()
    while time.perf_counter() - began < _DEADLINE_SECONDS:
        async with bench.house.database.read() as connection:
            row = await connection.fetch_one(
                f"select count(*) from {schema}._flow_run where flow = %s and state = 'done'", (flow,)
            )
        if row is not None and row[0] >= count:
            break
        await asyncio.sleep(0.02)
    return time.perf_counter() - began
