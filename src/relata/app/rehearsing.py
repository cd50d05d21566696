"""Rehearsal workspaces wired up: made by the command, or by a worker for whom asked for one on the screen."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from relata.app.assembly import House
from relata.app.migrations import MIGRATIONS
from relata.app.preparing import require_current, within
from relata.app.settings import Settings
from relata.engine.collaboration.preferences import Preferences
from relata.engine.collaboration.telling import tell
from relata.engine.jobs.queue import Job, Queue
from relata.engine.transfer.rehearsal.making import REHEARSE, make_rehearsal
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.i18n import gettext as _


def rehearse(settings: Settings, url: str, key: str) -> dict[str, Any]:
    """What was made of the workspace `key`; all its administrators may come in."""

    async def make(house: House) -> dict[str, Any]:
        await require_current(house)
        return asdict(await make_rehearsal(house.door, MIGRATIONS, key, None))

    return within(settings, url, make)


def register(house: House, queue: Queue) -> None:
    """Give the queue the task."""

    @queue.task(REHEARSE)
    async def make(job: Job) -> None:
        key, person = str(job.args["workspace"]), UUID(str(job.args["person"]))
        await make_rehearsal(house.door, MIGRATIONS, key, person)

        async def say(work: Workspace) -> None:
            await tell(work, _on_screen, person, _("The rehearsal workspace is ready."))

        await house.door.run(key, None, say, via="automation")


async def _on_screen(work: Workspace, wish: Preferences, item: Record) -> None:
    """Nobody needs a mail of it."""
