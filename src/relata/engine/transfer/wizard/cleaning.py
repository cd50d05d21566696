"""Files of imports and moves that have ended are not kept for ever: what they hold is in the records by now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from relata.engine.jobs.queue import Job, Queue
from relata.engine.storage.planner import quoted
from relata.engine.transfer.migration.objects import MIGRATION
from relata.engine.transfer.wizard.objects import IMPORT_RUN
from relata.engine.workspace.attached import remove_file
from relata.engine.workspace.door import Door
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound

#: The recurring task; its args: schema.
TASK, CRON = "clean_imports", "50 2 * * *"
#: So long rows that failed can be downloaded, and an export be brought again.
KEPT = timedelta(days=30)
_OPEN = ("running", "paused", "checking", "reading")
_PAGE = 200


def register(queue: Queue, door: Door) -> None:
    """The daily task."""

    @queue.task(TASK)
    async def clean_imports(job: Job) -> None:
        key = str(job.args["schema"]).removeprefix("w_")
        while await door.run(key, None, lambda work: clean(work, queue), via="automation"):
            pass


async def clean(work: Workspace, queue: Queue, *, older_than: timedelta = KEPT) -> int:
    """Drop files of imports and moves that ended, or were never begun, so long ago. How many; 0 when none is left."""
    space = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        f"select f.id, f.object, f.record from {space}._file f left join {space}.{IMPORT_RUN} i on i.id = f.record"
        f" left join {space}.{MIGRATION} m on m.id = f.record where f.object in ('{IMPORT_RUN}', '{MIGRATION}')"
        " and f.created_at < %s and coalesce(i.status, m.status) <> all(%s) order by f.id limit %s",
        (datetime.now(UTC) - older_than, list(_OPEN), _PAGE),
    )
    for file, _object, record in rows:
        await _drop(work, queue, file)
        await work.unit.connection.execute(f"delete from {space}._import_sheet where run = %s", (record,))
    return len(rows)


async def _drop(work: Workspace, queue: Queue, file: UUID) -> None:
    try:
        await remove_file(work, queue, file)
    except NotFound:  # its import lies in the bin, and keeps it until that is emptied
        await work.unit.connection.execute(
            f"update {quoted(work.context.schema)}._file set created_at = now() where id = %s", (file,)
        )
