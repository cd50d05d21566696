"""The predicate of `predicate.py` over a row that is at hand, for one change and a thousand people who may see it.

A property test holds the two together: whoever changes one of them changes the other.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from relata.engine.access.actor import Actor
from relata.engine.access.levels import Level
from relata.engine.metadata.object import Object


def codes_for(actor: Actor, one: Object) -> frozenset[int]:
    """The codes that open rows of this object to the person."""
    return frozenset(actor.inherited.get(one.name, actor.codes))


def reads(
    actor: Actor, one: Object, owner: UUID | None, team: UUID | None, readers: Collection[int], codes: frozenset[int]
) -> bool:
    """Whether the person may read the row with this owner, team and these readers. codes: from `codes_for`."""
    if actor.rights.level(one, "read") is Level.NONE:
        return False
    return actor.reaches(one, "read", owner, team) or not codes.isdisjoint(readers)
