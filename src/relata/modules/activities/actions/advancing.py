"""Series move on: when one is over, the next one is the next."""

from __future__ import annotations

from dataclasses import replace

from relata.engine.workspace.workspace import Workspace
from relata.modules.activities.contracts import MEETING
from relata.modules.activities.rules import series

_MOST = 500


async def advance_series(work: Workspace) -> None:
    """Quietly: nobody is told that time passes. Meetings from before there was a next one get theirs."""
    quiet = Workspace(replace(work.unit, actor=work.actor.through("automation", quiet=True)), trusted=True)
    over = await quiet.find(
        MEETING, 'rule != null and status = "planned" and next_at < now()', order="next_at", limit=_MOST
    )
    old = await quiet.find(MEETING, "next_at = null", order="-starts_at", limit=_MOST)
    for one in (*over, *old):
        next_at = series.next_start(one, work.clock.now)
        if next_at != one["next_at"]:
            await quiet.change(one, {"next_at": next_at})
