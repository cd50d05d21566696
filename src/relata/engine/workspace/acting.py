"""The same transaction in somebody else's name: what follows from what a person set up may do what they may."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from relata.engine.workspace.actors import ActorCache
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied


async def as_person(
    work: Workspace, person: UUID, *, via: str = "", actors: ActorCache | None = None
) -> Workspace | None:  # fmt: skip
    """What this person may, here; None for who may not work here. via: through what; as before where it is empty."""
    try:
        actor = await (actors or ActorCache()).load(
            work.unit.connection, work.context, person, via or work.actor.via
        )  # fmt: skip
    except Denied:
        return None
    return Workspace(replace(work.unit, actor=actor))
