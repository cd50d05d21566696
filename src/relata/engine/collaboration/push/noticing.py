"""From the feed to jobs: one for each device that shows a notification of this kind."""

from __future__ import annotations

from collections.abc import Sequence

from relata.engine.history.delivery import Subscriber
from relata.engine.history.feed import Change
from relata.engine.jobs.queue import NewJob, Queue
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted

#: The task that wiring registers. Its args: schema, notification, device.
PUSH = "push_notification"

_WANTED = """
    select n.id, d.id from {schema}.notification n join {schema}.push_device d on d.owner = n.owner
    where n.id = any(%s) and n.deleted_at is null and n.read_at is null and n.due_at is null
        and d.deleted_at is null and n.kind = any(d.kinds)
"""


def noticing(queue: Queue) -> Subscriber:
    """The subscriber. What is held back by quiet hours comes along once it wakes."""

    async def enqueue(connection: Connection, schema: str, changes: Sequence[Change]) -> None:
        woken = [one.record for one in changes if one.object == "notification" and _is_to_be_shown(one)]
        if not woken:
            return
        rows = await connection.fetch(_WANTED.format(schema=quoted(schema)), (woken,))
        await queue.enqueue_many(
            connection,
            [NewJob(PUSH, {"schema": schema, "notification": one, "device": device}) for one, device in rows],
        )

    return enqueue


def _is_to_be_shown(change: Change) -> bool:
    return change.action == "created" or (change.action == "changed" and "due_at" in change.after)
