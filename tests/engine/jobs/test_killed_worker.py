"""A worker that is killed in the middle of a job leads to that job being finished by another."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from relata.engine.jobs.attempts import attempts_of
from relata.engine.jobs.queue import Job, Queue
from relata.engine.storage.database import Database

#: Says when it begins the job; ends it only with the second argument.
WORKER = """
import asyncio, sys
from relata.engine.jobs.queue import Queue
from relata.engine.jobs.worker import Pace, run_worker

queue = Queue(sys.argv[1])

@queue.task("long")
async def long(job):
    print("began", job.id, flush=True)
    if sys.argv[2] == "hang":
        await asyncio.Event().wait()
    print("finished", job.id, flush=True)

asyncio.run(run_worker(queue, pace=Pace(heartbeat=0.5, silent=2.0, poll=0.2)))
"""
DEADLINE_SECONDS = 30

Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def start(database_url: str) -> Iterator[Start]:
    running: list[subprocess.Popen[bytes]] = []

    def begin(what: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", WORKER, database_url, what]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, bufsize=0))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def says(process: subprocess.Popen[bytes]) -> str:
    """Its next line; fails after the deadline."""
    assert process.stdout
    ready, _, _ = select.select([process.stdout], [], [], DEADLINE_SECONDS)
    assert ready, "the worker said nothing"
    return process.stdout.readline().decode().strip()


async def test_another_worker_finishes_the_job(database: Database, start: Start) -> None:
    queue = Queue(database.url)

    @queue.task("long")
    async def long(job: Job) -> None:
        """Runs in the other processes."""

    first = start("hang")
    async with database.transaction() as connection:
        job = await queue.enqueue(connection, "long", key="the only one")
    assert says(first) == f"began {job}"
    second = start("finish")
    first.send_signal(signal.SIGKILL)
    assert says(second) == f"began {job}"
    assert says(second) == f"finished {job}"
    async with database.read() as connection:
        assert [attempt.kind for attempt in await attempts_of(connection, job)] == ["WorkerDied"]
    second.send_signal(signal.SIGTERM)
    assert second.wait(DEADLINE_SECONDS) == 0
