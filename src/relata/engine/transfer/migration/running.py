"""A whole export on its way in: prepared, brought table by table in chunks of one transaction each, settled, compared.

Each row is known by its number, so that a run that was killed goes on by being run again, and a second run of the same
export writes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from relata.engine.files.store import FileStore
from relata.engine.transfer.migration import attached, conflicts, numbers
from relata.engine.transfer.migration.export import Export
from relata.engine.transfer.migration.making import make
from relata.engine.transfer.migration.planning import Options, Plan, Planned, plan
from relata.engine.transfer.migration.reconciling import TableReport, reconcile
from relata.engine.transfer.migration.writing import Told, settle_chunk, write_chunk
from relata.engine.workspace.administration import Administration
from relata.engine.workspace.door import Door, Who
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _

CHUNK_ROWS = 1000


class Watch:
    """Whoever looks on. `step` is called in the transaction of each chunk; what it raises ends the run there."""

    async def step(self, work: Workspace, planned: Planned, done: int, told: Told) -> None:
        """done: rows of this table so far, in the pass that is under way."""


@dataclass(slots=True)
class Moved:
    """What came of it. tables: by table, in their order. writes: what was told while writing, by table. made: objects,
    fields and options that were made."""

    plan: Plan
    tables: list[TableReport] = field(default_factory=list)
    writes: dict[str, Told] = field(default_factory=dict)
    made: int = 0
    files: dict[str, int] = field(default_factory=dict)

    @property
    def is_explained(self) -> bool:
        """Whether every difference between there and here has a reason."""
        return all(one.is_explained for one in self.tables)


async def move_in(
    door: Door, key: str, who: Who, export: Export, options: Options, *, run: UUID | None = None,
    watch: Watch | None = None, store: FileStore | None = None,
) -> Moved:  # fmt: skip
    """Bring an export into the workspace `key`. Raises Denied without the rights to import and to change objects. Rows
    are never an error, but in the report. store: where attached files go; without one they are left out."""
    await door.run(key, who, require, read_only=True)
    context = await door.context(key)
    made = await asyncio.to_thread(plan, context.registry, export, options)
    moved = Moved(made)
    moved.made = await make(Administration(door, key, who), made)
    source = made.source
    bringing = _Bringing(door, key, who, export, run, watch or Watch())
    await bringing.run(lambda work: numbers.follow_merges(work, source.name))
    for planned in made.tables:
        moved.writes[planned.table.name] = await bringing.everything(planned, write_chunk)
    for planned in made.tables:
        if planned.late or planned.closing:
            moved.writes[planned.table.name].add(await bringing.everything(planned, settle_chunk))
    if store is not None:
        moved.files = await attached.bring(door, key, who, export, store, bringing.actor_source)
    for planned in made.tables:
        told = moved.writes[planned.table.name]
        moved.tables.append(await reconcile(door, key, source, export, planned, told))
    return moved


async def require(work: Workspace) -> None:
    """Denied without the rights to import and to change objects."""
    if not work.actor.rights.permits("import_records") or not work.actor.rights.permits("manage_objects"):
        raise Denied(
            _("Who moves a company in must be allowed to import and to change objects."), code="denied_import",
            hint=_("Ask an administrator."),
        )  # fmt: skip


Write = Callable[..., Awaitable[Told]]


class _Bringing:
    def __init__(self, door: Door, key: str, who: Who, export: Export, run: UUID | None, watch: Watch) -> None:
        self._door, self._key, self._who, self._export = door, key, who, export
        self._run, self._watch = run, watch

    @property
    def actor_source(self) -> dict[str, Any]:
        """What the log says of every change: nobody is told, and no automation runs."""
        found: dict[str, Any] = {"system": self._export.source.name, "quiet": True}
        return found | ({"migration": str(self._run)} if self._run else {})

    async def run(self, attempt: Callable[[Workspace], Awaitable[Any]]) -> Any:
        """One transaction, with every right, in the name of the person."""

        async def within(work: Workspace) -> Any:
            everything = work.as_system()
            everything.unit.actor = everything.unit.actor.through("import", **self.actor_source)
            return await attempt(everything)

        return await self._door.run(self._key, self._who, within, via="import")

    async def everything(self, planned: Planned, write: Write) -> Told:
        """All rows of a table."""
        told, done = Told(), 0
        source, rows = self._export.source, self._export.keyed(planned.table)
        while chunk := await asyncio.to_thread(lambda: list(islice(rows, CHUNK_ROWS))):
            done += len(chunk)

            async def attempt(work: Workspace, chunk: Any = chunk, done: int = done) -> Told:
                await work.lock(f"move in {source.name}")
                part = await write(work, source, planned, chunk)
                await conflicts.keep(work, self._run, part.clashes)
                await self._watch.step(work, planned, done, part)
                return part

            told.add(await self.run(attempt))
        return told
