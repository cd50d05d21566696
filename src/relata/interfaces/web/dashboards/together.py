"""Cards of one dashboard are asked for one by one, at the same time: what they share is planned once. The plan is kept
for some seconds, for the same person and what they filter by, and only until a report, a metric or a rate changes."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Hashable
from dataclasses import dataclass

from relata.engine.query.kept_answers import Mark, news
from relata.engine.reporting.dashboards.answers import planned
from relata.engine.reporting.scans import MADE_OF, Plan, Scans
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.interfaces.web.dashboards.asked import Asked

KEPT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Kept:
    since: float
    at: Mark
    plan: asyncio.Future[Plan | None]


class Together:
    """What was planned together a moment ago, in this process."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, _Kept] = {}

    async def scans(self, work: Workspace, found: Asked) -> Scans | None:
        """What the cards of this tab share."""
        late = time.monotonic() - KEPT_SECONDS
        self._kept = {key: one for key, one in self._kept.items() if one.since > late or not one.plan.done()}
        key = (
            work.context.schema, work.context.registry.version, work.actor.fingerprint, repr(work.actor.parameters()),
            work.actor.zone, found.board.key, found.board.version, found.tab, repr(found.chosen),
        )  # fmt: skip
        space = quoted(work.context.schema)
        while True:
            known = self._kept.get(key)
            since = await news(work.unit.connection, space, known.at if known is not None else None)
            if known is not None and not since.touches(MADE_OF):
                break
            if self._kept.get(key) is known:  # else somebody has begun meanwhile
                known = await self._begin(work, found, key, since.at)
                break
        plan = await asyncio.shield(known.plan)
        return Scans(plan) if plan is not None else None

    async def _begin(self, work: Workspace, found: Asked, key: Hashable, at: Mark) -> _Kept:
        """The plan of now, for those who ask meanwhile, too."""
        made = _Kept(time.monotonic(), at, asyncio.get_running_loop().create_future())
        self._kept[key] = made
        plan = None
        try:
            with contextlib.suppress(RelataError):
                plan = await planned(work, found.board.body.tabs[found.tab].cards, found.chosen)
        finally:
            made.plan.set_result(plan)
        return made
