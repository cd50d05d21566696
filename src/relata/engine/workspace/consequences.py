"""What follows from a write in the same transaction: modules' consequences, called where a record is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from relata.engine.metadata.object import Object
from relata.engine.workspace.record import Record

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """One record of a write. before: all values; None where it was new or came out of the bin. after: likewise; None
    where it went to the bin."""

    id: UUID
    before: Values | None
    after: Values | None

    def changed(self, name: str) -> bool:
        """Whether the field has another value than before."""
        return bool(self.old(name) != self.new(name))

    def old(self, name: str) -> Any:
        """The value before; None where there was no record."""
        return self.before.get(name) if self.before is not None else None

    def new(self, name: str) -> Any:
        """The value now; None where there is no record any more."""
        return self.after.get(name) if self.after is not None else None

    def either(self, name: str) -> list[Any]:
        """What the field named before and names now, without empty ones and repeats: the parents to look at."""
        return list(dict.fromkeys(value for value in (self.old(name), self.new(name)) if value is not None))


async def follow(work: Workspace, one: Object, written: Iterable[Written]) -> None:
    """Let the modules write what follows. Costs nothing for objects without consequences."""
    following = work.registry.consequences.get(one.name)
    if not following:
        return
    everything, done = work.as_system(), list(written)
    for consequence in following:
        await consequence.follow(everything, done)


async def follow_one(work: Workspace, before: Record | None, after: Record) -> None:
    """The same for one record; one in the bin counts as none."""
    if after.object.name in work.registry.consequences:
        old = None if before is None or before.is_deleted else before.values
        new = None if after.is_deleted else after.values
        await follow(work, after.object, (Written(after.id, old, new),))
