"""What is somebody's own and goes on working without them: views, dashboards, reports, mailboxes, templates, and flows
that run as them. Their owners alone may change these, so they go at once, by the system, and come back the same way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from relata.engine.identity.guards import MANAGE, check_roles
from relata.engine.metadata.object import Object
from relata.engine.workspace.permissions import require
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace

#: Objects of persons whose records others need; follows, desks, drafts and absences are nobody else's.
OWN = (
    "view", "dashboard", "report", "report_schedule", "report_series", "metric_alert", "mailbox", "mail_template",
)  # fmt: skip
#: A flow runs with the rights of who published it: this names them in a handover.
FLOW_RUNS = "flow_version"


async def own_things(work: Workspace, user: UUID) -> list[tuple[Object, int]]:
    """Each object with how many are theirs. Needs manage_users."""
    require(work, MANAGE)
    everything, found = work.as_system(), []
    for name in (*OWN, FLOW_RUNS):
        if name in work.registry.objects and (count := await everything.count(name, **_theirs(name, user))):
            found.append((work.registry.get(name), count))
    return found


async def give(work: Workspace, name: str, user: UUID, to: UUID) -> list[str]:
    """All of one object; their ids. Who gives flows away needs every right that these have then."""
    everything, field = work.as_system(), _field(name)
    if name == FLOW_RUNS:
        check_roles(work, (await everything.get("user", to))["roles"] or (), ())
    found: list[Record] = await everything.find(name, **_theirs(name, user))
    for one in found:
        await everything.change(one, {field: to})
    return [str(one.id) for one in found]


async def give_back(work: Workspace, user: UUID, part: Mapping[str, Any]) -> None:
    """Those that nobody gave to somebody else since."""
    everything, field = work.as_system(), _field(part["key"])
    for one in await everything.get_many(part["key"], [UUID(key) for key in part["ids"]]):
        if str(one[field]) == part["to"]:
            await everything.change(one, {field: user})


def _field(name: str) -> str:
    return "published_by" if name == FLOW_RUNS else "owner"


def _theirs(name: str, user: UUID) -> dict[str, Any]:
    return {"published_by": user, "state": "active"} if name == FLOW_RUNS else {"owner": user}
