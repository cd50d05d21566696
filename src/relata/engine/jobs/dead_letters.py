"""Jobs that no further attempt is made of, until an administrator retries or discards them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from relata.engine.storage.database import Connection
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

#: What Procrastinate's own trigger sends for a new job; an update sends nothing, and polling would take seconds.
_WAKE = "select pg_notify('procrastinate_any_queue_v1', %(payload)s)"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A job that gave up. kind, code, message: of its last attempt; empty where its worker died or its task is gone."""

    job: int
    task: str
    args: dict[str, Any]
    attempts: int
    failed_at: datetime | None
    kind: str
    code: str
    message: str


async def dead_letters(connection: Connection, *, before: int | None = None, limit: int = 50) -> list[DeadLetter]:
    """The newest first. before: a job's id, for the next page."""
    rows = await connection.fetch(
        "select j.id, j.task_name, j.args, j.attempts, a.at, coalesce(a.kind, ''), coalesce(a.code, ''),"
        " coalesce(a.message, '') from public.procrastinate_jobs j"
        " left join lateral (select * from relata.job_attempt a where a.job = j.id order by attempt desc limit 1) a"
        " on true"
        " where j.status = 'failed' and j.id < %(before)s order by j.id desc limit %(limit)s",
        {"before": before or 2**62, "limit": limit},
    )
    return [DeadLetter(*row) for row in rows]


async def retry_dead(connection: Connection, job: int) -> None:
    """Back into the queue with all its attempts; NotFound unless it is a dead letter."""
    touched = await connection.execute(
        "update public.procrastinate_jobs set status = 'todo', attempts = 0, scheduled_at = null, queueing_lock = null,"
        " worker_id = null where id = %(job)s and status = 'failed'",
        {"job": job},
    )
    if not touched:
        raise NotFound(_("This job is no longer among the failed ones."), hint=_("Reload the list."))
    await connection.execute(_WAKE, {"payload": json.dumps({"type": "job_inserted", "job_id": job})})


async def discard_dead(connection: Connection, job: int) -> None:
    """Delete it for good; NotFound unless it is a dead letter."""
    touched = await connection.execute(
        "delete from public.procrastinate_jobs where id = %(job)s and status = 'failed'", {"job": job}
    )
    if not touched:
        raise NotFound(_("This job is no longer among the failed ones."), hint=_("Reload the list."))
