"""What went wrong in an attempt, kept without anything personal: kind, code and place, and our own sentences."""

from __future__ import annotations

import asyncio
import logging
import traceback
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from psycopg_pool import AsyncConnectionPool

from relata.engine.storage.database import Connection
from relata.foundation.errors import RelataError

log = logging.getLogger(__name__)

#: The waiting job's key is free for others once its first attempt failed; else its return to the queue would collide
#: with a second job of the same key.
_NOTE = """
    with freed as (update public.procrastinate_jobs set queueing_lock = null
        where id = %(job)s and queueing_lock is not null)
    insert into relata.job_attempt (job, attempt, task, seconds, kind, code, message, place)
    select %(job)s, coalesce(max(attempt), 0) + 1, %(task)s, %(seconds)s, %(kind)s, %(code)s, %(message)s, %(place)s
    from relata.job_attempt where job = %(job)s
"""


class JobFailed(Exception):
    """An attempt failed; the text names the kind of error and where, never a value."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that failed. kind: the error's class. place: module and line of ours where it was raised."""

    job: int
    attempt: int
    task: str
    at: datetime
    seconds: float
    kind: str
    code: str
    message: str
    place: str


async def note_failure(
    pool: AsyncConnectionPool[Any], job: int, task: str, error: BaseException, seconds: float
) -> JobFailed:
    """Keep the attempt; what to raise in its stead."""
    kind, place = type(error).__name__, _place(error)
    ours = isinstance(error, RelataError)
    values = {
        "job": job, "task": task, "seconds": seconds, "kind": kind, "place": place,
        "code": getattr(error, "code", "") if ours else "", "message": str(error) if ours else "",
    }  # fmt: skip
    log.warning("job %s of %s failed with %s at %s", job, task, kind, place)
    await asyncio.shield(_write(pool, values))
    return JobFailed(f"{kind} at {place}")


async def _write(pool: AsyncConnectionPool[Any], values: dict[str, Any]) -> None:
    async with pool.connection() as raw:
        await Connection(raw).execute(_NOTE, values)


async def attempts_of(connection: Connection, job: int) -> list[Attempt]:
    """The failed attempts of a job, oldest first; a job that was retried by a person goes on counting."""
    rows = await connection.fetch(
        "select job, attempt, task, at, seconds, kind, code, message, place from relata.job_attempt"
        " where job = %(job)s order by attempt",
        {"job": job},
    )
    return [Attempt(*row) for row in rows]


async def forget_attempts(connection: Connection, *, older_than_days: int = 30) -> int:
    """Drop old attempts of jobs that are done; how many. For a schedule."""
    return await connection.execute(
        "delete from relata.job_attempt a where at < now() - make_interval(days => %(days)s)"
        " and not exists (select 1 from public.procrastinate_jobs j where j.id = a.job)",
        {"days": older_than_days},
    )


def _place(error: BaseException) -> str:
    """The innermost frame of ours, as `package/file.py:line`."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "relata" in PurePath(frame.filename).parts] or list(frames)
    if not ours:
        return ""
    path = PurePath(ours[-1].filename)
    return f"{path.parent.name}/{path.name}:{ours[-1].lineno}"
