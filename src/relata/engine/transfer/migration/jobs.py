"""Moves as people begin them on a screen: the export is kept, read, looked at, and then brought by a job that can be
paused, killed and gone on with."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.files.attachments import Received
from relata.engine.files.store import FileStore
from relata.engine.jobs.queue import WAITED_FOR, Job, Queue
from relata.engine.transfer.migration.declared import Source
from relata.engine.transfer.migration.export import Export, recognised, unpacked
from relata.engine.transfer.migration.objects import MIGRATION
from relata.engine.transfer.migration.planning import Options, Plan, Planned, plan
from relata.engine.transfer.migration.reconciling import tally
from relata.engine.transfer.migration.running import Moved, Watch, move_in, require
from relata.engine.transfer.migration.writing import Told
from relata.engine.workspace.attached import add_file, files_of
from relata.engine.workspace.door import Door
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, LimitReached, NotFound, RelataError, Unavailable
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

TASK = "move_in"


class Stopped(Exception):
    """Somebody paused it."""


async def begin(work: Workspace, queue: Queue, name: str, received: Received, options: Options, system: str) -> Record:
    """A new move, which is read first. system: "" to find out. Denied without the rights to import and to change
    objects."""
    await require(work)
    everything = work.as_system()
    values = {
        "name": name[:255], "status": "reading", "system": system or None,
        "options": {"currency": options.currency, "region": options.region, "fields": options.fields},
    }  # fmt: skip
    record = await everything.create(MIGRATION, values, record_id=new_id())
    await add_file(everything, record, received)
    await _enqueue(work, queue, record.id)
    return record


async def start(work: Workspace, queue: Queue, run: UUID) -> Record:
    """Bring it; also on from where it was, after a pause or a failure. Conflict where it runs or is done."""
    return await _steer(work, queue, run, ("ready", "paused", "failed"), "running")


async def pause(work: Workspace, run: UUID) -> Record:
    """No further rows until somebody says so."""
    return await _steer(work, None, run, ("running",), "paused")


async def found(work: Workspace, run: UUID) -> Record:
    """The move with everything that is kept of it, for those who may move a company in."""
    await require(work)
    await work.get(MIGRATION, run)
    return await work.as_system().get(MIGRATION, run)


async def _steer(work: Workspace, queue: Queue | None, run: UUID, before: tuple[str, ...], after: str) -> Record:
    await found(work, run)
    everything = work.as_system()
    record = await everything.get(MIGRATION, run, lock=True)
    if record["status"] not in before:
        raise Conflict(_("This move is in another state by now."), code="state", hint=_("Load the page again."))
    if queue is not None:
        await _enqueue(work, queue, run)
    return await everything.change(record, {"status": after, "error": None})


async def _enqueue(work: Workspace, queue: Queue, run: UUID) -> None:
    args = {"workspace": work.context.key, "run": run}
    await queue.enqueue(work.unit.connection, TASK, args, key=str(run))


def register(queue: Queue, door: Door, store: FileStore, sources: tuple[Source, ...]) -> None:
    """The job: reading or bringing, whichever the move waits for."""

    @queue.task(TASK, priority=WAITED_FOR)
    async def run(job: Job) -> None:
        await work_on(door, store, str(job.args["workspace"]), UUID(str(job.args["run"])), sources)


async def work_on(door: Door, store: FileStore, key: str, run: UUID, sources: tuple[Source, ...]) -> None:
    """What the job does. Refusals end the move and are told there; anything else is the queue's to try again."""
    record = await door.run(key, None, lambda work: work.get(MIGRATION, run, deleted=None), read_only=True)
    if record["status"] not in ("reading", "running"):
        return
    options = msgspec.convert(record["options"] or {}, Options)
    try:
        async with _opened(door, store, key, record, sources) as export:
            if record["status"] == "reading":
                await _read(door, key, run, export, options)
            else:
                await _bring(door, store, key, record, export, options)
    except (LimitReached, Unavailable):
        raise
    except Stopped:
        return
    except RelataError as error:
        await _settle(door, key, run, {"status": "failed", "error": f"{error.message} {error.hint or ''}".strip()})


