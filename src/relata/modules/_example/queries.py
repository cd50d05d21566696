"""Reads beyond the generic ones."""

from __future__ import annotations

from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.modules._example.contracts import GADGET


async def overdue(work: Workspace) -> list[Record]:
    """Gadgets that should be back, the longest due first."""
    return await work.find(GADGET, "is_overdue = true", order="due_on")
