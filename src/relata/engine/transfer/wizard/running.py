"""An import from its mapping to its end: tried, begun, steered, and written chunk by chunk as a job that can be paused,
killed and gone on with. How far it is stands in its record, written in the transaction of each chunk."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from relata.engine.files.store import FileStore
from relata.engine.jobs.queue import Queue
from relata.engine.storage.planner import quoted
from relata.engine.transfer import mapping as mappings
from relata.engine.transfer import state as states
from relata.engine.transfer.importing import CHUNK_ROWS, Options, run_rows
from relata.engine.transfer.mapping import Mapping
from relata.engine.transfer.state import State
from relata.engine.transfer.wizard import sheets
from relata.engine.transfer.wizard.intake import require
from relata.engine.transfer.wizard.objects import IMPORT_RUN
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied
from relata.foundation.i18n import gettext as _

TASK = "import_file"
#: Files with no more rows than this are tried and imported at once, without a job.
AT_ONCE = 500
COUNTS = ("created", "updated", "unchanged", "skipped", "refused")


class Stopped(Exception):
    """Somebody paused or cancelled the import, or another process goes on with it."""


async def mine(work: Workspace, run: UUID) -> Record:
    """An import that the actor began, with everything that is kept of it; Denied for another's."""
    record = await work.get(IMPORT_RUN, run)
    if record["created_by"] != work.actor.user:
        raise Denied(_("Only who began an import can steer it."), code="denied_import")
    return await work.as_system().get(IMPORT_RUN, run)


def mapping_of(record: Record) -> Mapping:
    """What the import does with its columns. record: from `mine`."""
    return msgspec.convert(record["plan"], Mapping)


async def set_mapping(work: Workspace, run: UUID, mapping: Mapping, *, is_quiet: bool) -> Record:
    """Another mapping for an import that has not begun. Invalid names everything that does not fit."""
    record = await mine(work, run)
    if record["status"] not in ("draft", "checked", "failed") or (record["settled"] or 0):
        raise Conflict(_("This import has begun already."), code="begun", hint=_("Bring the file again."))
    one, rights = work.registry.get(mapping.object), work.actor.rights
    columns = tuple(column.name for column in (await sheets.sheet_of(work, run)).profile.columns)
    mappings.check(mapping, one, columns, lambda field: rights.readable(one, field) or rights.writable(one, field))
    values = {
        "plan": msgspec.to_builtins(mapping, builtin_types=()), "records_of": one.name, "status": "draft",
        "is_quiet": is_quiet, "error": None, **dict.fromkeys(COUNTS),
    }  # fmt: skip
    return await work.as_system().change(record, values)


async def begin_check(work: Workspace, queue: Queue, run: UUID) -> bool:
    """Try every row. True where that is so little that the caller may do it at once with `check`."""
    record = await mine(work, run)
    require(work)
    if record["status"] not in ("draft", "checked", "failed"):
        raise Conflict(_("This import has begun already."), code="begun")
    await work.as_system().change(record, {"status": "checking", "settled": None, "error": None})
    return await _at_once_or_later(work, queue, record)


async def start(work: Workspace, queue: Queue | None, run: UUID) -> bool:
    """Begin to write. queue: None for who writes it at once. True where the caller may do it at once with `write`.
    Conflict while the same file is imported."""
    record = await mine(work, run)
    require(work)
    everything = work.as_system()
    sheet = await sheets.sheet_of(work, run)
    await work.lock(f"import file {sheet.digest}")
    record = await everything.get(IMPORT_RUN, run, lock=True)
    if record["status"] not in ("checked", "draft"):
        raise Conflict(_("This import has begun already."), code="begun")
    if await _is_under_way(work, sheet.digest, run):
        raise Conflict(
            _("The same file is being imported at the moment."), code="same_file", hint=_("Wait for its end.")
        )  # fmt: skip
    await work.unit.connection.execute(f"delete from {quoted(work.context.schema)}._import where id = %s", (run,))
    await states.begin(work, run, record["records_of"], sheet.digest)
    values = {"status": "running", "settled": 0, "error": None, **dict.fromkeys(COUNTS, 0)}
    await everything.change(record, values)
    return await _at_once_or_later(work, queue, record)


