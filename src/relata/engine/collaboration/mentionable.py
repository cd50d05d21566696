"""Whom one may mention: people by name, those who can see the record first, so that nobody is called for nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from relata.engine.formula import all_of, parse
from relata.engine.formula.tree import Binary, Literal, Path
from relata.engine.workspace.actors import ActorCache
from relata.engine.workspace.record import Record
from relata.engine.workspace.titles import titles_of
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied

_ASKED, _SHOWN = 25, 8


@dataclass(frozen=True, slots=True)
class Mentionable:
    """One person. can_see: whether they see the record."""

    id: UUID
    name: str
    can_see: bool


async def mentionable(work: Workspace, actors: ActorCache, record: Record | None, words: str) -> list[Mentionable]:
    """Up to eight active people whose name contains `words`."""
    parts = [parse('status = "active" and is_external = false')]
    if words.strip():
        parts.append(Binary("contains", Path(("name",)), Literal(words.strip()[:80])))
    people = await work.find("user", all_of(parts), order="name", limit=_ASKED)
    found = [
        Mentionable(one.id, one["name"], record is None or await _sees(work, actors, one.id, record)) for one in people
    ]
    return sorted(found, key=lambda one: not one.can_see)[:_SHOWN]


async def _sees(work: Workspace, actors: ActorCache, person: UUID, record: Record) -> bool:
    try:
        actor = await actors.load(work.unit.connection, work.context, person, "mention")
    except Denied:
        return False
    unit = replace(work.unit, actor=actor)
    return bool(await titles_of(unit, {record.object.name: [record.id]}))
