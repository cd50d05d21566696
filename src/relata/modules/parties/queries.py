"""Reads beyond the generic ones: who stands above an account, what a segment holds."""

from __future__ import annotations

from uuid import UUID

from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import NotFound
from relata.modules.parties.contracts import ACCOUNT

#: No company is nested deeper; it also ends a walk through data that already has a circle.
DEEPEST = 30


async def ancestors(work: Workspace, parent: UUID | None) -> list[UUID]:
    """The parent, its parent and so on, at most 30, as far as the actor may see."""
    found: list[UUID] = []
    while parent is not None and len(found) < DEEPEST:
        found.append(parent)
        try:
            parent = (await work.get(ACCOUNT, parent))["parent"]
        except NotFound:
            break
    return found


async def segment_size(work: Workspace, segment: Record) -> int:
    """How many records that the actor may see meet the segment's expression now."""
    return await work.count(segment["holds"], segment["expression"])
