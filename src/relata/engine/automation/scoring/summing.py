"""A score is what its log adds up to: whatever changes the log, the score follows before the commit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from relata.engine.automation.scoring.fitting import log_fit
from relata.engine.automation.scoring.names import ENTRY
from relata.engine.automation.scoring.rules import BEHAVIOUR, SCORE, is_scored
from relata.engine.metadata.fields import AnyTarget
from relata.engine.metadata.module import Consequence
from relata.engine.query.request import Aggregate, Group, Measure
from relata.engine.workspace.consequences import Written
from relata.engine.workspace.workspace import Workspace, condition


async def keep_sum(work: Workspace, written: Sequence[Written]) -> None:
    """Entries of behaviour, and those that another record got, as merging does; fit is in the score already."""
    for one in written:
        is_moved = one.before is not None and one.changed("about")
        if is_moved or "behaviour" in one.either("kind"):
            for about in one.either("about"):
                work.before_commit(("score", about), partial(_sum, work, about, is_moved))


async def _sum(work: Workspace, about: AnyTarget, is_moved: bool) -> None:
    one = work.registry.objects.get(about.object)
    if one is None or not is_scored(one):
        return
    found = await work.get_many(one.name, [about.id], lock=True)
    if not found:
        return  # it went to the bin with its log
    if is_moved:
        await log_fit(work, one, {about.id: found[0].values})
    total = await total_of(work, about, "behaviour")
    await work.change(found[0], {BEHAVIOUR: total, SCORE: (found[0][SCORE] or 0) + total - (found[0][BEHAVIOUR] or 0)})


async def total_of(work: Workspace, about: AnyTarget, kind: str) -> int:
    """What the entries of one kind add up to."""
    where = condition(None, {"about": about.id, "kind": kind})
    asked = Aggregate(ENTRY, (Measure("sum", "points"),), (Group("kind"),), where=where)
    return sum(int(row["sum_points"] or 0) for row in (await work.aggregate(asked)).rows)


CONSEQUENCES = (Consequence(ENTRY, keep_sum),)
