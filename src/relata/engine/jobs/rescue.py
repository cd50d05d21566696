"""Jobs whose worker died in the middle go back into the queue."""

from __future__ import annotations

import asyncio
import logging
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
        and not exists (select 1 from public.procrastinate_workers w where w.id = j.worker_id
            and w.last_heartbeat > now() - make_interval(secs => %(seconds)s))
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


async def rescue(connection: Connection, *, silent_seconds: float) -> list[int]:
    """Put the jobs of workers that were silent for so long back; their ids. Several may run this at once."""
    return [row[0] for row in await connection.fetch(_RESCUE, {"seconds": silent_seconds, "kills": KILLS_AT_MOST})]


async def keep_rescuing(pool: AsyncConnectionPool[Any], *, silent_seconds: float, every_seconds: float) -> None:
    """Rescue for ever; every worker does, so that one survivor is enough."""
    while True:
        try:
            async with pool.connection() as raw:
                found = await rescue(Connection(raw), silent_seconds=silent_seconds)
            if found:
                log.warning("%d jobs of a dead worker go back into the queue", len(found))
        except (RelataError, psycopg.Error, PoolTimeout):
            log.warning("looking for lost jobs failed; trying again")
        await asyncio.sleep(every_seconds)
