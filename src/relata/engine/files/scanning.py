"""Files pass a virus scanner before they are kept. One that can't be asked refuses them, or has them held back until
it was asked."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from relata.engine.files import attachments
from relata.engine.files.clamd import Asking, Clamd, ScannerAway
from relata.engine.files.store import FileStore, Stored
from relata.engine.jobs.queue import Job, Queue
from relata.engine.storage.database import Database
from relata.engine.storage.planner import quoted
from relata.foundation.errors import Invalid, LimitReached, Unavailable
from relata.foundation.i18n import gettext as _

log = logging.getLogger(__name__)

#: The recurring task that asks again about files that are held; its args: schema.
RESCAN, RESCAN_CRON = "files.rescan", "*/5 * * * *"
#: The same where no scanner is set any more.
RELEASE_CRON = "50 2 * * *"
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class ScannedStore:
    """Over another store. holds: keep what arrives while the scanner is away, and have it held back."""

    inner: FileStore
    scanner: Clamd
    holds: bool = False

    async def put(self, schema: str, file: UUID, chunks: AsyncIterable[bytes], *, max_bytes: int) -> Stored:
        asked = _Asked(self.scanner, self.holds)
        async with contextlib.aclosing(asked.past(chunks)) as passing:
            stored = await self.inner.put(schema, file, passing, max_bytes=max_bytes)
        return replace(stored, held=asked.is_away)

    def read(self, schema: str, file: UUID, start: int = 0) -> AsyncIterator[bytes]:
        return self.inner.read(schema, file, start)

    async def delete(self, schema: str, file: UUID) -> None:
        await self.inner.delete(schema, file)

    def listing(self, schema: str) -> AsyncIterator[tuple[UUID, datetime]]:
        return self.inner.listing(schema)


class _Asked:
    """The way past the scanner; whatever raises on it ends the upload before anything is kept."""

    def __init__(self, scanner: Clamd, holds: bool) -> None:
        self._scanner, self._holds = scanner, holds
        self.is_away = False

    async def past(self, chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
        async with contextlib.AsyncExitStack() as stack:
            asking: Asking | None = None
            with self._absence():
                asking = await stack.enter_async_context(self._scanner.asking())
            async for chunk in chunks:
                if asking is not None and not self.is_away:
                    with self._absence():
                        await asking.send(chunk)
                yield chunk
            if asking is not None and not self.is_away:
                found = ""
                with self._absence():
                    found = await asking.finish()
                if found:
                    raise infected(found)

    @contextlib.contextmanager
    def _absence(self) -> Iterator[None]:
        try:
            yield
        except ScannerAway:
            log.warning("the virus scanner does not answer")
            if not self._holds:
                raise Unavailable(
                    _("Files can't be checked for viruses at the moment."),
                    code="scanner_away",
                    hint=_("Try again later."),
                ) from None
            self.is_away = True


def infected(name: str) -> Invalid:
    """What is said of a file that holds one. name: the scanner's."""
    plain = "".join(sign for sign in name if sign.isalnum() or sign in "._- ")[:80]
    return Invalid(
        _("This file holds a virus (%(plain)s) and was not kept.") % {"plain": plain},
        code="infected",
        field="file",
        hint=_("Clean the machine that it comes from."),
    )


def register(queue: Queue, database: Database, store: FileStore) -> None:
    """The task; where no scanner is set, what was held is let go."""

    @queue.task(RESCAN)
    async def rescan(job: Job) -> None:
        await ask_again(database, queue, store, job.args["schema"])


async def ask_again(database: Database, queue: Queue, store: FileStore, schema: str) -> tuple[int, int]:
    """Let go the held files that are clean and remove the others; how many of each."""
    async with database.read() as connection:
        rows = await connection.fetch(f"select id from {quoted(schema)}._file where held limit {_AT_ONCE}")
    clean: list[UUID] = []
    bad: list[UUID] = []
    for (file,) in rows:
        try:
            found = await _ask(store, schema, file)
        except LimitReached:
            continue
        except (ScannerAway, Unavailable):
            break
        (bad if found else clean).append(file)
    async with database.transaction() as connection:
        await connection.execute(f"update {quoted(schema)}._file set held = false where id = any(%s)", (clean,))
        await attachments.remove(connection, queue, schema, bad)
    if bad:
        log.warning("%d files that were held back held viruses and were removed", len(bad))
    return len(clean), len(bad)


async def _ask(store: FileStore, schema: str, file: UUID) -> str:
    if not isinstance(store, ScannedStore):
        return ""
    async with store.scanner.asking() as asking:
        async for chunk in store.read(schema, file):
            await asking.send(chunk)
        return await asking.finish()
