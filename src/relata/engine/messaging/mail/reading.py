"""One folder is read: what is new there comes in batch by batch, what can't be read is put aside, the rest goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import UUID

from relata.engine.files.attachments import MAX_BYTES as MAX_FILE
from relata.engine.files.attachments import receive
from relata.engine.messaging.mail import folders, leases
from relata.engine.messaging.mail.copies import NO_COPY, Copies, copies_of
from relata.engine.messaging.mail.filing import Rules, rules_of
from relata.engine.messaging.mail.ground import MailGround
from relata.engine.messaging.mail.parsing.message import MAX_BYTES, Mail, Unreadable, read
from relata.engine.messaging.mail.servers import Fetched, MailServer
from relata.engine.messaging.mail.storing import Arrived, Kept, known, store
from relata.engine.messaging.mail.tables import ASIDE, EXCLUDED, STORED
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.foundation.errors import Bug, LimitReached, RelataError, Unavailable

#: Messages, and bytes, that are fetched and stored together.
BATCH, BATCH_BYTES = 100, 8_000_000
#: Of how many of the latest messages it is asked whether they were read elsewhere.
_LOOKED_AT = 300
#: Batches between two times that the figures are written down while a folder is read.
_COUNT_EVERY = 10
TOO_OLD, BLOCKED = "old", "rule"
T = TypeVar("T")
#: A message with what it says, or why that can't be read.
Parsed = tuple[Fetched, Mail | str]
Row = tuple[int, str, UUID | None, str, bool, int]


class OutOfTime(Exception):
    """There is more to read, and others wait for the worker."""


@dataclass(slots=True)
class Pass:
    """One look at a mailbox. until: when to stop, by the monotonic clock. stored: how many mails came in. lease: of who
    reads; renewed with each batch."""

    ground: MailGround
    key: str
    mailbox: Record
    until: float
    is_quiet: bool
    lease: UUID
    rules: Rules = field(default_factory=lambda: Rules({}))
    copies: Copies | None = None
    stored: int = 0

    async def renew(self) -> None:
        """Go on only while no other worker took over. OutOfTime where one did."""
        schema = (await self.ground.door.context(self.key)).schema
        async with self.ground.door.database.transaction() as connection:
            if not await leases.take(connection, schema, self.mailbox.id, self.lease):
                raise OutOfTime

    async def write(self, what: Callable[[Workspace], Awaitable[T]]) -> T:
        """In a unit of work of its own, with every right; quietly while the past is read, so that nobody is told of
        mail of last year."""

        async def run(work: Workspace) -> T:
            if self.is_quiet:
                work.unit.actor = work.unit.actor.through(work.actor.via, quiet=True)
            return await what(work)

        return await self.ground.door.run(self.key, None, run, via="automation")


async def read_folder(one: Pass, server: MailServer, folder: Record) -> None:
    """Bring one folder up to date. OutOfTime where more is to come."""
    opened = await server.open(folder["name"])
    if folder["uidvalidity"] != opened.uidvalidity:
        folder = await one.write(lambda work: folders.begin_anew(work, folder, opened.uidvalidity))
    there = await server.uids()
    first_day = one.mailbox["history_from"]
    too_old = set(await server.uids(before=first_day)) if first_day else set()
    await one.write(lambda work: _compare(work, folder, there, too_old))
    have = await one.ground.door.run(one.key, None, lambda work: folders.known_uids(work, folder.id), read_only=True)
    missing = [uid for uid in reversed(there) if uid not in have]
    one.rules = await one.ground.door.run(one.key, None, lambda work: rules_of(work, one.mailbox.id), read_only=True)
    one.copies = await one.ground.door.run(one.key, None, lambda work: copies_of(work, one.mailbox), read_only=True)
    sizes = await server.sizes(missing) if missing else {}
    batches = list(_batches([uid for uid in missing if uid in sizes], sizes))
    ahead: asyncio.Task[list[Parsed]] | None = None
    try:
        for number, batch in enumerate(batches, 1):
            got = await (ahead or _fetched(server, batch, sizes))
            is_last = number == len(batches) or time.monotonic() > one.until
            # while this batch is stored, the next one travels
            ahead = None if is_last else asyncio.create_task(_fetched(server, batches[number], sizes))
            await one.renew()
            await _keep_batch(one, folder, got, batch, sizes)
            if number % _COUNT_EVERY == 0:
                await one.write(lambda work: folders.count(work, folder.id, len(there)))
            if time.monotonic() > one.until and number < len(batches):
                raise OutOfTime
    finally:
        if ahead is not None:  # a connection does one thing at a time, so it must have ended
            await asyncio.gather(ahead, return_exceptions=True)
        await one.write(lambda work: folders.count(work, folder.id, len(there)))
    await _look_who_read(one, server, folder, [uid for uid in there if uid in have][-_LOOKED_AT:])


async def _compare(work: Workspace, folder: Record, there: Sequence[int], too_old: set[int]) -> None:
    """Forget what is gone from the server, and leave out what is too old; what no longer is too old is read."""
    have = await folders.known_uids(work, folder.id)
    gone = have.keys() - set(there)
    young = {uid for uid, (state, why) in have.items() if state == EXCLUDED and why == TOO_OLD and uid not in too_old}
    if gone | young:
        await folders.forget_uids(work, folder.id, gone | young)
    await folders.note(
        work, folder.id, [(uid, EXCLUDED, None, TOO_OLD, False, 0) for uid in sorted(too_old - have.keys())]
    )


def _batches(uids: Sequence[int], sizes: dict[int, tuple[int, bool]]) -> Iterator[list[int]]:
    batch: list[int] = []
    total = 0
    for uid in uids:
        size = sizes[uid][0]
        if batch and (len(batch) >= BATCH or total + size > BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(uid)
        total += size
    if batch:
        yield batch


async def _fetched(server: MailServer, batch: list[int], sizes: dict[int, tuple[int, bool]]) -> list[Parsed]:
    """What the server gives of these, read."""
    wanted = [uid for uid in batch if sizes[uid][0] <= MAX_BYTES]
    fetched = await server.fetch(wanted) if wanted else []
    return await asyncio.to_thread(lambda: [_parsed(each) for each in fetched])


async def _keep_batch(
    one: Pass, folder: Record, got: list[Parsed], batch: list[int], sizes: dict[int, tuple[int, bool]]
) -> None:
    rows: list[Row] = [
        (uid, ASIDE, None, f"It is larger than {MAX_BYTES // 1_000_000} MB.", sizes[uid][1], sizes[uid][0])
        for uid in batch
        if sizes[uid][0] > MAX_BYTES
    ]
    ready: list[tuple[Fetched, Arrived]] = []
    for each, mail in got:
        size = sizes[each.uid][0]
        if isinstance(mail, str):
            rows.append((each.uid, ASIDE, None, mail, each.is_seen, size))
        elif one.rules.blocks(mail.sender.address):
            rows.append((each.uid, EXCLUDED, None, BLOCKED, each.is_seen, size))
        elif one.copies is not None and not one.copies.whose(mail):
            rows.append((each.uid, EXCLUDED, None, NO_COPY, each.is_seen, size))
        else:
            arrived = _arrived(one.mailbox, folder, each, mail)
            if one.copies is not None:
                arrived = replace(arrived, direction="out", owner=one.copies.whose(mail))
            ready.append((each, arrived))
    ready = await _with_files(one, ready)
    rows += await _stored(one, ready, sizes)
    await one.write(lambda work: folders.note(work, folder.id, rows))


def _parsed(got: Fetched) -> Parsed:
    if got.raw is None:
        return got, "The server could not give it."
    try:
        return got, read(got.raw)
    except Unreadable as why:
        return got, str(why)


def _arrived(mailbox: Record, folder: Record, got: Fetched, mail: Mail) -> Arrived:
    is_ours = folder["role"] == "sent" or mail.sender.address == mailbox["address"]
    return Arrived(mail, "out" if is_ours else "in", got.is_seen, got.received_at)


async def _with_files(one: Pass, ready: list[tuple[Fetched, Arrived]]) -> list[tuple[Fetched, Arrived]]:
    """Have the files of new mails stored; of mails that are here already they are."""
    with_files = [each.mail.fingerprint for _, each in ready if each.mail.files]
    if not with_files:
        return ready
    here = await one.ground.door.run(one.key, None, lambda work: known(work, with_files), read_only=True)
    found = []
    for got, each in ready:
        if each.mail.files and each.mail.fingerprint not in here:
            each = replace(each, files=await _kept(one, each.mail))
        found.append((got, each))
    return found


async def _kept(one: Pass, mail: Mail) -> tuple[Kept, ...]:
    schema = (await one.ground.door.context(one.key)).schema
    found = []
    for each in mail.files:
        if len(each.content) <= MAX_FILE:
            received = await receive(one.ground.store, schema, each.name, _chunk(each.content))
            found.append(Kept(received, each.content_id, each.is_inline))
    return tuple(found)


async def _chunk(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _stored(one: Pass, ready: Sequence[tuple[Fetched, Arrived]], sizes: dict[int, tuple[int, bool]]) -> list[Row]:
    """Store them together; where that fails for what one of them holds, one by one, and that one is put aside."""
    if not ready:
        return []
    try:
        ids = await one.write(lambda work: store(work, one.mailbox, [each for _, each in ready]))
    except (Unavailable, LimitReached):
        raise
    except (RelataError, Bug, ValueError) as error:
        if len(ready) == 1:
            why = f"It could not be stored ({type(error).__name__})."
            return [(ready[0][0].uid, ASIDE, None, why, False, sizes[ready[0][0].uid][0])]
        rows = []
        for each in ready:
            rows += await _stored(one, [each], sizes)
        return rows
    one.stored += sum(key is not None for key in ids)
    return [
        (got.uid, STORED if key else ASIDE, key, "" if key else "It was refused.", got.is_seen, sizes[got.uid][0])
        for (got, _), key in zip(ready, ids, strict=True)
    ]


async def _look_who_read(one: Pass, server: MailServer, folder: Record, uids: Sequence[int]) -> None:
    """What was read in another program is read here, too."""
    if not uids:
        return
    seen = [uid for uid, (_, is_seen) in (await server.sizes(uids)).items() if is_seen]

    async def mark(work: Workspace) -> None:
        space = work.context.schema
        rows = await work.unit.connection.fetch(
            f'update "{space}"._mail_message set seen = true where folder = %s and uid = any(%s) and not seen'
            " and email is not null returning email",
            (folder.id, seen),
        )
        fresh = await work.get_many("email", [email for (email,) in rows])
        await work.change_many("email", [(each, {"is_seen": True}) for each in fresh if not each["is_seen"]])

    await one.write(mark)
