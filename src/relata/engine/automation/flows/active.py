"""The flows that start by themselves, and as whom each of them runs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from relata.engine.access.actor import Actor
from relata.engine.access.narrowing import narrowed
from relata.engine.access.principals import groups_of
from relata.engine.access.rights import Rights
from relata.engine.automation.flows.definition import Body, decode
from relata.engine.automation.flows.objects import FLOW
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.workspace.actors import ActorCache, with_roles
from relata.engine.workspace.openings import Keys
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied
from relata.foundation.i18n import gettext as _

_KEPT: OrderedDict[UUID, Body] = OrderedDict()
_MOST_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Published:
    """A version that runs or ran. publisher: as whom."""

    flow: UUID
    version: UUID
    name: str
    publisher: UUID | None
    body: Body

    @property
    def inputs(self) -> Mapping[str, str]:
        """What its trigger brings along, by name, with its type."""
        found: Mapping[str, str] = getattr(self.body.trigger, "inputs", {})
        return found

    @property
    def button(self) -> str:
        """What the button that starts it says."""
        return getattr(self.body.trigger, "label", "") or self.name


_SQL = (
    "select v.flow, v.id, f.name, v.published_by, v.body from {schema}.flow_version v"
    " join {schema}.flow f on f.id = v.flow where {where}"
)
_ACTIVE = "v.state = 'active' and f.state = 'active' and v.deleted_at is null and f.deleted_at is null"


async def active_flows(connection: Connection, schema: str) -> list[Published]:
    """All that start by themselves at the moment, by name."""
    rows = await connection.fetch(_SQL.format(schema=quoted(schema), where=_ACTIVE) + " order by f.name, f.id")
    return [_published(row) for row in rows]


async def versions_of(connection: Connection, schema: str, versions: list[UUID]) -> dict[UUID, Published]:
    """These versions, whatever has become of them."""
    rows = await connection.fetch(_SQL.format(schema=quoted(schema), where="v.id = any(%s)"), (versions,))
    return {row[1]: _published(row) for row in rows}


def _published(row: tuple[Any, ...]) -> Published:
    flow, version, name, publisher, stored = row
    body = _KEPT.get(version)
    if body is None:
        body = _KEPT[version] = decode(stored)
        if len(_KEPT) > _MOST_KEPT:
            _KEPT.popitem(last=False)
    return Published(flow, version, name, publisher, body)


async def as_publisher(work: Workspace, actors: ActorCache, one: Published) -> Workspace | None:
    """The same transaction with what the flow may: what its publisher may at this moment, or less where the flow says
    so; None once they may not work here any more."""
    if one.publisher is None:
        return None
    try:
        actor = await actors.load(work.unit.connection, work.context, one.publisher, "automation")
    except Denied:
        return None
    if one.body.role:
        actor = _narrowed(actor, work, one.body.role)
    return Workspace(replace(work.unit, actor=actor))


def _narrowed(person: Actor, work: Workspace, role_name: str) -> Actor:
    """The person with no more than a role; one that is gone grants nothing."""
    context = work.context
    role = context.registry.roles.get(role_name)
    given = Rights(context.registry, [role] if role else [])
    joined = narrowed(person.rights, given, lambda *_: True, everything=True, label="flow")
    known = context.principals
    teams = [known[team] for team in (*person.teams, *groups_of(person.rights.roles)) if team in known]
    own = known.get(person.user) if person.user else None
    below = [known[team] for team in person.below if team in known]
    return with_roles(person, context, [joined], Keys(own, teams, below))


async def pause_orphan(work: Workspace, one: Published) -> None:
    """A flow whose publisher is gone starts nothing more, and says so. work: the system's."""
    record = await work.get(FLOW, one.flow, lock=True, deleted=None)
    if record["state"] == "active":
        because = _("Who published it may not work here any more. Let somebody else publish it.")
        await work.change(record, {"state": "paused", "paused_because": because})
