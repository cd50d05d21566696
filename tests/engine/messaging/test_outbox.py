"""Mails on their way: they leave after the commit, once, and lie encrypted until then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import pytest_asyncio

from relata.app.migrations import MIGRATIONS
from relata.engine.jobs.queue import Queue
from relata.engine.messaging.message import Message
from relata.engine.messaging.outbox import SEND_MAIL, Outbox
from relata.engine.storage.database import Database
from relata.engine.storage.migrations import migrate_database
from relata.foundation.errors import Invalid, RelataError, Unavailable

MAIL = Message("ada@example.com", "Reset", "Open https://crm.example.com/reset/tok3n")


class Transport:
    """Notes what it was given, and fails as it is told."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.failure: RelataError | None = None

    async def send(self, message: Message) -> None:
        """Noted."""
        if self.failure is not None:
            raise self.failure
        self.sent.append(message)


@pytest_asyncio.fixture
async def ready(database: Database) -> AsyncIterator[Database]:
    """With the tables of mail and jobs; empty again afterwards."""
    await migrate_database(database, MIGRATIONS)
    yield database
    async with database.transaction() as connection:
        await connection.execute("delete from relata.waiting_mail")
        await connection.execute("delete from public.procrastinate_jobs")


@pytest.fixture
def transport() -> Transport:
    """One that works."""
    return Transport()


@pytest.fixture
def outbox(ready: Database, transport: Transport) -> Outbox:
    """Over the database of this file."""
    made = Outbox(ready, Queue(ready.url), "an installation's secret")
    made.register(transport)
    return made


async def waiting(database: Database) -> list[UUID]:
    """The mails for which a job waits."""
    async with database.read() as connection:
        rows = await connection.fetch(
            "select args ->> 'mail' from public.procrastinate_jobs where task_name = %s", (SEND_MAIL,)
        )
    return [UUID(mail) for (mail,) in rows]


async def kept(database: Database) -> list[bytes]:
    """What lies in the outbox."""
    async with database.read() as connection:
        return [bytes(body) for (body,) in await connection.fetch("select body from relata.waiting_mail")]


async def test_a_mail_is_handed_over_as_it_was_posted_and_once(
    ready: Database, outbox: Outbox, transport: Transport
) -> None:
    await outbox.post(MAIL)
    (mail,) = await waiting(ready)
    await outbox.deliver(transport, mail)
    await outbox.deliver(transport, mail)
    assert (transport.sent, await kept(ready)) == ([MAIL], [])


async def test_what_waits_can_not_be_read_in_the_database(ready: Database, outbox: Outbox) -> None:
    await outbox.post(MAIL)
    (body,) = await kept(ready)
    assert b"tok3n" not in body
    assert b"ada" not in body


async def post_and_fail(database: Database, outbox: Outbox) -> None:
    """A transaction that comes to nothing."""
    async with database.transaction() as connection:
        await outbox.post_within(connection, MAIL)
        raise ZeroDivisionError


async def test_what_was_rolled_back_is_never_sent(ready: Database, outbox: Outbox) -> None:
    with pytest.raises(ZeroDivisionError):
        await post_and_fail(ready, outbox)
    assert (await waiting(ready), await kept(ready)) == ([], [])


async def test_a_server_that_does_not_answer_is_asked_again(
    ready: Database, outbox: Outbox, transport: Transport
) -> None:
    await outbox.post(MAIL)
    (mail,) = await waiting(ready)
    transport.failure = Unavailable("No answer.")
    with pytest.raises(Unavailable):
        await outbox.deliver(transport, mail)
    transport.failure = None
    await outbox.deliver(transport, mail)
    assert transport.sent == [MAIL]


@pytest.mark.parametrize(
    "failure", [Invalid("No such address."), Unavailable("Broken off.", code="delivery_uncertain")]
)
async def test_what_is_refused_or_uncertain_is_not_repeated(
    ready: Database, outbox: Outbox, transport: Transport, failure: RelataError
) -> None:
    await outbox.post(MAIL)
    (mail,) = await waiting(ready)
    transport.failure = failure
    await outbox.deliver(transport, mail)
    assert await kept(ready) == []
