"""A mail server that speaks as much SMTP as is needed, and a house with a mailbox on it."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from ipaddress import ip_network
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from relata.connectors.smtp.mailbox import MailboxSender
from relata.engine.files.store import DiskStore
from relata.engine.jobs.queue import Queue
from relata.engine.messaging.mail.outgoing import drafts, sending
from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.workspace.record import Record
from relata.foundation.ids import new_id
from relata.testing.house import House

ANSWERS = {"DATA": "354 go on", "QUIT": "221 bye", "EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": "235 in"}


@dataclass
class SmtpDouble:
    """answers: what to say to a command instead of yes; None hangs up. ending: what to say at the end of each mail,
    by its number from 0; None hangs up. taken: the mails that were said to be taken or lost on the way there."""

    answers: dict[str, str | None] = field(default_factory=dict)
    ending: Callable[[int], str | None] = lambda number: "250 taken"
    commands: list[str] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def mails(self) -> list[EmailMessage]:
        found = [one.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.") for one in self.received]
        return [email.message_from_bytes(one, policy=email.policy.default) for one in found]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip():
            self.commands.append(line)
            verb = line.split()[0].upper()
            answer = self.answers.get(line.lower(), self.answers.get(verb, ANSWERS.get(verb, "250 ok")))
            if answer is None:
                break
            writer.write(answer.encode() + b"\r\n")
            if verb == "DATA" and answer.startswith("354"):
                self.received.append(await reader.readuntil(b"\r\n.\r\n"))
                after = self.ending(len(self.received) - 1)
                if after is None:
                    break
                writer.write(after.encode() + b"\r\n")
            if verb == "QUIT":
                break
        writer.close()


@pytest_asyncio.fixture
async def smtp() -> AsyncIterator[SmtpDouble]:
    server = SmtpDouble()
    listening = await asyncio.start_server(server.talk, "127.0.0.1", 0, limit=10_000_000)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server


@dataclass
class Office:
    """One person with a mailbox, and what sends her mail."""

    house: House
    ada: UUID
    mailbox: UUID
    queue: Queue
    ports: sending.Ports
    told: list[str]

    async def write(self, **values: object) -> UUID:
        """A draft of hers."""
        key = new_id()
        given = {
            "mailbox": self.mailbox, "to_addresses": "Anna Muster <anna@example.com>", "subject": "Offer",
            "body": "Hello **Anna**,\n\nhere it is.", **values,
        }  # fmt: skip
        async with self.house.as_person(self.ada) as work:
            await drafts.save(work, key, given)
        return key

    async def post(self, **values: object) -> UUID:
        """A mail of hers whose pause is over."""
        key = await self.write(**values)
        async with self.house.as_person(self.ada) as work:
            await drafts.send(work, self.queue, key)
        await self.due(key)
        return key

    async def due(self, key: UUID) -> None:
        """Its moment has come."""
        async with self.house.system() as work:
            await work.change((WRITTEN, key), {"send_at": None})

    async def send(self, key: UUID) -> str:
        return await sending.send_one(self.house.door, self.queue, self.ports, self.house.key, key)

    async def mail(self, key: UUID) -> Record:
        async with self.house.as_person(self.ada) as work:
            return await work.get(WRITTEN, key)


async def furnish(house: House, smtp: SmtpDouble, folder: Path) -> Office:
    ada = await house.person("Ada Lovelace")
    async with house.as_person(ada) as work:
        mailbox = await work.create(
            "mailbox",
            {
                "name": "Ada", "address": "ada@relata.example.com", "smtp_host": "127.0.0.1", "smtp_port": smtp.port,
                "smtp_security": "none", "user_name": "ada", "password": "secret", "signature": "Ada\nRelata",
            },
        )  # fmt: skip
    queue, told = Queue(""), list[str]()
    transport = MailboxSender([ip_network("127.0.0.0/8")], timeout_seconds=5)

    async def tell(work: object, person: UUID, text: str, mail: Record) -> None:
        told.append(text)

    ports = sending.Ports(transport, DiskStore(folder), tell=tell)
    sending.register(queue, house.door, ports)
    return Office(house, ada, mailbox.id, queue, ports, told)


@pytest_asyncio.fixture
async def office(house: House, smtp: SmtpDouble, tmp_path: Path) -> Office:
    return await furnish(house, smtp, tmp_path)


Furnish = Callable[[House, SmtpDouble, Path], Awaitable[Office]]


@pytest.fixture
def furnish_office() -> Furnish:
    return furnish
