"""Jobs whose worker died in the middle go back into the queue."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from relata.engine.storage.database import Connection
from relata.foundation.errors import RelataError

log = logging.getLogger(__name__)

#: A job that was in the hands of this many dying workers probably killed them.
KILLS_AT_MOST = 5

_RESCUE = """
    with lost as (
        select j.id from public.procrastinate_jobs j where j.status = 'doing'
        and not exists (select 1 from public.procrastinate_workers w
            where w.id = j.worker_id and w.id <> all(%(dead)s))
        for update skip locked),
    noted as (
        insert into relata.job_attempt (job, attempt, task, seconds, kind)
        select j.id, coalesce((select max(attempt) from relata.job_attempt a where a.job = j.id), 0) + 1, j.task_name,
            0, 'WorkerDied' from public.procrastinate_jobs j join lost using (id)
        returning job, (select count(*) from relata.job_attempt b where b.job = job_attempt.job
            and b.kind = 'WorkerDied') + 1 as kills)
    update public.procrastinate_jobs j set worker_id = null, queueing_lock = null, attempts = j.attempts + 1,
        scheduled_at = null, abort_requested = false,
        status = (case when noted.kills >= %(kills)s then 'failed' else 'todo' end)::public.procrastinate_job_status
    from noted where j.id = noted.job returning j.id
"""


_BEATS = """
    select id, last_heartbeat, last_heartbeat < now() - make_interval(secs => %(seconds)s)
    from public.procrastinate_workers
"""
Beat = tuple[int, datetime, bool]


class Pulses:
    """Who lives, told by signs of life that go on and not by the time that is written in them: a database's clock that
    jumps ahead makes everybody look dead, and one that is put back keeps the dead alive.

    silent_seconds: without a new sign for so long one is dead. sure_seconds: the same where the sign is as old by the
    database's clock, as after a long stop: two signs would have come meanwhile. clock: monotonic seconds.
    """

    def __init__(self, silent_seconds: float, sure_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._silent, self._sure, self._clock = silent_seconds, sure_seconds, clock
        self._seen: dict[int, tuple[datetime, float]] = {}

    def dead(self, beats: Sequence[Beat]) -> list[int]:
        """Who is, by the signs of life of all workers as they are now."""
        now = self._clock()
        before, self._seen = self._seen, {}
        for worker, beat, _ in beats:
            known = before.get(worker)
            self._seen[worker] = known if known and known[0] == beat else (beat, now)
        return [
            worker
            for worker, _, is_old in beats
            if now - self._seen[worker][1] >= (self._sure if is_old else self._silent)
        ]


async def rescue(connection: Connection, pulses: Pulses, *, silent_seconds: float) -> list[int]:
    """Put the jobs of dead workers back; their ids. Several may run this at once."""
    dead = pulses.dead(
        [(row[0], row[1], row[2]) for row in await connection.fetch(_BEATS, {"seconds": silent_seconds})]
    )
    return [row[0] for row in await connection.fetch(_RESCUE, {"dead": dead, "kills": KILLS_AT_MOST})]


async def keep_rescuing(pool: AsyncConnectionPool[Any], *, silent_seconds: float, every_seconds: float) -> None:
    """Rescue for ever; every worker does, so that one survivor is enough."""
    pulses = Pulses(silent_seconds, 2.5 * every_seconds)
    while True:
        try:
            async with pool.connection() as raw:
                found = await rescue(Connection(raw), pulses, silent_seconds=silent_seconds)
            if found:
                log.warning("%d jobs of a dead worker go back into the queue", len(found))
        except (RelataError, psycopg.Error, PoolTimeout):
            log.warning("looking for lost jobs failed; trying again")
        await asyncio.sleep(every_seconds)
