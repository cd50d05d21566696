"""Everything that is somebody's, by object and field, with counts: as far as the asker may see it, and how much lies
beyond that."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from relata.engine.formula import parse
from relata.engine.identity import keys, memberships, sessions
from relata.engine.identity.guards import MANAGE
from relata.engine.identity.oauth import grants
from relata.engine.metadata.fields import User
from relata.engine.metadata.object import Object
from relata.engine.query.request import Aggregate
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace

_WEBHOOK = "webhook"
_BY_THE_SYSTEM = ("created_by", "changed_by")


@dataclass(frozen=True, slots=True)
class Holding:
    """Records that name the person in one field. count: those that the asker may see; beyond: the others. can_move:
    whether the asker may change such records at all."""

    object: Object
    field: str
    count: int
    beyond: int
    can_move: bool

    @property
    def key(self) -> str:
        """Names it in a form."""
        return f"{self.object.name}.{self.field}"


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends with the person, or stays theirs and means nothing any more. webhooks: that tell what the person may
    see; nothing is told until somebody takes them over, having seen where they lead."""

    sessions: int
    keys: int
    applications: int
    follows: int
    shares: int
    webhooks: int


async def holdings_of(work: Workspace, user: UUID) -> list[Holding]:
    """What can be handed over, the most first. Needs manage_users."""
    require(work, MANAGE)
    found = []
    for one, field in fields_of_people(work):
        everything = await _count(work.as_system(), one, field, user)
        if everything:
            level = work.actor.rights.level(one, "read")
            seen = await _count(work, one, field, user) if level else 0
            can_move = bool(work.actor.rights.level(one, "change")) and seen > 0
            found.append(Holding(one, field, seen, everything - seen, can_move))
    return sorted(found, key=lambda one: (-one.count, one.key))


async def ending_of(work: Workspace, user: UUID) -> Ending:
    """What ends when the person is shut out."""
    require(work, MANAGE)
    connection, workspace = work.unit.connection, work.context.id
    account = await memberships.account_of(connection, workspace, user)
    shares = await connection.fetch_one(
        f"select count(*) from {quoted(work.context.schema)}._share where principal = %s and way <> 2", (user,)
    )
    living = [one for one in await keys.list_of(connection, workspace, user) if one.revoked_at is None]
    return Ending(
        sessions=len(await sessions.list_of(connection, account)) if account else 0,
        keys=len(living),
        applications=len(await grants.list_of(connection, workspace, user)),
        follows=await work.as_system().count("follow", owner=user),
        shares=int(shares[0]) if shares else 0,
        webhooks=await _webhooks(work, user),
    )


async def _webhooks(work: Workspace, user: UUID) -> int:
    if _WEBHOOK not in work.registry.objects:
        return 0
    return await work.as_system().count(_WEBHOOK, subscriber=user, state="active")


def fields_of_people(work: Workspace) -> list[tuple[Object, str]]:
    """Each object and field by which a record is somebody's."""
    return [
        (one, field.name)
        for one in work.registry.objects.values()
        if one.everyone is None and not one.personal
        for field in one.all_fields.values()
        if isinstance(field, User) and field.name not in _BY_THE_SYSTEM and not field.read_only
        and not getattr(field, "many", False)
    ]  # fmt: skip


def theirs(field: str, user: UUID) -> str:
    """The condition of a list of what is theirs."""
    return f'{field} = "{user}"'


async def _count(work: Workspace, one: Object, field: str, user: UUID) -> int:
    found = await work.aggregate(Aggregate(one.name, where=parse(theirs(field, user))))
    return int(found.rows[0]["count"])
