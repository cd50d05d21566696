"""Mailboxes whose server tells by itself that something came (IDLE): held open beside the jobs, by one of all workers.

Where a server can't tell, or goes away, nothing is lost: every mailbox is looked at once a minute as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from uuid import UUID

from relata.engine.messaging.mail.ground import MailGround
from relata.engine.messaging.mail.mailbox_objects import MAILBOX
from relata.engine.messaging.mail.servers import account_of
from relata.engine.storage.planner import quoted
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import RelataError
from relata.foundation.ids import new_id

log = logging.getLogger(__name__)

#: Has a mailbox of a workspace read soon.
Wake = Callable[[str, UUID], Awaitable[None]]
#: Mailboxes that one worker holds open.
MOST = 100
#: Seconds between two looks at which mailboxes there are; of a lease; of one wait.
_LOOK, _LEASE, _WAIT = 15.0, 60, 5.0


class Watcher:
    """Holds connections open until it is told to stop."""

    def __init__(self, ground: MailGround, wake: Wake) -> None:
        self._ground, self._wake = ground, wake
        self._me = new_id()
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._mute: set[UUID] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`."""
        try:
            while not stop.is_set():
                with contextlib.suppress(RelataError):  # the database is away for a while
                    await self._look(stop)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _LOOK)
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _look(self, stop: asyncio.Event) -> None:
        self._tasks = {key: task for key, task in self._tasks.items() if not task.done()}
        for key in await self._ground.door.keys():
            ready = await self._ground.door.run(key, None, _ready, read_only=True)
            for mailbox in ready:
                if mailbox not in self._tasks and mailbox not in self._mute and len(self._tasks) < MOST:
                    self._tasks[mailbox] = asyncio.create_task(self._watch(key, mailbox, stop))

    async def _watch(self, key: str, mailbox: UUID, stop: asyncio.Event) -> None:
        try:
            if not await self._take(key, mailbox):
                return
            record = await self._ground.door.run(key, None, lambda work: work.get(MAILBOX, mailbox), read_only=True)
            async with self._ground.servers.connect(account_of(record)) as server:
                if not await server.can_wait():
                    self._mute.add(mailbox)
                    return
                await server.open("INBOX")
                while not stop.is_set() and await self._take(key, mailbox):
                    if await server.wait(_WAIT):
                        await self._wake(key, mailbox)
        except RelataError as error:
            log.info("a mailbox is no longer watched: %s", error.code)

    async def _take(self, key: str, mailbox: UUID) -> bool:
        """Whether this worker is the one that watches; asked again with each wait."""
        context = await self._ground.door.context(key)
        async with self._ground.door.database.transaction() as connection:
            row = await connection.fetch_one(
                f"update {quoted(context.schema)}._mail_sync set watcher = %(me)s,"
                f" watched_until = now() + interval '{_LEASE} s' where mailbox = %(mailbox)s"
                " and (watcher is null or watcher = %(me)s or watched_until < now()) returning 1",
                {"me": self._me, "mailbox": mailbox},
            )
        return row is not None


async def _ready(work: Workspace) -> list[UUID]:
    space = quoted(work.context.schema)
    rows = await work.unit.connection.fetch(
        f"select m.id from {space}.mailbox m join {space}._mail_sync s on s.mailbox = m.id"
        " where m.state = 'ready' and m.deleted_at is null order by m.id limit 1000"
    )
    return [key for (key,) in rows]
