"""From a change of people, teams or the configuration to a job that makes the views anew."""

from __future__ import annotations

from collections.abc import Sequence

from relata.engine.history.delivery import Subscriber
from relata.engine.history.feed import Change
from relata.engine.jobs.queue import NewJob, Queue
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted

#: The task that wiring registers. Its args: schema.
REFRESH = "refresh_sql_access"


def noticing(queue: Queue) -> Subscriber:
    """The subscriber that enqueues one job for the changes of a batch, in workspaces that have an access."""

    async def enqueue(connection: Connection, schema: str, changes: Sequence[Change]) -> None:
        if not any(one.object in ("user", "team") or one.object.startswith("_") for one in changes):
            return
        if await connection.fetch(f"select 1 from {quoted(schema)}._sql_access where ended_at is null limit 1"):
            await queue.enqueue_many(connection, [NewJob(REFRESH, {"schema": schema}, key=f"{REFRESH}:{schema}")])

    return enqueue
