"""Dropping bytes that nothing refers to: at once after a deletion, and what was left over once a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from relata.engine.files.attachments import FORGET, remove
from relata.engine.files.store import FileStore
from relata.engine.jobs.queue import Job, Queue
from relata.engine.storage.database import Database
from relata.engine.storage.planner import quoted

#: The recurring task; its args: schema.
CLEAN = "files.clean"
CLEAN_CRON = "40 2 * * *"
#: Uploads whose form was never sent, transactions that were rolled back.
LEFT_OVER = timedelta(days=1)


def register(queue: Queue, database: Database, store: FileStore) -> None:
    """The two tasks."""

    @queue.task(FORGET)
    async def forget(job: Job) -> None:
        schema, file = job.args["schema"], UUID(job.args["file"])
        if not await _known(database, schema, [file]):
            await store.delete(schema, file)

    @queue.task(CLEAN)
    async def clean(job: Job) -> None:
        await clean_left_over(database, queue, store, job.args["schema"])


async def clean_left_over(
    database: Database, queue: Queue, store: FileStore, schema: str, *, older_than: timedelta = LEFT_OVER
) -> int:
    """Drop loose files and bytes without a row that are older; how many were dropped here (those of loose files follow
    by a job each)."""
    until = datetime.now(UTC) - older_than
    async with database.transaction() as connection:
        rows = await connection.fetch(
            f"select id from {quoted(schema)}._file where record is null and created_at < %s limit 10000", (until,)
        )
        await remove(connection, queue, schema, [row[0] for row in rows])
    old = [file async for file, came_at in store.listing(schema) if came_at < until]
    dropped = 0
    for start in range(0, len(old), 1000):
        files = old[start : start + 1000]
        known = await _known(database, schema, files)
        for file in files:
            if file not in known:
                await store.delete(schema, file)
                dropped += 1
    return dropped


async def _known(database: Database, schema: str, files: list[UUID]) -> set[UUID]:
    async with database.read() as connection:
        rows = await connection.fetch(f"select id from {quoted(schema)}._file where id = any(%s)", (files,))
    return {row[0] for row in rows}
