"""Following: by one's own wish, or because one was mentioned, has commented, or was given the record."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from relata.engine.metadata.fields import AnyTarget
from relata.engine.storage.planner import quoted
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace


async def is_following(work: Workspace, record: Record) -> bool:
    """Whether the person at work follows the record."""
    return await _own(work, record) is not None


async def follow(work: Workspace, record: Record, reason: str = "chosen") -> None:
    """From now on. Whoever has got the record may follow it."""
    if await _own(work, record) is None:
        about = AnyTarget(record.object.name, record.id)
        await work.create("follow", {"owner": work.actor.user, "about": about, "reason": reason})


async def unfollow(work: Workspace, record: Record) -> None:
    """No longer."""
    found = await _own(work, record)
    if found is not None:
        await work.delete(found)


async def _own(work: Workspace, record: Record) -> Record | None:
    return await work.first("follow", owner=work.actor.user, about=record.id)


async def followers_of(work: Workspace, records: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Who follows each of these records, whatever they may see of it now."""
    rows = await work.unit.connection.fetch(
        f"select about, owner from {quoted(work.context.schema)}.follow"
        " where about = any(%s) and deleted_at is null and owner is not null order by created_at",
        (list(records),),
    )
    found: dict[UUID, list[UUID]] = {}
    for record, person in rows:
        found.setdefault(record, []).append(person)
    return found


async def follow_for(work: Workspace, person: UUID, about: AnyTarget, reason: str) -> None:
    """Let somebody follow a record, as a consequence of something. work: the system's."""
    known = (await followers_of(work, [about.id])).get(about.id, [])
    if person not in known:
        await work.create("follow", {"owner": person, "about": about, "reason": reason})
