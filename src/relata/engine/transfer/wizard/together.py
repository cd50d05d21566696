"""Several files at once: brought, matched with each other, put in order, and previewed, imported and taken back as one.
Each file stays an import of its own; what is here walks through them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from relata.engine.files.store import FileStore
from relata.engine.jobs.queue import WAITED_FOR, Job, Queue
from relata.engine.transfer.bulk import running as bulk
from relata.engine.transfer.wizard import intake, running, taking_back
from relata.engine.transfer.wizard.checking import check
from relata.engine.transfer.wizard.intake import Prepared, require
from relata.engine.transfer.wizard.linked import RunTie, SetPlan
from relata.engine.transfer.wizard.objects import IMPORT_RUN, IMPORT_SET
from relata.engine.transfer.wizard.relations import in_order, tied, ties_of
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, LimitReached, RelataError, Unavailable
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

TASK = "import_files"
#: What is asked for, from which states, and what it is called meanwhile and afterwards.
_STEPS = {
    "check": (("draft", "checked", "failed"), "checking", "checked"),
    "write": (("checked", "failed"), "running", "done"),
    "undo": (("done", "failed"), "undoing", "undone"),
}


async def begin(work: Workspace, prepared: Sequence[Prepared]) -> tuple[Record | None, list[Record]]:
    """An import for each of these tables; where they link to each other, also the set that keeps them together, with
    their links, in the order in which they must come."""
    runs = [await intake.begin(work, None, each) for each in prepared]
    mappings = [running.mapping_of(run) for run in runs]
    objects = [work.registry.get(mapping.object) for mapping in mappings]
    names = [each.name for each in prepared]
    found = ties_of(work, names, objects, mappings, [each.held for each in prepared])
    mappings, ties = tied(work, objects, mappings, found)
    if not any(ties):
        return None, runs
    plan = SetPlan({
        str(run.id): tuple(RunTie(tie.column, runs[tie.of].id, tie.by) for tie in own)
        for run, own in zip(runs, ties, strict=True) if own
    })  # fmt: skip
    everything = work.as_system()
    values = {"name": ", ".join(names)[:255], "status": "draft", "plan": msgspec.to_builtins(plan)}
    made = await everything.create(IMPORT_SET, values, record_id=new_id())
    for place, at in enumerate(in_order(ties)):
        plan_of = msgspec.to_builtins(mappings[at], builtin_types=())
        await everything.change(runs[at], {"together": made.id, "place": place, "plan": plan_of})
    return made, runs


async def mine(work: Workspace, key: UUID) -> Record:
    """A set that the actor began; Denied for another's."""
    record = await work.get(IMPORT_SET, key)
    if record["created_by"] != work.actor.user:
        raise Denied(_("Only who began an import can steer it."), code="denied_import")
    return await work.as_system().get(IMPORT_SET, key)


async def runs_of(work: Workspace, key: UUID) -> list[Record]:
    """Its imports, in their order. The caller may see the set."""
    return await work.as_system().find(IMPORT_RUN, together=key, order="place")


def plan_of(record: Record) -> SetPlan:
    """The links between its files."""
    return msgspec.convert(record["plan"] or {}, SetPlan)


async def ask(work: Workspace, queue: Queue, key: UUID, step: str) -> bool:
    """Begin to check, write or undo all of it. True where that is so little that the caller may do it at once with
    `advance`. Conflict where the set is not there yet, or over it."""
    require(work)
    await mine(work, key)
    everything = work.as_system()
    record = await everything.get(IMPORT_SET, key, lock=True)
    before, during, _after = _STEPS[step]
    if record["status"] not in before:
        raise Conflict(_("That is not the next step."), code="not_next", hint=_("Look at the page again."))
    runs = await runs_of(work, key)
    if step == "write" and any(run["status"] in ("draft", "checking") for run in runs):
        raise Conflict(_("Preview all files first."), code="not_checked")
    if step == "check":
        for run in runs:
            if run["status"] in ("draft", "checked", "failed") and not run["settled"]:
                await everything.change(run, {"status": "draft", "error": None})
    await everything.change(record, {"status": during, "error": None})
    if sum(run["total"] or 0 for run in runs) <= running.AT_ONCE:
        return True
    await queue.enqueue(work.unit.connection, TASK, {"workspace": work.context.key, "set": key}, key=str(key))
    return False


