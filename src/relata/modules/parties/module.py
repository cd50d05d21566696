"""Parties: accounts, contacts, how they belong together, and lists of them."""

from __future__ import annotations

from pathlib import Path

from relata.engine.metadata.module import Module
from relata.modules.parties.access import ROLES
from relata.modules.parties.actions import ACTIONS, GUARDS, seed
from relata.modules.parties.contracts import MODULE_NAME
from relata.modules.parties.demo import demo
from relata.modules.parties.layouts import LAYOUTS
from relata.modules.parties.objects import OBJECTS

MODULE = Module(
    MODULE_NAME,
    "Accounts and contacts",
    "Companies and people, how they belong together, how they want to be reached, and lists of them.",
    depends=("people",),
    position=10,
    objects=OBJECTS,
    flows=str(Path(__file__).parent / "flows"),
    layouts=LAYOUTS,
    roles=ROLES,
    actions=ACTIONS,
    guards=GUARDS,
    seed=seed,
    demo=demo,
)
