"""A bulk change from its order to its end: small ones at once, large ones chunk by chunk as a job that can be paused,
killed and gone on with. How far it is stands in the record, written in the transaction of each chunk."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from relata.engine.jobs.queue import WAITED_FOR, Job, Queue
from relata.engine.transfer.bulk import chosen, notes
from relata.engine.transfer.bulk.applying import Done, apply
from relata.engine.transfer.bulk.naming import name_of
from relata.engine.transfer.bulk.objects import BULK_CHANGE
from relata.engine.transfer.bulk.order import Order, check
from relata.engine.transfer.bulk.undoing import take_back
from relata.engine.workspace.door import Door
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Conflict, Denied, LimitReached, RelataError, Unavailable
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

TASK = "bulk_change"
#: Records of one transaction: those that are written as a set, and those that are written one by one.
CHUNK, CHUNK_ALONE = 500, 100
#: Rows of an import that are taken back in one transaction, as many as were written in one.
IMPORT_CHUNK = 2000
_SETS = ("change", "paste", "add", "fix", "undo")
#: Kinds whose effects the log can take back. What an action announced or sent can't be unsaid.
_UNDOABLE = ("change", "paste", "delete", "restore", "add", "fix", "undo")


def chunk_size(order: Order) -> int:
    """How many records one transaction takes; as many are changed at once, without a job."""
    return CHUNK if order.kind in _SETS else CHUNK_ALONE


async def begin(work: Workspace, order: Order) -> Record:
    """A new bulk change, checked, with nothing done yet. Raises Denied, Invalid."""
    one = check(work, order)
    if order.undoes is not None:
        await mine(work, order.undoes)
    total = await chosen.total(work, order)
    kept = msgspec.structs.replace(order, cells={}) if order.kind == "paste" else order
    values = {
        "name": name_of(one, order, total), "kind": order.kind, "records_of": order.object, "status": "running",
        "total": total, "changed": 0, "unchanged": 0, "refused": 0, "is_undoable": order.kind in _UNDOABLE,
        "plan": msgspec.to_builtins(kept, builtin_types=()), "undoes": order.undoes,
    }  # fmt: skip
    return await work.as_system().create(BULK_CHANGE, values, record_id=new_id())


async def advance(work: Workspace, bulk: UUID, order: Order | None = None) -> Record:
    """One chunk more, in this transaction. Whoever does the same at the moment is waited for; a bulk change that does
    not run (any more) is left alone. order: where it is not the one that was kept."""
    everything = work.as_system()
    record = await everything.get(BULK_CHANGE, bulk, lock=True)
    if record["status"] != "running":
        return record
    order = order or msgspec.convert(record["plan"], Order)
    actor, work.unit.actor = work.unit.actor, work.unit.actor.through("bulk", bulk=str(bulk))
    try:
        done, position = await _chunk(work, order, bulk, record["position"] or "")
    finally:
        work.unit.actor = actor
    await notes.save(work, bulk, done.notes)
    values = {name: (record[name] or 0) + done.counts[name] for name in ("changed", "unchanged", "refused")}
    if not position:
        values |= {"status": "done", "finished_at": datetime.now(UTC)}
    return await everything.change(record, {**values, "position": position or None})


async def _chunk(work: Workspace, order: Order, bulk: UUID, position: str) -> tuple[Done, str]:
    if order.trace[0]:
        changes, after = await chosen.undoable(work, order, position, IMPORT_CHUNK if order.imported else CHUNK)
        return await take_back(work, changes, order), after
    found = await chosen.page(work, order, bulk, position, chunk_size(order))
    return await apply(work, order, found.ids), found.next


async def start(work: Workspace, queue: Queue, order: Order) -> Record:
    """Begin; what fits into one chunk is done when this returns, the rest goes on in a worker."""
    record = await begin(work, order)
    if (record["total"] or 0) > chunk_size(order):
        await _enqueue(work, queue, record.id)
        return record
    record = await advance(work, record.id, order)
    while order.imported and record["status"] == "running":  # one record may have several rows in an import's log
        record = await advance(work, record.id, order)
    return record


async def _enqueue(work: Workspace, queue: Queue, bulk: UUID) -> None:
    await queue.enqueue(work.unit.connection, TASK, {"workspace": work.context.key, "bulk": bulk}, key=str(bulk))


async def mine(work: Workspace, bulk: UUID) -> Record:
    """A bulk change that the actor began; others may look at it, where their roles say so, but not steer it."""
    record = await work.get(BULK_CHANGE, bulk)
    if record["created_by"] != work.actor.user:
        raise Denied(_("Only who began a bulk change can steer it."), code="denied_bulk")
    return record


async def pause(work: Workspace, bulk: UUID) -> Record:
    """No further chunk until somebody says so."""
    return await _steer(work, bulk, ("running",), "paused")


async def cancel(work: Workspace, bulk: UUID) -> Record:
    """No further chunk; what was done stays, and can be undone."""
    return await _steer(work, bulk, ("running", "paused", "failed"), "cancelled")


async def go_on(work: Workspace, queue: Queue, bulk: UUID) -> Record:
    """From where it was: after a pause, a failure, or a worker that went away."""
    record = await _steer(work, bulk, ("running", "paused", "failed"), "running")
    await _enqueue(work, queue, bulk)
    return record


async def _steer(work: Workspace, bulk: UUID, before: tuple[str, ...], after: str) -> Record:
    await mine(work, bulk)
    everything = work.as_system()
    record = await everything.get(BULK_CHANGE, bulk, lock=True)
    if record["status"] not in before:
        raise Conflict(_("This bulk change has ended."), code="ended", hint=_("Undo it, or begin a new one."))
    values = {"status": after, "error": None}
    return await everything.change(
        record, values | ({"finished_at": datetime.now(UTC)} if after == "cancelled" else {})
    )


async def undo(work: Workspace, queue: Queue, bulk: UUID) -> Record:
    """Take it back as a bulk change of its own. Conflict while it runs, or where it can't be undone."""
    record = await mine(work, bulk)
    await work.lock(f"undo {bulk}")
    if record["status"] in ("running", "paused"):
        raise Conflict(_("It is still running."), code="running", hint=_("Wait for its end, or cancel it first."))
    if not record["is_undoable"]:
        raise Conflict(_("What an action did can't be undone in bulk."), code="not_undoable")
    if await work.as_system().count(BULK_CHANGE, undoes=bulk):
        raise Conflict(_("It has been undone already."), code="undone", hint=_("Undo that undo to do it again."))
    return await start(work, queue, Order(record["records_of"], "undo", undoes=bulk))


