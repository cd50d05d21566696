"""What programs show to come in: a person's API keys and the applications that they registered. Whoever leaves knows
their texts, so these stay behind: the one who gets them makes new ones, and until then they open nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from relata.engine.identity import keys
from relata.engine.identity.guards import MANAGE
from relata.engine.identity.oauth import applications
from relata.engine.workspace.permissions import require
from relata.engine.workspace.workspace import Workspace

KEYS, APPLICATIONS = "api_key", "oauth_application"
#: They name these in a handover, and the entries of the log.
CREDENTIALS = {KEYS: "_key", APPLICATIONS: "_application"}


async def credentials_of(work: Workspace, user: UUID) -> dict[str, int]:
    """How many of each that work; what there is none of is left out. Needs manage_users."""
    require(work, MANAGE)
    connection, workspace = work.unit.connection, work.context.id
    living = [
        one for one in await keys.list_of(connection, workspace, user)
        if one.revoked_at is None and (one.expires_at is None or one.expires_at > work.clock.now)
    ]  # fmt: skip
    counts = {KEYS: len(living), APPLICATIONS: len(await applications.list_of(connection, workspace, user))}
    return {name: count for name, count in counts.items() if count}


async def give(work: Workspace, name: str, user: UUID, to: UUID) -> list[str]:
    """All of one sort; their ids."""
    passing = {KEYS: keys.pass_on, APPLICATIONS: applications.pass_on}[name]
    found = await passing(work.unit.connection, work.context.id, user, to)
    for one in found:
        await work.log(CREDENTIALS[name], one, "configured", after={"user": to})
    return [str(one) for one in found]


async def give_back(work: Workspace, user: UUID, part: Mapping[str, Any]) -> None:
    """Keys of which nobody has made a text since, and applications that nobody gave away."""
    back = {KEYS: keys.pass_back, APPLICATIONS: applications.move}[part["key"]]
    found = [UUID(key) for key in part["ids"]]
    await back(work.unit.connection, work.context.id, found, UUID(part["to"]), user)
