"""Catalog: products and price books."""

from __future__ import annotations

from relata.engine.metadata.module import Module
from relata.modules.catalog.access import ROLES
from relata.modules.catalog.actions import ACTIONS, GUARDS
from relata.modules.catalog.contracts import MODULE_NAME
from relata.modules.catalog.demo import demo
from relata.modules.catalog.layouts import LAYOUTS
from relata.modules.catalog.objects import OBJECTS

MODULE = Module(
    MODULE_NAME,
    "Catalog",
    "What we sell, and what it costs for whom.",
    depends=("people",),
    position=40,
    objects=OBJECTS,
    layouts=LAYOUTS,
    roles=ROLES,
    actions=ACTIONS,
    guards=GUARDS,
    demo=demo,
)
