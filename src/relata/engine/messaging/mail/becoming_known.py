"""Somebody becomes known: their address is written into a record, and mail of theirs from before shows there, too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from relata.engine.history.delivery import Subscriber
from relata.engine.history.feed import Change, read_feed
from relata.engine.jobs.queue import NewJob, Queue
from relata.engine.messaging.mail.email_objects import EMAIL
from relata.engine.messaging.mail.filing import NOT_FILED, file
from relata.engine.messaging.mail.sharing_levels import wanted
from relata.engine.metadata.fields import AnyTarget, Emails
from relata.engine.metadata.object import Object
from relata.engine.metadata.registry import Registry
from relata.engine.storage.database import Connection
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace

#: The task that wiring registers. Its args: schema, and the numbers of the first and the last change.
FILE_KNOWN = "file_mail_of_known"
#: Mails of one batch of changes at most; who imports a whole company has them filed as they are opened up again.
_MOST = 5000

RegistryOf = Callable[[Connection, str], Awaitable[Registry]]


def noticing(queue: Queue, registry_of: RegistryOf) -> Subscriber:
    """The subscriber that enqueues one job for the changes of a batch that bring addresses, where there is mail."""

    async def enqueue(connection: Connection, schema: str, changes: Sequence[Change]) -> None:
        objects = (await registry_of(connection, schema)).objects
        feeds = [one.feed for one in changes if _brings_address(objects.get(one.object), one)]
        if not feeds or EMAIL not in objects:
            return
        if await connection.fetch_one(f"select 1 from {quoted(schema)}._mail_party limit 1"):
            args = {"schema": schema, "first": min(feeds), "last": max(feeds)}
            await queue.enqueue_many(connection, [NewJob(FILE_KNOWN, args)])

    return enqueue


def _brings_address(one: Object | None, change: Change) -> bool:
    if one is None or one.name in NOT_FILED or change.action not in ("created", "changed", "restored"):
        return False
    return any(name in change.after for name in _fields(one)) or (change.action == "restored" and bool(_fields(one)))


def _fields(one: Object) -> list[str]:
    return [field.name for field in one.fields if isinstance(field, Emails)]


async def file_known(work: Workspace, first: int, last: int) -> int:
    """File the mail of whom these changes made known; how many filings. work: the system's."""
    changes = await read_feed(work.unit.connection, work.context.schema, first - 1, last - first + 1)
    objects = work.registry.objects
    ids: dict[str, set[UUID]] = {}
    for change in changes:
        if _brings_address(objects.get(change.object), change):
            ids.setdefault(change.object, set()).add(change.record)
    found: dict[UUID, list[tuple[AnyTarget, str]]] = {}
    for name, records in ids.items():
        for field in _fields(objects[name]):
            for record, address, email in await _written(work, name, field, sorted(records)):
                found.setdefault(email, []).append((AnyTarget(name, record), address))
    mails = await work.get_many(EMAIL, sorted(found))
    return await file(work, await wanted(work, mails), also=found) if mails else 0


async def _written(work: Workspace, name: str, field: str, records: list[UUID]) -> list[tuple[UUID, str, UUID]]:
    """Mails with one of the addresses of these records, the second ones included."""
    space = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        f"select r.id, p.address, p.email from {space}.{quoted(name)} r"
        f" cross join lateral jsonb_array_elements(r.{quoted(field + '__all')}) as entry"
        f" join {space}._mail_party p on p.address = lower(entry ->> 'value')"
        f" where r.id = any(%s) and r.deleted_at is null limit {_MOST}",
        (records,),
    )
    return [(record, address, email) for record, address, email in rows]
