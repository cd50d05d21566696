"""How a workspace is doing: its jobs, and those that gave up. Needs see_audit; mending needs manage_objects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from relata.engine.jobs.dead_letters import DeadLetter, dead_letters, discard_dead, retry_dead
from relata.engine.storage.planner import quoted
from relata.engine.workspace.permissions import require
from relata.foundation.errors import NotFound
from relata.foundation.i18n import gettext as _

if TYPE_CHECKING:
    from relata.engine.workspace.workspace import Workspace

LISTED = 200


@dataclass(frozen=True, slots=True)
class Health:
    """jobs: how many by state (todo, doing, succeeded, failed). undelivered: changes that nobody was told of yet."""

    jobs: dict[str, int]
    undelivered: int
    failed: tuple[DeadLetter, ...]
    waiting_since: datetime | None = None
    database: Database | None = None


@dataclass(frozen=True, slots=True)
class Database:
    """How the database is doing. size, workspace: bytes, of all and of this workspace. hits: how much of what is read
    comes from memory, 0-100, None where nothing was read. longest: seconds of the oldest open transaction. slow: the
    statements that took longest on average, with milliseconds and calls; empty where the server does not count them."""

    version: str
    size: int
    workspace: int
    connections: int
    most_connections: int
    hits: float | None
    longest: float
    slow: tuple[tuple[str, float, int], ...]


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
    oldest = await connection.fetch_one(
        "select min(e.at) from public.procrastinate_jobs j join public.procrastinate_events e on e.job_id = j.id"
        " where j.status = 'todo' and (j.scheduled_at is null or j.scheduled_at < now()) and j.args ->> 'schema' = %s",
        (schema,),
    )
    return Health(
        {status: int(count) for status, count in rows}, int(waiting[0]) if waiting else 0, failed,
        oldest[0] if oldest else None, await _database(work),
    )  # fmt: skip


async def _database(work: Workspace) -> Database:
    connection = work.unit.connection
    row = await connection.fetch_one(
        "select current_setting('server_version'), pg_database_size(current_database()),"
        " (select coalesce(sum(pg_total_relation_size(c.oid)), 0) from pg_class c"
        " where c.relnamespace = %s::regnamespace and c.relkind = 'r'),"
        " (select count(*) from pg_stat_activity where datname = current_database()),"
        " current_setting('max_connections')::int,"
        " (select 100.0 * blks_hit / nullif(blks_hit + blks_read, 0) from pg_stat_database"
        " where datname = current_database()),"
        " (select coalesce(extract(epoch from max(now() - xact_start)), 0) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null)",
        (quoted(work.context.schema),),
    )
    assert row is not None
    version, size, own, connections, most, hits, longest = row
    return Database(
        version.split(" ")[0], int(size), int(own), int(connections), most, None if hits is None else float(hits),
        float(longest), await _slow(work),
    )  # fmt: skip


async def _slow(work: Workspace) -> tuple[tuple[str, float, int], ...]:
    """Only what the server counts by itself, for who administers everything: statements are without values."""
    known = await work.unit.connection.fetch_one("select to_regclass('public.pg_stat_statements')::text")
    if known is None or known[0] is None or not work.actor.rights.permits("manage_objects"):
        return ()
    rows = await work.unit.connection.fetch(
        "select left(query, 160), mean_exec_time, calls from public.pg_stat_statements s"
        " where dbid = (select oid from pg_database where datname = current_database())"
        " order by mean_exec_time desc limit 10"
    )
    return tuple((query, float(mean), int(calls)) for query, mean, calls in rows)


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
        raise NotFound(_("This job is no longer among the failed ones."), hint=_("Reload the list."))
