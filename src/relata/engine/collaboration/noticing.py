"""From the feed to a job: of each batch of changes only those that somebody might be told of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from relata.engine.collaboration.notes import is_followable, is_news
from relata.engine.history.delivery import Subscriber
from relata.engine.history.feed import Change
from relata.engine.jobs.queue import NewJob, Queue
from relata.engine.metadata.registry import Registry
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted

#: The task that wiring registers. Its args: schema, and the numbers of the first and the last change.
TELL = "tell_people"

RegistryOf = Callable[[Connection, str], Awaitable[Registry]]


def noticing(queue: Queue, registry_of: RegistryOf) -> Subscriber:
    """The subscriber that enqueues one job for the changes of a batch that concern people; what was done quietly, as an
    import may be, concerns nobody."""

    async def enqueue(connection: Connection, schema: str, changes: Sequence[Change]) -> None:
        changes = [one for one in changes if not one.source.get("quiet")]
        objects = (await registry_of(connection, schema)).objects
        if "notification" not in objects:
            return
        feeds = [one.feed for one in changes if is_news(objects.get(one.object), one)]
        others = [one for one in changes if is_followable(objects.get(one.object), one)]
        if others:
            rows = await connection.fetch(
                f"select distinct about from {quoted(schema)}.follow where about = any(%s) and deleted_at is null",
                ([one.record for one in others],),
            )
            followed = {about for (about,) in rows}
            feeds += [one.feed for one in others if one.record in followed]
        if feeds:
            args = {"schema": schema, "first": min(feeds), "last": max(feeds)}
            await queue.enqueue_many(connection, [NewJob(TELL, args)])

    return enqueue
