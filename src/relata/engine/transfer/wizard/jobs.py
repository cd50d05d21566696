"""The job of an import: trying its rows or writing them, whichever it waits for."""

from __future__ import annotations

from uuid import UUID

from relata.engine.files.store import FileStore
from relata.engine.jobs.queue import WAITED_FOR, Job, Queue
from relata.engine.transfer.wizard.checking import check
from relata.engine.transfer.wizard.objects import IMPORT_RUN
from relata.engine.transfer.wizard.running import TASK, fail, write
from relata.engine.workspace.door import Door
from relata.foundation.errors import LimitReached, RelataError, Unavailable


def register(queue: Queue, door: Door, store: FileStore) -> None:
    """The job: trying or writing, whichever the import waits for."""

    @queue.task(TASK, priority=WAITED_FOR)
    async def import_file(job: Job) -> None:
        await work_on(door, store, str(job.args["workspace"]), UUID(str(job.args["run"])))


async def work_on(door: Door, store: FileStore, key: str, run: UUID) -> None:
    """What the job does, as the person who began the import. Denied, Invalid and the like end the import and are told
    there; anything else is the queue's to try again."""
    record = await door.run(key, None, lambda work: work.get(IMPORT_RUN, run, deleted=None), read_only=True)
    try:
        if record["status"] == "checking":
            await check(door, store, key, record["created_by"], run)
        elif record["status"] == "running":
            await write(door, store, key, record["created_by"], run)
    except (LimitReached, Unavailable):
        raise
    except RelataError as error:
        await fail(door, key, run, f"{error.message} {error.hint or ''}".strip())
