"""One unit of work: a connection, an actor, a workspace, and what must still happen before and after the commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from relata.engine.access.actor import Actor
from relata.engine.metadata.layout import Layout
from relata.engine.query.request import Query
from relata.engine.storage.database import Connection
from relata.engine.workspace.context import WorkspaceContext
from relata.engine.workspace.record import Record


@dataclass
class Unit:
    """deltas: what roll-ups of parents gain or lose, by (parent object, parent id, roll-up field); written once, in the
    order of the parents' ids, before the commit. after_commit: run when the transaction has succeeded. kept: records of
    reference objects that were read already (see `Workspace.cached_get`); answers: those that were searched for.
    keeps: whether every such read may be answered from there, as while many rows are written. writes: the objects
    written, one entry a write. shown: how many records the actor was shown. drafts: layouts to be looked at before they
    are stored, by object."""

    connection: Connection
    actor: Actor
    context: WorkspaceContext
    principals: dict[UUID, int] = field(default_factory=dict)
    deltas: dict[tuple[str, UUID, str], list[Any]] = field(default_factory=dict)
    after_commit: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    kept: dict[tuple[str, UUID, str], Record] = field(default_factory=dict)
    answers: dict[Hashable, list[Record]] = field(default_factory=dict)
    keeps: bool = False
    writes: list[str] = field(default_factory=list)
    shown: int = 0
    #: Of which object which personal fields of which records, and of how many, went to the actor.
    reads: list[tuple[str, tuple[str, ...], list[UUID], int]] = field(default_factory=list)
    #: What was asked for, by whoever; see `field_reads`.
    asked: list[Query] = field(default_factory=list)
    drafts: dict[str, Layout] = field(default_factory=dict)
    #: What must hold when the unit ends, by a name that says what is checked.
    before_commit: dict[Hashable, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    #: What consequences keep until then, under the same name.
    notes: dict[Hashable, set[Any]] = field(default_factory=dict)
    #: Warnings that the actor has confirmed, and by record those in spite of which it is written.
    confirmed: frozenset[str] = frozenset()
    overlooked: dict[UUID, set[str]] = field(default_factory=dict)

    def note_write(self, object_name: str) -> None:
        """Remember that records of this object were written."""
        self.written.add(object_name)
        self.writes.append(object_name)

    async def principal(self, who: UUID | None) -> int | None:
        """The integer key of a person or team."""
        return None if who is None else await self.context.principal(self.connection, who, self.principals)