def register(queue: Queue, door: Door) -> None:
    """The job: chunk by chunk as whoever began it, until there is none, or somebody pauses it."""

    @queue.task(TASK, priority=WAITED_FOR)
    async def bulk_change(job: Job) -> None:
        key, bulk = str(job.args["workspace"]), UUID(str(job.args["bulk"]))
        await run(door, key, bulk)


async def run(door: Door, key: str, bulk: UUID) -> None:
    """What the job does. Denied, Invalid and the like end the bulk change and are told there; anything else is the
    queue's to try again."""

    async def who(work: Workspace) -> UUID | None:
        owner: UUID | None = (await work.get(BULK_CHANGE, bulk, deleted=None))["created_by"]
        return owner

    async def chunk(work: Workspace) -> bool:
        return bool((await advance(work, bulk))["status"] == "running")

    person = await door.run(key, None, who, via="bulk", read_only=True)
    try:
        while await door.run(key, person, chunk, via="bulk"):
            pass
    except (LimitReached, Unavailable):
        raise
    except RelataError as error:
        await _fail(door, key, bulk, f"{error.message} {error.hint or ''}".strip())


async def _fail(door: Door, key: str, bulk: UUID, message: str) -> None:
    async def fail(work: Workspace) -> None:
        record = await work.get(BULK_CHANGE, bulk, lock=True)
        if record["status"] == "running":
            await work.change(record, {"status": "failed", "error": message})

    await door.run(key, None, fail, via="bulk")