async def _is_under_way(work: Workspace, digest: str, run: UUID) -> bool:
    space = quoted(work.context.schema)
    row = await work.unit.connection.fetch_one(
        f"select 1 from {space}._import_sheet s join {space}.{IMPORT_RUN} r on r.id = s.run"
        " where s.digest = %s and s.run <> %s and r.status in ('running', 'paused') and r.deleted_at is null limit 1",
        (digest, run),
    )
    return row is not None


async def _at_once_or_later(work: Workspace, queue: Queue | None, record: Record) -> bool:
    if queue is None or (record["total"] or 0) <= AT_ONCE:
        return True
    await queue.enqueue(
        work.unit.connection, TASK, {"workspace": work.context.key, "run": record.id}, key=str(record.id)
    )  # fmt: skip
    return False


async def pause(work: Workspace, run: UUID) -> Record:
    """No further chunk until somebody says so."""
    return await _steer(work, run, ("running",), "paused")


async def cancel(work: Workspace, run: UUID) -> Record:
    """No further chunk; what was done stays, and can be undone. While the file is tried: back to its columns."""
    record = await mine(work, run)
    if record["status"] == "checking":
        return await _steer(work, run, ("checking",), "draft")
    return await _steer(work, run, ("draft", "checked", "running", "paused", "failed"), "cancelled")


async def go_on(work: Workspace, queue: Queue | None, run: UUID) -> Record:
    """From where it was: after a pause, a failure, or a worker that went away. queue: as for `start`."""
    record = await _steer(work, run, ("running", "paused", "failed"), "running")
    if queue is not None:
        args = {"workspace": work.context.key, "run": run}
        await queue.enqueue(work.unit.connection, TASK, args, key=str(run))
    return record


async def _steer(work: Workspace, run: UUID, before: tuple[str, ...], after: str) -> Record:
    await mine(work, run)
    everything = work.as_system()
    record = await everything.get(IMPORT_RUN, run, lock=True)
    if record["status"] not in before:
        raise Conflict(_("This import has ended."), code="ended", hint=_("Undo it, or begin a new one."))
    values: dict[str, Any] = {"status": after, "error": None}
    if after == "cancelled":
        values["finished_at"] = datetime.now(UTC)
        await sheets.forget(work, run)
    return await everything.change(record, values)


async def write(door: Door, store: FileStore, key: str, who: Who, run: UUID, *, chunk_rows: int = CHUNK_ROWS) -> None:
    """Write the rows from where the import is to its end, or until somebody pauses it."""

    async def load(work: Workspace) -> tuple[str, Mapping, sheets.Sheet, bool]:
        record = await work.as_system().get(IMPORT_RUN, run)
        return work.context.schema, mapping_of(record), await sheets.sheet_of(work, run), bool(record["is_quiet"])

    schema, mapping, sheet, is_quiet = await door.run(key, who, load, read_only=True)
    source = {"quiet": True} if is_quiet else {}
    options = Options(resume=run, watch=_Watch(run), source=source, chunk_rows=chunk_rows)
    async with sheets.opened(store, schema, sheet) as file:
        try:
            await run_rows(door, key, who, file, mapping, options)
        except Stopped:
            return


class _Watch:
    """Keeps the import's record in step with its chunks, and lets one process at a time go on."""

    def __init__(self, run: UUID) -> None:
        self._run = run

    async def before(self, work: Workspace, state: State) -> None:
        record = await work.as_system().get(IMPORT_RUN, self._run, lock=True)
        there = await states.load(work, self._run)
        if record["status"] != "running" or (there.number, there.position) != (state.number, state.position):
            raise Stopped

    async def after(self, work: Workspace, state: State) -> None:
        everything = work.as_system()
        values: dict[str, Any] = counted(state.counts)
        if state.is_finished:
            values |= {"status": "done", "finished_at": datetime.now(UTC)}
            await sheets.forget(work, self._run)
        await everything.change((IMPORT_RUN, self._run), values)


def counted(counts: Counter[str]) -> dict[str, Any]:
    """Counts of the rows as the record keeps them; blank rows do not count."""
    found = {name: counts[name] for name in COUNTS}
    found["skipped"] -= counts["blank"]
    return {**found, "settled": sum(found.values())}


async def fail(door: Door, key: str, run: UUID, message: str) -> None:
    """End it early, and say why."""

    async def end(work: Workspace) -> None:
        record = await work.get(IMPORT_RUN, run, lock=True)
        if record["status"] in ("running", "checking"):
            await work.change(record, {"status": "failed", "error": message})

    await door.run(key, None, end, via="import")
