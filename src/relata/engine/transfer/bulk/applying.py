"""One chunk of an order: every record is changed, was so already, or is refused with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from relata.engine.transfer.bulk.fixes import changes
from relata.engine.transfer.bulk.notes import Note, notes_of
from relata.engine.transfer.bulk.order import Order, command_of, membership_of
from relata.engine.workspace.attempts import attempt, is_refusal
from relata.engine.workspace.chunk import Outcome, refused
from relata.engine.workspace.warnings import ALL, confirm
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError


@dataclass(slots=True)
class Done:
    """counts: changed, unchanged, refused; they add up to the records."""

    counts: Counter[str] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)

    def add(self, record: UUID, outcome: Outcome) -> None:
        """One record is settled."""
        self.counts["changed" if outcome.did == "created" else outcome.did] += 1
        self.notes.extend(notes_of(record, outcome))


async def apply(work: Workspace, order: Order, ids: Sequence[UUID]) -> Done:
    """Do to these records what the order says."""
    done = Done()
    confirm(work.unit, (ALL,) if order.warnings == "pass" else ())
    if order.kind == "change":
        outcomes = await work.change_many(order.object, [(record, order.values) for record in ids])
    elif order.kind == "paste":
        outcomes = await work.change_many(order.object, [(record, order.cells[str(record)]) for record in ids])
    elif order.kind == "fix":
        outcomes = await _mended(work, order, ids)
    elif order.kind == "add":
        outcomes = await _added(work, order, ids)
    else:
        outcomes = [await alone(work, _act(work, order, record)) for record in ids]
    for record, outcome in zip(ids, outcomes, strict=True):
        done.add(record, outcome)
    return done


async def alone(work: Workspace, act: Callable[[], Awaitable[bool]]) -> Outcome:
    """One record by itself: what refuses it leaves nothing behind and holds up no other. act: says whether it changed
    anything."""
    try:
        async with attempt(work.unit):
            return Outcome("changed" if await act() else "unchanged")
    except RelataError as error:
        if not is_refusal(error):
            raise
        return refused(error)


def _act(work: Workspace, order: Order, record: UUID) -> Callable[[], Awaitable[bool]]:
    async def delete() -> bool:
        await work.delete((order.object, record))
        return True

    async def restore() -> bool:
        found = await work.get(order.object, record, deleted=None)
        await work.restore(found)
        return found.is_deleted

    async def perform() -> bool:
        await work.get(order.object, record)
        await work.run(command_of(work.action(order.object, order.action), record, order.values))
        return True

    return {"delete": delete, "restore": restore, "action": perform}[order.kind]


async def _mended(work: Workspace, order: Order, ids: Sequence[UUID]) -> list[Outcome]:
    """What is in order stays unwritten, and nobody needs a right to change it."""
    records = {record.id: record for record in await work.get_many(order.object, ids)}
    one = work.registry.get(order.object)
    wanted = {key: values for key, record in records.items() if (values := changes(work, one, order.fix, record))}
    done = await work.change_many(order.object, [(records[key], values) for key, values in wanted.items()])
    by_record = dict(zip(wanted, done, strict=True))
    return [by_record.get(key, Outcome("unchanged", key)) for key in ids]


async def _added(work: Workspace, order: Order, ids: Sequence[UUID]) -> list[Outcome]:
    """Memberships; who is on the list already stays so."""
    kind = membership_of(work, work.registry.get(order.object), order.into)
    rows = [{kind.holder: str(order.target), kind.member: {"object": order.object, "id": str(one)}} for one in ids]
    outcomes = await work.create_many(kind.object, rows)
    return [
        Outcome("unchanged") if outcome.did == "refused" and _is_there(outcome) else outcome for outcome in outcomes
    ]


def _is_there(outcome: Outcome) -> bool:
    return all(problem.code == "not_unique" for problem in outcome.problems)