async def _read(door: Door, key: str, run: UUID, export: Export, options: Options) -> None:
    made = await asyncio.to_thread(plan, (await door.context(key)).registry, export, options)
    values = {
        "status": "ready", "plan": told_of(made), "total": sum(one.rows for one in made.tables), "settled": 0,
        "system": made.source.label,
    }  # fmt: skip
    await _settle(door, key, run, values)


async def _bring(door: Door, store: FileStore, key: str, record: Record, export: Export, options: Options) -> None:
    moved = await move_in(
        door, key, record["created_by"], export, options, run=record.id, watch=_Watch(record.id), store=store
    )  # fmt: skip
    counts = tally(moved.tables)
    values: dict[str, Any] = {
        "status": "done", "finished_at": datetime.now(UTC), "report": report_of(moved), "doing": None,
        "settled": record["total"], "unchanged": counts["here"] - counts["created"] - counts["updated"],
        **{name: counts[name] for name in ("created", "updated", "refused", "conflicts")},
    }  # fmt: skip
    await _settle(door, key, record.id, values)


async def _settle(door: Door, key: str, run: UUID, values: dict[str, Any]) -> None:
    await door.run(key, None, lambda work: work.change((MIGRATION, run), values), via="import")


class _Watch(Watch):
    """Keeps the move's record in step with its chunks."""

    def __init__(self, run: UUID) -> None:
        self._run = run
        self._before = self._latest = 0
        self._table = ""

    async def step(self, work: Workspace, planned: Planned, done: int, told: Told) -> None:
        everything = work.as_system()
        everything.unit.actor = everything.unit.actor.through("import")
        record = await everything.get(MIGRATION, self._run, lock=True)
        if record["status"] != "running":
            raise Stopped
        if planned.table.name != self._table:
            self._before, self._table = self._before + self._latest, planned.table.name
        self._latest = done
        settled = min(self._before + done, record["total"] or 0)
        await everything.change(record, {"settled": settled, "doing": planned.label[:120]})


@contextlib.asynccontextmanager
async def _opened(
    door: Door, store: FileStore, key: str, record: Record, sources: tuple[Source, ...]
) -> AsyncIterator[Export]:
    """The export on this machine's disk, as long as it is used."""

    async def file(work: Workspace) -> tuple[str, UUID]:
        files = await files_of(work, record)
        if not files:
            raise NotFound(_("The file of this move is gone."), code="no_file", hint=_("Send it again."))
        return work.context.schema, files[-1].id

    schema, kept = await door.run(key, None, file, read_only=True)
    with tempfile.TemporaryDirectory(prefix="relata-move-") as folder:
        archive, target = Path(folder) / "export.zip", Path(folder) / "export"
        target.mkdir()
        with archive.open("wb") as out:
            async for piece in store.read(schema, kept):
                await asyncio.to_thread(out.write, piece)
        place = await asyncio.to_thread(unpacked, archive, target)
        name = record["system"] if any(one.name == record["system"] for one in sources) else ""
        yield await asyncio.to_thread(recognised, place, sources, name or "")


def told_of(made: Plan) -> list[dict[str, Any]]:
    """The plan as it is kept, for screens."""
    return [
        {
            "table": one.table.name, "object": one.object, "label": one.label, "rows": one.rows,
            "is_new": one.made_object is not None, "fields": one.fields_of,
            "links": {
                column: pointer.field for pointer in (*one.pointers, *one.late) for column, _names in pointer.ways
            },
            "new_fields": {field["name"]: field["label"] for field in one.made_fields},
            "new_options": {name: len(options) for name, options in one.made_options.items()}, "left": one.left,
        }
        for one in made.tables
    ]  # fmt: skip


def report_of(moved: Moved) -> dict[str, Any]:
    """What came of it, as it is kept."""
    return {
        "is_explained": moved.is_explained, "made": moved.made, "files": moved.files,
        "tables": [one.json() for one in moved.tables],
    }  # fmt: skip
