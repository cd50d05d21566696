"""What leaves the house because of an interactive bulk change waits until whoever made it had time to take it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from relata.engine.history.feed import Change
from relata.engine.transfer.bulk.objects import BULK_CHANGE
from relata.engine.workspace.workspace import Workspace

#: After the end of the bulk change.
WINDOW = timedelta(seconds=60)


def bulk_of(change: Change) -> str:
    """The bulk change that this one is part of; "" for none, also where a flow followed from one."""
    found = change.source.get("bulk")
    return found if isinstance(found, str) and change.via == "bulk" else ""


async def held_until(work: Workspace, bulk: UUID) -> datetime | None:
    """When what a bulk change started may have effects outside; None for now. What can't be taken back, such as an
    action on many, is not waited for. work: any."""
    record = next(iter(await work.as_system().get_many(BULK_CHANGE, [bulk])), None)
    if record is None or not record["is_undoable"]:
        return None
    now = datetime.now(UTC)
    ended = record["finished_at"]
    if ended is None:
        return now + WINDOW if record["status"] in ("running", "paused") else None
    until: datetime = ended + WINDOW
    return until if until > now else None


async def was_taken_back(work: Workspace, bulk: UUID) -> bool:
    """Whether somebody has undone the bulk change."""
    return bool(await work.as_system().count(BULK_CHANGE, undoes=bulk))
