"""An export from its wish to its file: begun by a person, written by a worker as this person, cancelled at the next
page. A worker that died begins anew; what it had written is cleared away with other left-over files."""

from __future__ import annotations

import time
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from relata.engine.files.store import FileStore
from relata.engine.jobs.queue import WAITED_FOR, Job, Queue
from relata.engine.query.request import Query, parse_order
from relata.engine.ui.exports.keeping import basis_of
from relata.engine.ui.exports.objects import EXPORT_RUN
from relata.engine.ui.exports.wish import Wish, check
from relata.engine.ui.exports.writing import written
from relata.engine.ui.listing import total
from relata.engine.workspace.door import Door
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace, condition
from relata.foundation.errors import Conflict, Denied, LimitReached, RelataError, Unavailable
from relata.foundation.i18n import gettext as _
from relata.foundation.i18n import speaking
from relata.foundation.ids import new_id

TASK = "write_export"
#: How long the file is there once it is written.
KEPT = timedelta(days=1)
#: Exports of one person that run at a time.
MOST_AT_ONCE = 3
_MAX_BYTES = 50_000_000_000
_SECONDS = 2.0


class _Cancelled(Exception):
    """Somebody stopped it."""


async def begin(work: Workspace, queue: Queue, wish: Wish) -> Record:
    """A new export, for a worker to write. Raises Denied, Invalid; LimitReached where enough of one's own run."""
    one = await check(work, wish)
    everything = work.as_system()
    running = await everything.count(EXPORT_RUN, created_by=work.actor.user, status="running")
    if running >= MOST_AT_ONCE:
        raise LimitReached(
            _("Three exports of yours are being written."), code="too_many_exports",
            hint=_("Wait until one of them is done, or cancel one."),
        )  # fmt: skip
    count = await total(work, one, wish.state)
    values = {
        "name": _("%(num)s %(objects)s") % {"num": count, "objects": one.nouns if count != 1 else one.noun},
        "records_of": one.name, "form": wish.form, "status": "running", "total": count, "written": 0,
        "plan": msgspec.to_builtins(wish),
    }  # fmt: skip
    record = await everything.create(EXPORT_RUN, values, record_id=new_id())
    args = {"workspace": work.context.key, "export": record.id}
    await queue.enqueue(work.unit.connection, TASK, args, key=str(record.id))
    return record


async def mine(work: Workspace, export: UUID) -> Record:
    """An export that the actor began; Denied for any other."""
    record = await work.get(EXPORT_RUN, export)
    if record["created_by"] != work.actor.user:
        raise Denied(_("An export is for who began it."), code="denied_export")
    return record


async def own(work: Workspace, *, after: str = "", limit: int = 50) -> tuple[list[Record], str]:
    """The actor's exports, the latest first, and where the next page begins."""
    where = condition(None, {"created_by": work.actor.user})
    query = Query(EXPORT_RUN, where, parse_order("-created_at"), ("id",), limit, after)
    page = await work.query(query)
    found = {one.id: one for one in await work.get_many(EXPORT_RUN, [row[0] for row in page.rows])}
    return [found[row[0]] for row in page.rows if row[0] in found], page.next


async def cancel(work: Workspace, export: UUID) -> Record:
    """No further page. Conflict where it has ended."""
    await mine(work, export)
    everything = work.as_system()
    record = await everything.get(EXPORT_RUN, export, lock=True)
    if record["status"] != "running":
        raise Conflict(_("This export has ended."), code="ended")
    return await everything.change(record, {"status": "cancelled", "finished_at": datetime.now(UTC), "plan": None})


def register(queue: Queue, door: Door, store: FileStore) -> None:
    """The job."""

    @queue.task(TASK, priority=WAITED_FOR)
    async def write_export(job: Job) -> None:
        await run(door, store, str(job.args["workspace"]), UUID(str(job.args["export"])))


async def run(door: Door, store: FileStore, key: str, export: UUID) -> None:
    """What the job does; whatever refuses it ends the export and is told there, while what may pass is tried again."""

    async def load(work: Workspace) -> Record:
        return await work.get(EXPORT_RUN, export, deleted=None)

    record = await door.run(key, None, load, via="export", read_only=True)
    if record["status"] != "running" or record.is_deleted:
        return
    person, wish = record["created_by"], msgspec.convert(record["plan"], Wish)
    schema, file = f"w_{key}", new_id()
    try:
        basis, locale = await door.run(key, person, _reader, via="export", read_only=True)
        progress = _Telling(door, key, export)
        pieces = written(door, key, person, store, wish, progress)
        with speaking(locale):
            async with aclosing(pieces):
                stored = await store.put(schema, file, pieces, max_bytes=_MAX_BYTES)
    except _Cancelled:
        return
    except (LimitReached, Unavailable):
        raise
    except RelataError as error:
        told = f"{error.message} {error.hint or ''}".strip()
        await _end(door, key, export, {"status": "failed", "error": told, "plan": None})
        return
    found = {
        "status": "done", "written": progress.count, "bytes": stored.size, "file": str(file), "digest": stored.sha256,
        "basis": basis, "kept_until": datetime.now(UTC) + KEPT,
    }  # fmt: skip
    if not await _end(door, key, export, found):
        await store.delete(schema, file)


async def _reader(work: Workspace) -> tuple[str, str]:
    """Of the rights that it is written with, and the language."""
    return await basis_of(work), work.actor.locale


async def _end(door: Door, key: str, export: UUID, values: dict[str, object]) -> bool:
    async def end(work: Workspace) -> bool:
        record = await work.get(EXPORT_RUN, export, lock=True)
        if record["status"] == "running":
            await work.change(record, {**values, "finished_at": datetime.now(UTC)})
        return bool(record["status"] == "running")

    return await door.run(key, None, end, via="export")


class _Telling:
    """Writes down every few seconds how far it is, and hears whether to go on."""

    def __init__(self, door: Door, key: str, export: UUID) -> None:
        self._door, self._key, self._export = door, key, export
        self.count, self._told_at = 0, time.monotonic()

    async def __call__(self, rows: int) -> None:
        self.count += rows
        if time.monotonic() - self._told_at < _SECONDS:
            return
        self._told_at = time.monotonic()
        if not await self._door.run(self._key, None, self._tell, via="export"):
            raise _Cancelled

    async def _tell(self, work: Workspace) -> bool:
        record = await work.get(EXPORT_RUN, self._export, lock=True)
        if record["status"] == "running":
            await work.change(record, {"written": self.count})
        return bool(record["status"] == "running")
