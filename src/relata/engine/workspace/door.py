"""Opening the door: which workspace, which actor, which transaction."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

import msgspec

from relata.engine.access.actor import Actor
from relata.engine.access.rights import Rights
from relata.engine.identity.alerts.usage import Kind, Tally
from relata.engine.metadata.module import Module
from relata.engine.metadata.overlay import Definition, apply
from relata.engine.secrets import workspace_keys
from relata.engine.secrets.ring import KeyRing
from relata.engine.storage.database import Connection, Database
from relata.engine.storage.failures import StaleMetadata
from relata.engine.storage.planner import quoted
from relata.engine.workspace import field_reads
from relata.engine.workspace.actors import ActorCache
from relata.engine.workspace.context import Settings, WorkspaceContext
from relata.engine.workspace.field_reads import FieldReads
from relata.engine.workspace.reads import ReadNotes
from relata.engine.workspace.unit import Unit
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import LimitReached, NotFound, RelataError
from relata.foundation.i18n import gettext as _

log = logging.getLogger(__name__)
T = TypeVar("T")
#: How long a process may not notice that another one changed the configuration. A statement that fails because of it
#: is repeated with the new one.
CHECK_SECONDS = 1.0


class ActorSource(Protocol):
    """Someone whose rights are looked up when the door opens, such as a `callers.Caller`."""

    async def actor(self, actors: ActorCache, connection: Connection, context: WorkspaceContext, via: str) -> Actor: ...


#: Who comes in: a person's id, a ready actor, one that is looked up, or None for the system.
Who = UUID | Actor | ActorSource | None


class Door:
    """All workspaces of one database, as this process knows them."""

    def __init__(self, database: Database, modules: Sequence[Module], ring: KeyRing) -> None:
        """ring: the master keys, under which each workspace's keys are kept."""
        self.database = database
        self.ring = ring
        self.modules = tuple(modules)
        self._contexts: dict[str, WorkspaceContext] = {}
        self._checked: dict[str, float] = {}
        self._keys: dict[UUID, str] = {}
        self.actors = ActorCache()
        self.tally = Tally()
        self.reads = ReadNotes()
        self.field_reads = FieldReads()

    async def context(self, key: str) -> WorkspaceContext:
        """The workspace called `key`; NotFound for none. Loaded again when its definitions changed."""
        known = self._contexts.get(key)
        if known is not None and time.monotonic() - self._checked[key] < CHECK_SECONDS:
            return known
        async with self.database.read() as connection:
            row = await connection.fetch_one(
                "select id, schema, settings, definitions, name from relata.workspace where key = %s", (key,)
            )
            if row is None:
                raise NotFound(_("There is no such workspace."), code="unknown_workspace")
            self._checked[key] = time.monotonic()
            if known is not None and known.registry.version == row[3]:
                return known
            settings = msgspec.convert({"name": row[4], **row[2]}, Settings)
            self._contexts[key] = await load_context(
                connection, self.modules, row[0], key, row[1], settings, row[3], self.ring
            )
        return self._contexts[key]

    async def key_of(self, workspace: UUID) -> str:
        """The key of the workspace with this id; NotFound for none."""
        known = self._keys.get(workspace)
        if known is None:
            async with self.database.read() as connection:
                row = await connection.fetch_one("select key from relata.workspace where id = %s", (workspace,))
            if row is None:
                raise NotFound(_("There is no such workspace."), code="unknown_workspace")
            known = self._keys[workspace] = row[0]
        return known

    def forget(self, key: str) -> None:
        """Load the workspace anew before the next unit of work."""
        self._contexts.pop(key, None)
        self.actors.clear()

    async def keys(self) -> list[str]:
        """All workspaces of this database."""
        async with self.database.read() as connection:
            return [key for (key,) in await connection.fetch("select key from relata.workspace order by key")]

    @contextlib.asynccontextmanager
    async def open(
        self, key: str, who: Who, *, via: str = "system", read_only: bool = False
    ) -> AsyncIterator[Workspace]:
        """A unit of work. who: see `Who`. read_only: each statement stands
        alone, nothing may be written, and a replica may answer. Leaving commits; an exception rolls everything back."""
        context = await self.context(key)
        opened = self.database.reading() if read_only else self.database.transaction()
        async with opened as connection:
            actor = await self.actor(connection, context, who, via)
            work = Workspace(Unit(connection, actor, context), trusted=actor.user is None)
            yield work
            await work.conclude()
        await self._after(work)

    async def run(
        self, key: str, who: Who, attempt: Callable[[Workspace], Awaitable[T]], *, via: str = "system",
        read_only: bool = False,
    ) -> T:  # fmt: skip
        """`attempt` in a unit of work of its own; once more where the configuration changed meanwhile or PostgreSQL
        broke a deadlock."""
        for remaining in (3, 2, 1, 0):
            try:
                async with self.open(key, who, via=via, read_only=read_only) as work:
                    return await attempt(work)
            except StaleMetadata:
                if not remaining:
                    raise
                self.forget(key)
            except LimitReached as error:
                if error.code != "try_again" or not remaining:
                    raise
        raise AssertionError("unreachable")

    async def renewed(self, work: Workspace) -> Workspace:
        """The same transaction and person, with the configuration as the transaction has left it so far. Whoever asks
        concludes it; what it leaves to be done after the commit is done with the rest."""
        connection, old = work.unit.connection, work.context
        row = await connection.fetch_one("select definitions from relata.workspace where id = %s", (old.id,))
        assert row is not None
        context = await load_context(
            connection, self.modules, old.id, old.key, old.schema, old.settings, row[0], self.ring
        )
        who = work.actor.user
        self.actors.clear()
        actor = await self.actor(connection, context, who, work.actor.via)
        self.actors.clear()
        unit = Unit(connection, actor, context, after_commit=work.unit.after_commit)
        return Workspace(unit, trusted=work.trusted)

    async def actor(self, connection: Connection, context: WorkspaceContext, who: Who, via: str) -> Actor:
        """Who comes in as an actor. Denied for someone who may not work here."""
        if isinstance(who, Actor):
            return who
        if who is None:
            return Actor.system(Rights(context.registry, (), system=True), via)
        if isinstance(who, UUID):
            return await self.actors.load(connection, context, who, via)
        return await who.actor(self.actors, connection, context, via)

    async def flush_reads(self) -> None:
        """Write down who read what since the last time; before the process ends, too."""
        await self.reads.flush(self.database)
        if asked := self.field_reads.due():
            async with self.database.transaction() as connection:
                await field_reads.keep(connection, asked)

    async def _after(self, work: Workspace) -> None:
        self.reads.take(work.unit)
        self.field_reads.take(work.unit)
        if self.reads.is_due or self.field_reads.is_due:
            try:
                await self.flush_reads()
            except RelataError as error:  # what was asked for is done; only the note of it is lost
                log.error("who read personal values could not be written down: %s", error.code)
        known = len(work.context.principals)
        work.context.principals.update(work.unit.principals)
        if (
            work.unit.written & {"user", "team"} or len(work.context.principals) > known
        ):  # who has a new key has new codes
            self.actors.clear()
        for act in work.unit.after_commit:
            await act()
        user = work.actor.user
        if user is not None and work.unit.shown:
            kind: Kind = "export" if work.actor.via == "export" else "read"
            self.tally.add(work.context.id, user, kind, work.unit.shown)
        if self.tally.is_due:
            await self.tally.flush(self.database)


async def load_context(
    connection: Connection,
    modules: Sequence[Module],
    workspace_id: UUID,
    key: str,
    schema: str,
    settings: Settings,
    version: int,
    ring: KeyRing,
) -> WorkspaceContext:
    """A workspace's registry from the modules and its own definitions."""
    rows = await connection.fetch(
        f"select kind, name, body from {quoted(schema)}._definition order by changed_at, kind, name"
    )
    definitions = tuple(Definition(*row) for row in rows)
    registry = apply(modules, definitions, version)
    numbers = {
        row[0]: int(row[1]) for row in await connection.fetch(f"select name, number from {quoted(schema)}._object")
    }
    principals = {
        row[0]: int(row[1]) for row in await connection.fetch(f"select id, key from {quoted(schema)}._principal")
    }
    keys = await workspace_keys.load(connection, schema, ring)
    return WorkspaceContext(
        workspace_id, key, schema, settings, registry, definitions,
        numbers, keys, principals=principals,
    )  # fmt: skip
