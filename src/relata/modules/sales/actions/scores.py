"""Leads and contacts have scores; what they are is logged with the record itself."""

from __future__ import annotations

from collections.abc import Sequence

from relata.engine.automation.scoring.fitting import keep_fit
from relata.engine.metadata.module import Consequence
from relata.engine.workspace.consequences import Written
from relata.engine.workspace.workspace import Workspace
from relata.modules.parties.contracts import CONTACT
from relata.modules.sales.contracts import LEAD


async def keep_lead(work: Workspace, written: Sequence[Written]) -> None:
    """What a lead is."""
    await keep_fit(work, work.registry.get(LEAD), written)


async def keep_contact(work: Workspace, written: Sequence[Written]) -> None:
    """What a contact is."""
    await keep_fit(work, work.registry.get(CONTACT), written)


KEEP_SCORES = (Consequence(LEAD, keep_lead), Consequence(CONTACT, keep_contact))
