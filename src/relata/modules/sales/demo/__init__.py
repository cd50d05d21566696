"""What Larkfield is selling: sixty leads, 120 deals over a year, and what was done about them."""

from __future__ import annotations

from random import Random

from relata.engine.workspace.workspace import Workspace
from relata.modules.parties.contracts import ACCOUNT
from relata.modules.sales.contracts import LEAD
from relata.modules.sales.demo import activity, capturing, deals, leads, plans, playbook, rivals

SEED = 22


async def demo(work: Workspace) -> None:
    """Deals about the accounts that parties' demo made; nothing without them, and once."""
    accounts = await work.find(ACCOUNT, order="number", limit=500)
    if not accounts or await work.first(LEAD):
        return
    random = Random(SEED)
    await leads.make(work, random, accounts)
    opportunities = await deals.make(work, random, accounts, await rivals.make(work))
    await activity.make(work, random, opportunities)
    await work.conclude()
    await playbook.make(work, random, opportunities)
    await work.conclude()
    await plans.make(work, random, opportunities)
    await capturing.make(work)
