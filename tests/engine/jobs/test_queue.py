"""Jobs commit with their record, run once where all goes well, and are tried again where it does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from relata.engine.jobs.attempts import attempts_of
from relata.engine.jobs.dead_letters import dead_letters, discard_dead, retry_dead
from relata.engine.jobs.queue import Job, NewJob, Queue
from relata.engine.jobs.retries import Retries
from relata.engine.jobs.worker import Pace, run_worker
from relata.engine.storage.database import Database
from relata.foundation.errors import Bug, Conflict, NotFound
from relata.foundation.ids import new_id

PACE = Pace(heartbeat=0.3, silent=2.0, poll=0.2, patience=2.0)
DEADLINE_SECONDS = 20


class Seen:
    """The jobs that a task was given; `until` waits for so many."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self._changed = asyncio.Condition()

    async def add(self, job: Job) -> None:
        async with self._changed:
            self.jobs.append(job)
            self._changed.notify_all()

    async def until(self, count: int) -> list[Job]:
        async with asyncio.timeout(DEADLINE_SECONDS), self._changed:
            await self._changed.wait_for(lambda: len(self.jobs) >= count)
        return self.jobs


@asynccontextmanager
async def working(queue: Queue) -> AsyncIterator[None]:
    """A worker in this process."""
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(queue, stop=stop, pace=PACE))
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(DEADLINE_SECONDS):
            await worker


async def until_dead(database: Database, job: int) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while True:
            async with database.read() as connection:
                if job in {letter.job for letter in await dead_letters(connection)}:
                    return
            await asyncio.sleep(0.02)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def queue(database: Database, seen: Seen) -> Queue:
    found = Queue(database.url)
    found.task("note")(seen.add)
    return found


async def waiting(database: Database) -> int:
    async with database.read() as connection:
        row = await connection.fetch_one("select count(*) from public.procrastinate_jobs where status = 'todo'")
    assert row
    return int(row[0])


async def test_a_job_runs_after_the_transaction_committed(database: Database, queue: Queue, seen: Seen) -> None:
    record = new_id()
    async with working(queue):
        async with database.transaction() as connection:
            await queue.enqueue(connection, "note", {"record": record})
            assert seen.jobs == []
        (job,) = await seen.until(1)
    assert job.args == {"record": str(record)}
    assert job.attempt == 1


async def test_a_job_is_gone_with_its_transaction(database: Database, queue: Queue) -> None:
    async def fail() -> None:
        async with database.transaction() as connection:
            await queue.enqueue(connection, "note")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await waiting(database) == 0


async def test_many_are_enqueued_at_once(database: Database, queue: Queue, seen: Seen) -> None:
    async with database.transaction() as connection:
        ids = await queue.enqueue_many(connection, [NewJob("note", {"number": number}) for number in range(500)])
    assert len(set(ids)) == 500
    async with working(queue):
        jobs = await seen.until(500)
    assert {job.args["number"] for job in jobs} == set(range(500))
    assert await waiting(database) == 0


async def test_a_waiting_job_with_the_same_key_is_not_doubled(database: Database, queue: Queue, seen: Seen) -> None:
    async with database.transaction() as connection:
        first = await queue.enqueue(connection, "note", key="one")
        await queue.enqueue_many(connection, [NewJob("note", key="one"), NewJob("note", key="one")])
    async with database.transaction() as connection:
        assert await queue.enqueue(connection, "note", key="one") == first
    async with working(queue):
        await seen.until(1)
    assert [job.id for job in seen.jobs] == [first]


async def test_a_job_waits_for_its_time(database: Database, queue: Queue, seen: Seen) -> None:
    now = datetime.now(UTC)
    async with database.transaction() as connection:
        later = await queue.enqueue(connection, "note", {"when": 2}, run_at=now + timedelta(seconds=1))
        await queue.enqueue(connection, "note", {"when": 1}, run_at=now - timedelta(days=1))
    async with working(queue):
        jobs = await seen.until(2)
    assert [job.args["when"] for job in jobs] == [1, 2]
    assert jobs[1].id == later
    assert datetime.now(UTC) >= now + timedelta(seconds=1)


@pytest.mark.parametrize("value", ["anna@example.com", "Anna Schmidt", "x" * 201, 1.5, {"name": "Anna"}, ["Anna S"]])
async def test_values_of_records_do_not_travel(database: Database, queue: Queue, value: object) -> None:
    async with database.transaction() as connection:
        with pytest.raises(Bug):
            await queue.enqueue(connection, "note", {"value": value})


async def test_an_unknown_task_is_refused(database: Database, queue: Queue) -> None:
    async with database.transaction() as connection:
        with pytest.raises(Bug, match="nothing_like_it"):
            await queue.enqueue(connection, "nothing_like_it")


