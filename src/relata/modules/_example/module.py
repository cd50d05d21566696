"""The example module: what it is called, what it depends on, what it consists of."""

from __future__ import annotations

from relata.engine.metadata.module import Module
from relata.modules._example.access import PERMISSIONS, ROLES
from relata.modules._example.actions import ACTIONS, GUARDS
from relata.modules._example.contracts import MODULE_NAME
from relata.modules._example.demo import demo
from relata.modules._example.extensions import EXTENSIONS
from relata.modules._example.jobs import SCHEDULES
from relata.modules._example.layouts import LAYOUTS
from relata.modules._example.objects import OBJECTS
from relata.modules._example.reactions import REACTIONS

MODULE = Module(
    MODULE_NAME,
    "Example",
    "The smallest complete module, to copy from.",
    depends=("people", "parties", "activities"),
    objects=OBJECTS,
    extensions=EXTENSIONS,
    layouts=LAYOUTS,
    roles=ROLES,
    permissions=PERMISSIONS,
    actions=ACTIONS,
    guards=GUARDS,
    reactions=REACTIONS,
    schedules=SCHEDULES,
    demo=demo,
)
