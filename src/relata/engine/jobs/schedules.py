"""Jobs that recur: each tick of each workspace's schedule becomes exactly one job, however many workers watch."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from psycopg.types.json import Jsonb

from relata.engine.jobs.cron import last_tick
from relata.engine.jobs.queue import NewJob, Queue
from relata.engine.storage.database import Connection, Database
from relata.foundation.errors import RelataError

log = logging.getLogger(__name__)

#: Whoever moves a tick forward enqueues its job in the same transaction. A schedule seen for the first time is only
#: written down: its past ticks were never promised.
_CLAIM = """
    insert into relata.schedule_tick as known (schema, name, at)
    select new.schema, new.name, new.at from jsonb_to_recordset(%(due)s) as new(schema text, name text, at timestamptz)
    on conflict (schema, name) do update set at = excluded.at where known.at < excluded.at
    returning schema, name, at, (xmax = 0) as is_new
"""
_KNOWN = "select schema, name, at from relata.schedule_tick"
#: A tick so far in the future was claimed by a clock that was wrong; clocks of several machines are less apart.
_APART = timedelta(minutes=15)
_PUT_BACK = "update relata.schedule_tick set at = %(now)s where at > %(latest)s returning schema, name"


@dataclass(frozen=True, slots=True)
class Recurring:
    """schema: the workspace. cron: five fields, UTC. task: what runs; it gets `schema`, `schedule` and `tick`."""

    schema: str
    name: str
    cron: str
    task: str


Source = Callable[[], Awaitable[Iterable[Recurring]]]


async def enqueue_due(connection: Connection, queue: Queue, schedules: Iterable[Recurring], now: datetime) -> int:
    """Enqueue what is due and nobody has enqueued yet; how many. Missed ticks (nobody was running) become one job.

    After a clock that was ahead was put back, the ticks after `now` count again; else nothing recurred for so long.
    """
    known = {(schema, name): at for schema, name, at in await connection.fetch(_KNOWN)}
    if any(at > now + _APART for at in known.values()):
        put_back = await connection.fetch(_PUT_BACK, {"now": now, "latest": now + _APART})
        known |= dict.fromkeys(put_back, now)
        log.warning("the clock was put back; %d schedules go on from now", len(put_back))
    wanted = {(one.schema, one.name): (one, last_tick(one.cron, now)) for one in schedules}
    due = [
        {"schema": one.schema, "name": one.name, "at": tick.isoformat()}
        for key, (one, tick) in sorted(wanted.items())
        if key not in known or known[key] < tick
    ]
    if not due:
        return 0
    jobs = []
    for schema, name, at, is_new in await connection.fetch(_CLAIM, {"due": Jsonb(due)}):
        if not is_new:
            tick = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            args = {"schema": schema, "schedule": name, "tick": tick}
            jobs.append(NewJob(wanted[schema, name][0].task, args))
    await queue.enqueue_many(connection, jobs)
    return len(jobs)


async def run_schedules(
    database: Database, queue: Queue, source: Source, *, stop: asyncio.Event, every_seconds: float = 5.0
) -> None:
    """Watch the schedules until `stop`; every worker does. source: what recurs at the moment, over all workspaces."""
    while not stop.is_set():
        try:
            schedules = list(await source())
            async with database.transaction() as connection:
                await enqueue_due(connection, queue, schedules, datetime.now(UTC))
        except RelataError as error:
            log.warning("looking for due schedules failed with %s; trying again", error.code)
        try:
            await asyncio.wait_for(stop.wait(), every_seconds)
        except TimeoutError:
            continue