async def test_a_failing_job_is_tried_again_and_its_attempts_are_kept(
    database: Database, queue: Queue, seen: Seen
) -> None:
    @queue.task("stumble", retries=Retries(5, first_seconds=0.05))
    async def stumble(job: Job) -> None:
        await seen.add(job)
        if job.attempt == 1:
            raise ValueError("anna@example.com is wrong")
        if job.attempt == 2:
            raise Conflict("Somebody else changed this.", code="changed")

    async with database.transaction() as connection:
        job = await queue.enqueue(connection, "stumble", key="same")
    async with working(queue):
        jobs = await seen.until(3)
    assert [(one.id, one.attempt) for one in jobs] == [(job, 1), (job, 2), (job, 3)]
    async with database.read() as connection:
        first, second = await attempts_of(connection, job)
    assert (first.kind, first.code, first.message) == ("ValueError", "", "")
    assert first.place.startswith("jobs/test_queue.py:") or first.place.startswith("jobs/queue.py:")
    assert (second.kind, second.code, second.message) == ("Conflict", "changed", "Somebody else changed this.")
    assert await waiting(database) == 0


async def test_a_failing_job_does_not_collide_with_its_waiting_double(
    database: Database, queue: Queue, seen: Seen
) -> None:
    @queue.task("twice", retries=Retries(3, first_seconds=0.05))
    async def twice(job: Job) -> None:
        await seen.add(job)
        if len(seen.jobs) == 1:
            async with database.transaction() as connection:
                await queue.enqueue(connection, "twice", key="same")
            raise ValueError

    async with database.transaction() as connection:
        job = await queue.enqueue(connection, "twice", key="same")
    async with working(queue):
        jobs = await seen.until(3)
    assert [one.id for one in jobs].count(job) == 2


async def test_a_job_that_gave_up_waits_for_an_administrator(
    database: Database, queue: Queue, seen: Seen, caplog: pytest.LogCaptureFixture
) -> None:
    healed = False

    @queue.task("hopeless", retries=Retries(2, first_seconds=0.01))
    async def hopeless(job: Job) -> None:
        if not healed:
            raise ValueError("anna@example.com")
        await seen.add(job)

    async with database.transaction() as connection:
        job = await queue.enqueue(connection, "hopeless", {"number": 7})
    async with working(queue):
        await until_dead(database, job)
        async with database.read() as connection:
            (letter,) = await dead_letters(connection)
        assert (letter.task, letter.args, letter.attempts, letter.kind) == ("hopeless", {"number": 7}, 2, "ValueError")
        healed = True
        async with database.transaction() as connection:
            await retry_dead(connection, job)
        await seen.until(1)
    assert "anna@example.com" not in caplog.text
    async with database.transaction() as connection:
        assert await dead_letters(connection) == []
        with pytest.raises(NotFound):
            await retry_dead(connection, job)


async def test_a_dead_letter_can_be_discarded(database: Database, queue: Queue) -> None:
    @queue.task("useless", retries=Retries(1))
    async def useless(job: Job) -> None:
        raise ValueError

    async with database.transaction() as connection:
        job = await queue.enqueue(connection, "useless")
    async with working(queue):
        await until_dead(database, job)
    async with database.transaction() as connection:
        await discard_dead(connection, job)
        assert await dead_letters(connection) == []


async def test_a_stopping_worker_lets_its_jobs_finish(database: Database, queue: Queue, seen: Seen) -> None:
    started, may_end = asyncio.Event(), asyncio.Event()

    @queue.task("slow")
    async def slow(job: Job) -> None:
        started.set()
        await may_end.wait()
        await seen.add(job)

    async with database.transaction() as connection:
        await queue.enqueue(connection, "slow")
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(queue, stop=stop, pace=PACE))
    async with asyncio.timeout(DEADLINE_SECONDS):
        await started.wait()
        stop.set()
        may_end.set()
        await worker
    assert len(seen.jobs) == 1


async def test_a_job_that_outlasts_the_patience_is_put_back(database: Database, queue: Queue) -> None:
    started = asyncio.Event()

    @queue.task("endless")
    async def endless(job: Job) -> None:
        started.set()
        await asyncio.Event().wait()

    async with database.transaction() as connection:
        job = await queue.enqueue(connection, "endless", key="only")
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(queue, stop=stop, pace=Pace(patience=0.05)))
    async with asyncio.timeout(DEADLINE_SECONDS):
        await started.wait()
        stop.set()
        await worker
    async with database.transaction() as connection:
        found = await connection.fetch("select id, status::text from public.procrastinate_jobs")
        await connection.execute("delete from public.procrastinate_jobs")
    assert found == [(job, "todo")]
