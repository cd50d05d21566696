"""Noting what people open, without a write while they wait: some seconds later, for everybody at once."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from uuid import UUID

from relata.engine.search.recent import Opened
from relata.engine.storage.database import Database
from relata.engine.workspace.workspace import Workspace

AFTER_SECONDS = 10.0
_log = logging.getLogger(__name__)


@dataclass
class Openings:
    """What this process noted. A pause between writing it down."""

    opened: Opened = field(default_factory=Opened)
    after_seconds: float = AFTER_SECONDS
    _task: asyncio.Task[None] | None = None

    def note(self, work: Workspace, database: Database, object_name: str, record: UUID) -> None:
        """The person at work has opened it."""
        if work.actor.user is None:
            return
        self.opened.note(work.context.schema, work.actor.user, object_name, record)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_later(database))

    async def _write_later(self, database: Database) -> None:
        await asyncio.sleep(self.after_seconds)
        try:
            await self.opened.write(database)
        except Exception:  # it is a convenience; what people do goes on without it
            _log.warning("What people opened last could not be noted.", exc_info=True)
