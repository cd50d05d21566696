"""A worker: takes jobs until it is told to stop, and survives a database that goes away for a while."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Iterator
from dataclasses import dataclass

from procrastinate.exceptions import ProcrastinateException
from psycopg import Error as DatabaseError
from psycopg_pool import PoolTimeout

from relata.engine.jobs.queue import Queue
from relata.engine.jobs.rescue import keep_rescuing

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. heartbeat: between two signs of life. silent: without one a worker counts as dead, and its jobs are
    given to others within `silent + heartbeat`. poll: between two looks at the queue: no NOTIFY tells of a job that
    comes due, and what waited shall go on within two seconds. patience: what
    running jobs get when the worker stops; after that they are cancelled and put back."""

    heartbeat: float = 4.0
    silent: float = 18.0
    poll: float = 1.0
    patience: float = 20.0


async def run_worker(
    queue: Queue, *, concurrency: int = 4, stop: asyncio.Event | None = None, pace: Pace | None = None
) -> None:
    """Work until `stop` is set, or until SIGINT or SIGTERM where none is given. Tasks must not block the event loop for
    longer than `pace.silent`, or others think this worker dead."""
    pace = pace or Pace()
    with _signals() if stop is None else contextlib.nullcontext(stop) as end:
        pause = 0.5
        while not end.is_set():
            try:
                await _work(queue, concurrency, end, pace)
                pause = 0.5
            except (ProcrastinateException, DatabaseError, PoolTimeout) as error:
                log.warning("the worker lost its database (%s); trying again", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(end.wait(), pause)
            pause = min(pause * 2, 10.0)


async def _work(queue: Queue, concurrency: int, end: asyncio.Event, pace: Pace) -> None:
    """One life of Procrastinate's worker; it ends by `end` or by an error of the database."""
    async with queue.app.open_async():
        worker = asyncio.create_task(
            queue.app.run_worker_async(
                name="relata",
                concurrency=concurrency,
                fetch_job_polling_interval=pace.poll,
                shutdown_graceful_timeout=pace.patience,
                listen_notify=True,
                delete_jobs="successful",
                install_signal_handlers=False,
                update_heartbeat_interval=pace.heartbeat,
                # It stays listed; its jobs went long before. A clock that jumps ahead must not strike the living off.
                stalled_worker_timeout=7 * 86_400.0,
            )
        )
        rescuer = asyncio.create_task(
            keep_rescuing(queue.pool, silent_seconds=pace.silent, every_seconds=pace.heartbeat)
        )
        ending = asyncio.create_task(end.wait())
        try:
            await asyncio.wait((worker, ending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (worker, ending, rescuer):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await worker
            await asyncio.gather(ending, rescuer, return_exceptions=True)


@contextlib.contextmanager
def _signals() -> Iterator[asyncio.Event]:
    """An event that SIGINT and SIGTERM set."""
    end, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end.set)
    try:
        yield end
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
