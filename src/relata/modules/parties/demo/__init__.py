"""Larkfield, the demo company: it makes espresso machines for offices. Here are its people and its customers.

Everything is made through the door, the same at each run (`random.Random` with a fixed seed), and once.
"""

from __future__ import annotations

from random import Random

from relata.engine.workspace.workspace import Workspace
from relata.modules.parties.contracts import ACCOUNT
from relata.modules.parties.demo import customers, groups, staff

SEED = 20


async def demo(work: Workspace) -> None:
    """Four teams, twelve people, forty accounts with their contacts, ties between them, two lists and a segment."""
    if await work.first(ACCOUNT, name=customers.COMPANIES[0].name):
        return
    random = Random(SEED)
    people = await staff.make(work)
    accounts = await customers.make_accounts(work, random, people)
    contacts = await customers.make_contacts(work, random, accounts)
    await groups.make(work, accounts, contacts)
