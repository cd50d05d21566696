"""From changes to jobs: one for each reaction to each change, enqueued in the dispatcher's transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from relata.engine.history.delivery import Subscriber
from relata.engine.history.feed import Change
from relata.engine.jobs.queue import NewJob, Queue
from relata.engine.metadata.registry import Registry
from relata.engine.storage.database import Connection

#: The task that wiring registers. Its args: schema, feed (the change's number), reaction (its name).
REACT = "react"

RegistryOf = Callable[[Connection, str], Awaitable[Registry]]


def event_of(change: Change) -> str:
    """What reactions call it: `account.created`, or the name under `event` in the row of an announcement."""
    if change.action == "announced":
        return str(change.after.get("event", ""))
    return f"{change.object}.{change.action}"


def reacting(queue: Queue, registry_of: RegistryOf) -> Subscriber:
    """The subscriber that enqueues the reactions of a workspace's modules. registry_of: the registry of a schema. What
    was done quietly, as an import may be, has none."""

    async def enqueue(connection: Connection, schema: str, changes: Sequence[Change]) -> None:
        wanted: dict[str, list[str]] = {}
        for reaction in (await registry_of(connection, schema)).reactions:
            wanted.setdefault(reaction.event, []).append(reaction.name)
        jobs = [
            NewJob(REACT, {"schema": schema, "feed": change.feed, "reaction": name})
            for change in changes
            if not change.source.get("quiet")
            for name in wanted.get(event_of(change), ())
        ]
        await queue.enqueue_many(connection, jobs)

    return enqueue
