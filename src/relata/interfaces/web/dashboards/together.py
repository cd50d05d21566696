"""Cards of one dashboard are asked for one by one, at the same time: the first reads what several of them share, the
others wait for it. Kept for two seconds, for the same person, and only until something changes."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Hashable

from relata.engine.reporting.dashboards.answers import gathered
from relata.engine.reporting.scans import Scans, newest
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.interfaces.web.dashboards.asked import Asked

KEPT_SECONDS = 2.0


class Together:
    """What was read together a moment ago, in this process."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, asyncio.Future[Scans | None]]] = {}
        self._begun: dict[Hashable, float] = {}

    async def scans(self, work: Workspace, found: Asked) -> Scans | None:
        """What the cards of this tab share; None where it is better to ask alone, since things change all the time."""
        self._forget()
        who = (
            work.context.schema, work.actor.fingerprint, repr(work.actor.parameters()), work.actor.zone,
            found.board.key, found.board.version, found.tab, repr(found.chosen),
        )  # fmt: skip
        key = (*who, await newest(work))
        kept = self._kept.get(key)
        if kept is not None:
            return await asyncio.shield(kept[1])
        if who in self._begun:
            return None
        self._begun[who] = time.monotonic()
        waiting: asyncio.Future[Scans | None] = asyncio.get_running_loop().create_future()
        self._kept[key] = (time.monotonic(), waiting)
        scans = None
        try:
            with contextlib.suppress(RelataError):
                scans = await gathered(work, found.board.body.tabs[found.tab].cards, found.chosen)
        finally:
            waiting.set_result(scans)
            self._kept[key] = (time.monotonic(), waiting)
        return scans

    def _forget(self) -> None:
        late = time.monotonic() - KEPT_SECONDS
        self._kept = {key: one for key, one in self._kept.items() if one[0] > late or not one[1].done()}
        self._begun = {key: at for key, at in self._begun.items() if at > late}
