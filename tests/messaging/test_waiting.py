"""A server that tells by itself is heard at once."""

from __future__ import annotations

import asyncio
from ipaddress import ip_network

from tests.messaging.conftest import letter
from tests.messaging.dovecot import Dovecot

from relata.connectors.imap.server import ImapServers
from relata.engine.messaging.mail.servers import Account


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
