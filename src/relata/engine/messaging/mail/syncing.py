"""A mailbox is brought up to date, and says in words when that does not work.

A pass reads for a limited time and leaves the rest to the next, so that a mailbox of 100,000 messages keeps nobody
waiting; whatever was read is kept, so a pass that is killed goes on where it was.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

from relata.engine.messaging.mail import folders, leases
from relata.engine.messaging.mail.ground import MailGround
from relata.engine.messaging.mail.mailbox_objects import MAILBOX
from relata.engine.messaging.mail.reading import OutOfTime, Pass, read_folder
from relata.engine.messaging.mail.renewing import renewed
from relata.engine.messaging.mail.servers import REFUSED, THROTTLED, account_of
from relata.engine.metadata.fields import AnyTarget
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Denied, Invalid, NotFound, RelataError, Unavailable
from relata.foundation.i18n import gettext as _
from relata.foundation.ids import new_id

#: The task; its arguments are the workspace's key and the mailbox.
SYNC = "sync_mailbox"
#: Seconds of one pass.
PASS_SECONDS = 20.0
#: A server may be away for so many looks before anybody is told.
PATIENCE = 3
_PAUSES = (60, 120, 300, 900, 1800, 3600)


async def sync(ground: MailGround, key: str, mailbox: UUID, *, seconds: float = PASS_SECONDS) -> bool:
    """One pass; whether there is more to read. Never raises for what a server does: the mailbox tells."""
    lease = new_id()
    context = await ground.door.context(key)
    async with ground.door.database.transaction() as connection:
        if not await leases.take(connection, context.schema, mailbox, lease):
            return False
    try:
        return await _sync(ground, key, mailbox, lease, seconds)
    finally:
        async with ground.door.database.transaction() as connection:
            await leases.give_back(connection, context.schema, mailbox, lease)


async def _sync(ground: MailGround, key: str, mailbox: UUID, lease: UUID, seconds: float) -> bool:
    try:
        record = await ground.door.run(key, None, lambda work: work.get(MAILBOX, mailbox), read_only=True)
    except NotFound:
        return False
    if record["state"] == "off":
        return False
    is_first = record["state"] in ("new", "syncing")
    one = Pass(ground, key, record, time.monotonic() + seconds, is_first, lease=lease)
    try:
        one.mailbox = await renewed(ground.door, ground.guard, key, record)
        await _read(one)
    except OutOfTime:
        await one.write(lambda work: _well(work, mailbox, "syncing" if is_first else "ready"))
        return True
    except (Unavailable, Invalid, Denied) as error:
        failure = error
        await one.write(lambda work: _failed(ground, work, mailbox, failure))
        return False
    await one.write(lambda work: _well(work, mailbox, "ready"))
    return False


async def _read(one: Pass) -> None:
    async with one.ground.servers.connect(account_of(one.mailbox)) as server:
        there = await server.folders()
        chosen = await one.write(lambda work: folders.bring_up_to_date(work, one.mailbox, there))
        for folder in chosen:
            await read_folder(one, server, folder)


async def _well(work: Workspace, mailbox: UUID, state: str) -> None:
    record = await work.get(MAILBOX, mailbox, lock=True)
    await _mark(work, mailbox, attempts=0, pause=0, checked=True)
    if record["state"] not in ("off", state):
        values = {"state": state, "last_error": None, "remedy": None, "failing_since": None}
        await work.change(record, values)


async def _failed(ground: MailGround, work: Workspace, mailbox: UUID, error: RelataError) -> None:
    """What is wrong stands in the mailbox, and its owner is told once."""
    record = await work.get(MAILBOX, mailbox, lock=True)
    attempts = await _attempts(work, mailbox) + 1
    is_refused = error.code == REFUSED or isinstance(error, (Invalid, Denied))
    pause = 3600 if is_refused else _PAUSES[min(attempts, len(_PAUSES)) - 1]
    await _mark(work, mailbox, attempts=attempts, pause=pause, checked=False)
    if error.code == THROTTLED or record["state"] == "off" or (not is_refused and attempts < PATIENCE):
        return
    state = "refused" if is_refused else "failing"
    values: dict[str, Any] = {
        "state": state,
        "last_error": error.message[:500],
        "remedy": (error.hint or "")[:500] or None,
    }
    is_news = record["state"] not in ("refused", "failing")
    if is_news:
        values["failing_since"] = work.clock.now
    changed = await work.change(record, values)
    if is_news and record["owner"] is not None:
        text = _("No mail comes in from %(mailbox)s: %(why)s") % {"mailbox": record["address"], "why": _(error.message)}
        await ground.tell(work, record["owner"], text[:300], AnyTarget(MAILBOX, changed.id))


async def _attempts(work: Workspace, mailbox: UUID) -> int:
    row = await work.unit.connection.fetch_one(
        f"select attempts from {quoted(work.context.schema)}._mail_sync where mailbox = %s", (mailbox,)
    )
    return row[0] if row else 0


async def _mark(work: Workspace, mailbox: UUID, *, attempts: int, pause: int, checked: bool) -> None:
    await work.unit.connection.execute(
        f"insert into {quoted(work.context.schema)}._mail_sync as known (mailbox, checked_at, next_at, attempts)"
        " values (%(mailbox)s, %(at)s, %(next)s, %(attempts)s) on conflict (mailbox) do update set"
        " checked_at = coalesce(excluded.checked_at, known.checked_at), next_at = excluded.next_at,"
        " attempts = excluded.attempts",
        {
            "mailbox": mailbox,
            "at": work.clock.now if checked else None,
            "next": work.clock.now + timedelta(seconds=pause) if pause else None,
            "attempts": attempts,
        },
    )


async def due(work: Workspace) -> list[UUID]:
    """The mailboxes that are to be looked at now."""
    rows = await work.unit.connection.fetch(
        f"select m.id from {quoted(work.context.schema)}.mailbox m"
        f" left join {quoted(work.context.schema)}._mail_sync s on s.mailbox = m.id"
        " where m.deleted_at is null and m.state <> 'off' and m.imap_host is not null"
        " and (s.next_at is null or s.next_at <= now()) order by m.id"
    )
    return [key for (key,) in rows]
