"""Through a server that really queues, delivers and sends back."""

from __future__ import annotations

import asyncio
import email
import tempfile
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from tests.messaging.exim import Exim, why_not

from relata.connectors.smtp.mailbox import MailboxSender
from relata.engine.files.store import DiskStore
from relata.engine.history.feed import Change
from relata.engine.jobs.queue import Queue
from relata.engine.messaging.mail.outgoing import drafts, sending
from relata.engine.messaging.mail.outgoing.followups import note_followup
from relata.engine.messaging.mail.parsing.message import read
from relata.engine.messaging.mail.storing import Arrived, store
from relata.foundation.ids import new_id
from relata.testing.house import House


@pytest.fixture(scope="module")
def exim() -> Iterator[Exim]:
    """The server of these tests."""
    if reason := why_not():
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="ex") as folder:
        made = Exim(Path(folder))
        made.start()
        yield made
        made.stop()


async def test_a_mail_is_delivered_queued_and_sent_back(house: House, exim: Exim, tmp_path: Path) -> None:
    ada = await house.person("Ada")
    values = {
        "name": "Ada", "address": "ada@relata.example", "smtp_host": "127.0.0.1", "smtp_port": exim.port,
        "smtp_security": "none", "user_name": "ada", "password": "secret",
    }  # fmt: skip
    key, queue = new_id(), Queue("")
    ports = sending.Ports(MailboxSender([ip_network("127.0.0.0/8")], timeout_seconds=10), DiskStore(tmp_path))
    sending.register(queue, house.door, ports)
    async with house.as_person(ada) as work:
        box = await work.create("mailbox", values)
        to = "Bea <bea@example.com>, gone@example.com, full@example.com, later@example.com"
        await drafts.save(work, key, {"mailbox": box.id, "to_addresses": to, "subject": "Offer", "body": "Here."})
        await drafts.send(work, queue, key)
    async with house.system() as work:
        await work.change(("written_email", key), {"send_at": None})
    assert await sending.send_one(house.door, queue, ports, house.key, key) == "sent"

    (delivered,) = await asyncio.to_thread(exim.got, "bea", 1)
    assert email.message_from_bytes(delivered)["Subject"] == "Offer"
    reports = await asyncio.to_thread(exim.got, "ada", 1)
    assert exim.waiting() == 1  # for whom it said: not now
    async with house.system() as work:
        for raw in reports:
            (found,) = await store(work, await work.get("mailbox", box.id), [Arrived(read(raw), "in")])
            assert found is not None
            await note_followup(work, Change(0, 0, "email", found, "created", work.clock.now, None, "", {}, {}, {}))
        mail = await work.get("written_email", key)
        stopped = {one["address"] for one in await work.find("mail_stop")}
    assert mail["state"] == "bounced"
    assert set((mail["bounced_addresses"] or "").split(", ")) == {"gone@example.com", "full@example.com"}
    assert stopped == {"gone@example.com"}
