"""A field more while people work: how long anybody waits for it."""

from __future__ import annotations

import asyncio
import time

from relata.app.assembly import MAIN
from relata.app.bench import load, servers
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_most, percentile
from relata.engine.storage.planner import quoted
from relata.engine.workspace.administration import Administration

_LOAD_SECONDS = 4.0


async def measure(bench: Bench) -> list[Figure]:
    """The longest time for which the table was closed, and the slowest answer of eight clients meanwhile."""
    context = await bench.house.door.context(MAIN)
    table = f"{quoted(context.schema)}.contact"
    key = bench.administrator.key
    ids = await bench.some_ids("contact", bench.administrator)
    requests = [load.get(f"/api/v1/contacts/{found}", key=key) for found in ids]
    administration = Administration(bench.house.door, MAIN, None, "bench")
    with servers.product(bench.home, bench.url) as port:
        await load.run(port, load.over(requests), seconds=1)
        working = asyncio.create_task(load.run(port, load.over(requests), seconds=_LOAD_SECONDS))
        stop = asyncio.Event()
        watching = asyncio.create_task(_longest_lock(bench, table, stop))
        await asyncio.sleep(1)
        started = time.perf_counter()
        await administration.add_field(
            "contact", {"type": "text", "name": f"bench_{time.time_ns() % 10**9}", "label": "Bench"}
        )
        took = time.perf_counter() - started
        await asyncio.sleep(0.3)
        stop.set()
        closed, found = await watching, await working
    p95, slowest = percentile(found.seconds, 0.95) * 1000, max(found.seconds) * 1000
    note = f"{took * 1000:.0f} ms in all; answers meanwhile p95 {p95:.0f} ms, slowest {slowest:.0f} ms"
    return [at_most("Adding a field under load: table closed", closed * 1000, "ms", 100, note=note)]


async def _longest_lock(bench: Bench, table: str, stop: asyncio.Event) -> float:
    """Looks every few milliseconds whether somebody holds the table for himself alone."""
    longest, since = 0.0, 0.0
    async with bench.house.database.read() as connection:
        while not stop.is_set():
            row = await connection.fetch_one(
                "select 1 from pg_locks where relation = %s::regclass and mode = 'AccessExclusiveLock' and granted",
                (table,),
            )
            now = time.perf_counter()
            since = (since or now) if row else 0.0
            longest = max(longest, now - since) if since else longest
            await asyncio.sleep(0.002)
    return longest
