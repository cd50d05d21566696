"""The durable queue: tasks by name, and jobs that commit or roll back with the record that caused them."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import procrastinate
from procrastinate.job_context import JobContext
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from relata.engine.jobs.attempts import JobFailed, note_failure
from relata.engine.jobs.retries import Retries
from relata.engine.storage.database import Connection
from relata.engine.storage.reaching import patient
from relata.foundation.errors import Bug

#: An id, a name, a time: what may travel in a job. Anything else could be a personal value.
_PLAIN = re.compile(r"^[A-Za-z0-9_.:/+-]{0,200}$")

_ENQUEUE = """
    insert into public.procrastinate_jobs as job (queue_name, task_name, priority, queueing_lock, args, scheduled_at)
    select 'default', new.task, new.priority, new.key, new.args, new.run_at
    from jsonb_to_recordset(%(jobs)s) as new(task text, priority integer, key text, args jsonb, run_at timestamptz)
    on conflict (queueing_lock) where status = 'todo' do update set scheduled_at = case
        when job.scheduled_at is null or excluded.scheduled_at is null then null
        else least(job.scheduled_at, excluded.scheduled_at) end
    returning id
"""


#: Priorities: what tells people something; what somebody looks at while it runs. Everything else is 0, so that a
#: thousand reactions to an import keep nobody waiting.
SOON, WAITED_FOR = 10, 5


@dataclass(frozen=True, slots=True)
class Job:
    """What a task is given. id: the same in every attempt, so a stable key for effects outside. attempt: from 1."""

    id: int
    name: str
    args: Mapping[str, Any]
    attempt: int


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to enqueue; see `Queue.enqueue`."""

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    run_at: datetime | None = None


Task = Callable[[Job], Awaitable[None]]


class Queue:
    """Tasks by name and the way to enqueue them.

    database_url: a direct address, since workers LISTEN; only they connect.
    """

    def __init__(self, database_url: str, *, pool_size: int = 4) -> None:
        self.url = database_url
        connector = procrastinate.PsycopgConnector(conninfo=patient(database_url), min_size=1, max_size=pool_size)
        self.app = procrastinate.App(connector=connector)
        self._connector = connector
        self._priorities: dict[str, int] = {}

    @property
    def pool(self) -> AsyncConnectionPool[Any]:
        """The worker's connections; only while one runs."""
        return self._connector.pool

    def task(self, name: str, *, retries: Retries | None = None, priority: int = 0) -> Callable[[Task], Task]:
        """Register the decorated coroutine under `name`. It may run more than once for one job: make it idempotent.

        priority: higher runs first.
        """
        rule = retries or Retries()

        def register(work: Task) -> Task:
            if name in self._priorities:
                raise Bug(f"Two tasks are called {name}.")
            self._priorities[name] = priority
            self.app.task(name=name, retry=rule, pass_context=True)(self._guarded(name, work))
            return work

        return register

    async def enqueue(
        self,
        connection: Connection,
        name: str,
        args: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        run_at: datetime | None = None,
    ) -> int:
        """Have `name` run after this transaction commits; the job's id.

        args: ids and names only, never values of records. key: while a job with it waits, no second one is made; the
        waiting one starts after this transaction, so it sees what this one wrote. run_at: aware; not before.
        """
        return (await self.enqueue_many(connection, [NewJob(name, args or {}, key, run_at)]))[0]

    async def enqueue_many(self, connection: Connection, jobs: Sequence[NewJob]) -> list[int]:
        """Several at once, in one statement; the ids of new and of waiting jobs, in no particular order."""
        distinct = {job.key or str(place): job for place, job in enumerate(jobs)}
        if not distinct:
            return []
        # In the order of the keys: two transactions that wait for each other's jobs would be a deadlock.
        rows = [self._row(job) for job in sorted(distinct.values(), key=lambda job: job.key or "")]
        return [row[0] for row in await connection.fetch(_ENQUEUE, {"jobs": Jsonb(rows)})]

    def _row(self, job: NewJob) -> dict[str, Any]:
        if job.name not in self._priorities:
            raise Bug(f"There is no task called {job.name}.")
        if job.run_at is not None and job.run_at.tzinfo is None:
            raise Bug(f"The time of {job.name} has no zone.")
        return {
            "task": job.name,
            "priority": self._priorities[job.name],
            "key": f"{job.name}:{job.key}" if job.key else None,
            "args": {name: _plain(job.name, value) for name, value in job.args.items()},
            "run_at": job.run_at.isoformat() if job.run_at else None,
        }

    def _guarded(self, name: str, work: Task) -> Callable[..., Awaitable[None]]:
        """The task as Procrastinate runs it: what it raises is noted without values, and never reaches a log."""

        async def run(context: JobContext, /, **args: Any) -> None:
            job = Job(context.job.id or 0, name, args, context.job.attempts + 1)
            started = time.monotonic()
            try:
                await work(job)
            except BaseException as error:
                failed = await note_failure(self.pool, job.id, name, error, time.monotonic() - started)
                if isinstance(error, Exception):
                    raise failed from None
                raise

        return run


def _plain(task: str, value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(task, item) for item in value]
    if isinstance(value, UUID):
        return str(value)
    if value is None or isinstance(value, (bool, int)) or (isinstance(value, str) and _PLAIN.match(value)):
        return value
    raise Bug(f"{task} was given something that is neither an id nor a name.")


__all__ = ["Job", "JobFailed", "NewJob", "Queue", "Retries", "Task"]
