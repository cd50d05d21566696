"""A server that tells by itself is heard at once."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from uuid import UUID

from tests.messaging.conftest import Post, letter
from tests.messaging.dovecot import Dovecot

from relata.connectors.imap.server import ImapServer, ImapServers
from relata.engine.messaging.mail.servers import Account
from relata.engine.messaging.mail.syncing import sync
from relata.engine.messaging.mail.watching import Watcher
from relata.engine.ui.timeline import timeline
from relata.testing.house import House


async def test_a_new_mail_is_heard_while_one_waits(dovecot: Dovecot) -> None:
    servers = ImapServers([ip_network("127.0.0.0/8")], plain=True)
    async with servers.connect(Account("127.0.0.1", dovecot.port, "none", "user90", "secret")) as server:
        assert await server.can_wait()
        await server.open("INBOX")
        waiting = asyncio.create_task(server.wait(10))
        await asyncio.to_thread(dovecot.put, "user90", "INBOX", letter(1))
        async with asyncio.timeout(5):
            assert await waiting
        assert len(await server.uids()) == 1


async def test_a_new_mail_is_on_the_record_within_three_seconds(
    open_house: House, dovecot: Dovecot, tmp_path: Path
) -> None:
    post = Post(open_house, dovecot, "user91", tmp_path)
    waits, arrived, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def wake(key: str, mailbox: UUID) -> None:
        await sync(post.ground, key, mailbox)
        arrived.set()

    class Telling(ImapServers):
        @contextlib.asynccontextmanager
        async def connect(self, account: Account) -> AsyncIterator[ImapServer]:
            async with super().connect(account) as server:
                wait = server.wait

                async def waiting(seconds: float) -> bool:
                    waits.set()
                    return await wait(seconds)

                server.wait = waiting  # type: ignore[method-assign]
                yield server

    await post.connect()
    async with open_house.as_person(post.owner) as work:
        carla = await work.create("contact", {"name": {"last": "Carla"}, "email": "carla@acme.example"})
    await post.read()
    post.ground = replace(post.ground, servers=Telling([ip_network("127.0.0.0/8")], plain=True))
    watching = asyncio.create_task(Watcher(post.ground, wake).run(stop))
    async with asyncio.timeout(20):
        await waits.wait()
    began = time.monotonic()
    await asyncio.to_thread(dovecot.put, "user91", "INBOX", letter(1))
    async with asyncio.timeout(20):
        await arrived.wait()
    seconds = time.monotonic() - began
    stop.set()
    await watching
    async with open_house.as_person(post.owner) as work:
        page = await timeline(work, carla.object, carla)
    assert [one.title for one in page.entries if one.kind == "email_filing"] == ["Letter 1"]
    assert seconds < 3