def register(queue: Queue, door: Door, store: FileStore) -> None:
    """The job of whichever step the set waits for."""

    @queue.task(TASK, priority=WAITED_FOR)
    async def import_files(job: Job) -> None:
        await advance(door, store, queue, str(job.args["workspace"]), UUID(str(job.args["set"])))


async def advance(door: Door, store: FileStore, queue: Queue, key: str, set_id: UUID) -> None:
    """Do the step that the set waits for, file by file, as the person who began it; killed, it goes on where it was."""
    record = await door.run(key, None, lambda work: work.get(IMPORT_SET, set_id, deleted=None), read_only=True)
    who = record["created_by"]
    steps = {during: (name, after) for name, (_before, during, after) in _STEPS.items()}
    if record["status"] not in steps:
        return
    name, after = steps[record["status"]]
    runs = [run.id for run in await door.run(key, None, lambda work: runs_of(work, set_id), read_only=True)]
    walks = {"check": _check, "write": _write, "undo": _undo}
    try:
        for run in reversed(runs) if name == "undo" else runs:
            await walks[name](door, store, queue, key, who, run)
    except (LimitReached, Unavailable):
        raise
    except RelataError as error:
        why = f"{error.message} {error.hint or ''}".strip()
        await _end(door, key, set_id, record["status"], {"status": "failed", "error": why})
        return
    await _end(door, key, set_id, record["status"], {"status": after})


async def _end(door: Door, key: str, set_id: UUID, during: str, values: dict[str, str]) -> None:
    async def end(work: Workspace) -> None:
        record = await work.get(IMPORT_SET, set_id, lock=True)
        if record["status"] == during:
            await work.change(record, values)

    await door.run(key, None, end, via="import")


async def _check(door: Door, store: FileStore, queue: Queue, key: str, who: Who, run: UUID) -> None:
    async def prepare(work: Workspace) -> bool:
        record = await work.as_system().get(IMPORT_RUN, run, lock=True)
        if record["status"] == "draft":
            await work.as_system().change(record, {"status": "checking", "settled": None, "error": None})
        return record["status"] in ("draft", "checking")

    if await door.run(key, who, prepare, via="import"):
        await check(door, store, key, who, run)


async def _write(door: Door, store: FileStore, queue: Queue, key: str, who: Who, run: UUID) -> None:
    async def prepare(work: Workspace) -> str:
        status = (await work.as_system().get(IMPORT_RUN, run))["status"]
        if status == "checked":
            await running.start(work, None, run)
        elif status in ("paused", "failed"):
            await running.go_on(work, None, run)
        return str(status)

    if await door.run(key, who, prepare, via="import") not in ("done", "cancelled"):
        await running.write(door, store, key, who, run)
        record = await door.run(key, None, lambda work: work.get(IMPORT_RUN, run), read_only=True)
        if record["status"] != "done":
            raise Conflict(_("%(file)s was stopped.") % {"file": record["name"]}, code="stopped")


async def _undo(door: Door, store: FileStore, queue: Queue, key: str, who: Who, run: UUID) -> None:
    async def begin_undo(work: Workspace) -> UUID | None:
        record = await work.as_system().get(IMPORT_RUN, run)
        if record["status"] not in ("done", "cancelled", "failed"):
            return None
        undone: UUID = record["undone_by"] or (await taking_back.undo(work, queue, run)).id
        return undone

    taken_by = await door.run(key, who, begin_undo, via="import")
    while taken_by is not None:

        async def another(work: Workspace, taken_by: UUID = taken_by) -> str:
            return str((await bulk.advance(work, taken_by))["status"])

        if await door.run(key, who, another, via="import") != "running":
            return
