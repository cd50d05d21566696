"""After the rules changed, everybody of the object is scored anew."""

from __future__ import annotations

from relata.engine.automation.scoring.rescoring import rescore, rescore_all
from relata.engine.history.feed import Change
from relata.engine.metadata.module import Reaction, Schedule
from relata.engine.workspace.workspace import Workspace


async def rescore_changed(work: Workspace, change: Change) -> None:
    """The object that the event names."""
    one = work.registry.objects.get(str(change.after.get("object")))
    if one is not None:
        await rescore(work, one)


REACTIONS = (Reaction("ScoringChanged", "rescore_changed", rescore_changed),)
SCHEDULES = (Schedule("rescore", "10 2 * * *", rescore_all, "Scores anew: points fade, and days pass."),)
