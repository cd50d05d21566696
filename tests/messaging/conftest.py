"""Mailboxes on a real server, read into a furnished workspace."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from tests.messaging.dovecot import Dovecot, why_not

from relata.connectors.imap.server import ImapServers
from relata.engine.files.store import DiskStore
from relata.engine.messaging.mail.ground import MailGround
from relata.engine.messaging.mail.syncing import sync
from relata.engine.metadata.fields import AnyTarget
from relata.engine.workspace.record import Record
from relata.engine.workspace.workspace import Workspace
from relata.testing.house import House


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """The server of this session."""
    if reason := why_not():
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="dv") as folder:
        made = Dovecot(Path(folder))
        made.start()
        yield made
        made.stop()


class Post:
    """One person's mailbox on the server, and what Relata makes of it."""

    def __init__(self, house: House, server: Dovecot, user: str, home: Path) -> None:
        self.house, self.server, self.user = house, server, user
        self.told: list[str] = []
        servers = ImapServers([ip_network("127.0.0.0/8")], plain=True)
        self.ground = MailGround(house.door, servers, DiskStore(home), self._tell)
        self.owner = self.box = UUID(int=0)

    async def _tell(self, work: Workspace, person: UUID, text: str, about: AnyTarget | None) -> None:
        self.told.append(text)

    async def connect(self, **values: Any) -> UUID:
        self.owner = await self.house.person("Ada", "member", email="ada@example.com")
        async with self.house.as_person(self.owner) as work:
            made = await work.create(
                "mailbox",
                {
                    "name": "Mine", "address": "ada@example.com", "imap_host": "127.0.0.1",
                    "imap_port": self.server.port, "imap_security": "none", "user_name": self.user,
                    "password": "secret", **values,
                },
            )  # fmt: skip
        self.box = made.id
        return made.id

    async def read(self, seconds: float = 30) -> bool:
        return await sync(self.ground, self.house.key, self.box, seconds=seconds)

    async def folder(self, name: str = "INBOX") -> Record:
        async with self.house.system() as work:
            found = await work.first("mail_folder", mailbox=self.box, name=name)
        assert found is not None
        assert found["on_server"] >= found["stored"] + found["put_aside"] + found["excluded"]
        return found

    async def figures(self, name: str = "INBOX") -> tuple[int, int, int, int]:
        """On the server, stored, put aside, excluded."""
        found = await self.folder(name)
        return found["on_server"], found["stored"], found["put_aside"], found["excluded"]

    async def mailbox(self) -> Record:
        async with self.house.system() as work:
            return await work.get("mailbox", self.box)

    async def subjects(self) -> list[str]:
        async with self.house.as_person(self.owner) as work:
            return sorted(one["subject"] for one in await work.find("email"))


_users = iter(range(1000))


@pytest_asyncio.fixture
async def post(house: House, dovecot: Dovecot, tmp_path: Path) -> AsyncIterator[Post]:
    """A user of the server whom nobody else is."""
    user = f"user{next(_users)}"
    yield Post(house, dovecot, user, tmp_path)


def letter(number: int, *, subject: str = "", body: str = "Hello", sender: str = "carla@acme.example") -> bytes:
    """A plain mail."""
    return (
        f"From: Carla <{sender}>\r\nTo: ada@example.com\r\nSubject: {subject or f'Letter {number}'}\r\n"
        f"Message-ID: <{number}@acme.example>\r\nDate: Fri, 20 Nov 2026 09:{number % 60:02}:00 +0000\r\n\r\n"
        f"{body} {number}\r\n"
    ).encode()
