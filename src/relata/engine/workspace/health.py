"""How a workspace is doing: its jobs, and those that gave up. Needs see_audit; mending needs manage_objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relata.engine.jobs.dead_letters import DeadLetter, dead_letters, discard_dead, retry_dead
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.foundation.errors import NotFound

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

LISTED = 200


@dataclass(frozen=True, slots=True)
class Health:
    """jobs: how many by state (todo, doing, succeeded, failed). undelivered: changes that nobody was told of yet."""

    jobs: dict[str, int]
    undelivered: int
    failed: tuple[DeadLetter, ...]


async def health(work: Workspace) -> Health:
    """The state of the workspace's background work."""
    require(work, "see_audit")
    connection, schema = work.unit.connection, work.context.schema
    rows = await connection.fetch(
        "select status::text, count(*) from public.procrastinate_jobs where args ->> 'schema' = %s group by status",
        (schema,),
    )
    waiting = await connection.fetch_one(f"select count(*) from {quoted(schema)}._change where feed is null")
    failed = tuple(one for one in await dead_letters(connection, limit=LISTED) if one.args.get("schema") == schema)
    return Health({status: int(count) for status, count in rows}, int(waiting[0]) if waiting else 0, failed)


async def retry(work: Workspace, job: int) -> None:
    """Once more with a job of this workspace that gave up."""
    await _mine(work, job)
    await retry_dead(work.unit.connection, job)


async def discard(work: Workspace, job: int) -> None:
    """Give a job of this workspace up for good."""
    await _mine(work, job)
    await discard_dead(work.unit.connection, job)


async def _mine(work: Workspace, job: int) -> None:
    require(work, "manage_objects")
    row = await work.unit.connection.fetch_one(
        "select 1 from public.procrastinate_jobs where id = %s and args ->> 'schema' = %s", (job, work.context.schema)
    )
    if row is None:
        raise NotFound("This job is no longer among the failed ones.", hint="Reload the list.")
