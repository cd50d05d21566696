"""Totals of very long lists, remembered for a minute: counting a million contacts keeps the processors busy for a
second, and whoever goes from page to page waited for it with every click (0.6 to 6 s instead of 0.2, measured)."""

from __future__ import annotations

import time

from relata.engine.formula import Node
from relata.engine.metadata.object import Object
from relata.engine.ui.listing import ListState, total
from relata.engine.workspace.workspace import Workspace

#: Shorter lists are counted each time. So late may the total of a longer one be.
MANY, REMEMBERED_SECONDS = 100_000, 60.0


class _Known:
    """What was counted last, and when."""

    __slots__ = ("at", "count")

    def __init__(self) -> None:
        self.count, self.at = 0, float("-inf")


async def long_total(work: Workspace, one: Object, state: ListState, fixed: Node | None = None) -> int:
    """`listing.total` as it was at most a minute ago, where it is above `MANY`."""
    who = work.actor
    key = ("total", one.name, who.user, who.teams, who.fingerprint, state.where, state.deleted, fixed)
    known: _Known = work.context.ground.reaches.get(key, _Known)
    if known.count <= MANY or time.monotonic() - known.at > REMEMBERED_SECONDS:
        known.count, known.at = await total(work, one, state, fixed), time.monotonic()
    return known.count
