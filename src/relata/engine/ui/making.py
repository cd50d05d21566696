"""Whether a screen offers to make a record."""

from __future__ import annotations

from relata.engine.metadata.object import Object
from relata.engine.workspace.workspace import Workspace


def may_make(work: Workspace, one: Object) -> bool:
    """Of this object, by this person. What only happens is not made by hand."""
    return one.by_hand and bool(work.actor.rights.level(one, "create"))
