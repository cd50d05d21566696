"""Whether somebody wants to hear what happens with a record."""

from __future__ import annotations

from relata.engine.formula import Binary, Literal, Node, Path, all_of
from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

FOLLOW = "follow"


def can_follow(work: Workspace, record: Record) -> bool:
    """Whether there is something to follow with, and somebody who would."""
    return FOLLOW in work.registry.objects and record.object.name != FOLLOW and work.actor.user is not None


async def is_following(work: Workspace, record: Record) -> bool:
    """Whether the actor follows the record."""
    return can_follow(work, record) and bool(await work.find(FOLLOW, _mine(work, record), limit=1))


async def follow(work: Workspace, record: Record) -> None:
    """From now on; nothing happens where it is so already."""
    if not await is_following(work, record):
        await work.create(FOLLOW, {"about": AnyTarget(record.object.name, record.id), "reason": "chosen"})


async def unfollow(work: Workspace, record: Record) -> None:
    """No longer, however it came to be followed."""
    for found in await work.find(FOLLOW, _mine(work, record)):
        await work.delete(found)


def _mine(work: Workspace, record: Record) -> Node:
    return all_of(
        [
            Binary("=", Path(("about",)), Literal(str(record.id))),
            Binary("=", Path(("about", "object")), Literal(record.object.name)),
            Binary("=", Path(("owner",)), Literal(str(work.actor.user))),
        ]
    )
