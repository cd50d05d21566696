"""Working together as a module of the engine: what it declares."""

from __future__ import annotations

from relata.engine.collaboration.objects import COMMENT, FOLLOW, NOTIFICATION, SETTINGS
from relata.engine.collaboration.push.objects import DEVICE_OBJECT, GUARDS
from relata.engine.metadata.module import Module

MODULE = Module(
    "collaboration",
    "Working together",
    "Comments, follows and notifications.",
    essential=True,
    objects=(COMMENT, FOLLOW, NOTIFICATION, SETTINGS, DEVICE_OBJECT),
    guards=GUARDS,
)
