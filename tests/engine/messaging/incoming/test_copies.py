"""What somebody copies to their own address is filed for them, and from nobody else."""

from __future__ import annotations

from tests.engine.messaging.incoming.conftest import Office

from relata.engine.messaging.mail.copies import copies_of, my_copy_address, new_copy_address
from relata.engine.messaging.mail.parsing.message import read
from relata.engine.messaging.mail.storing import Arrived, store


def sent(address: str, sender: str = "ben@example.com") -> bytes:
    return (
        f"Delivered-To: {address}\r\nFrom: <{sender}>\r\nTo: carla@acme.example\r\nSubject: The plan\r\n"
        f"Message-ID: <{sender}>\r\nDate: Fri, 20 Nov 2026 09:00:00 +0100\r\n\r\nHere.\r\n"
    ).encode()


async def test_a_blind_copy_is_its_senders_and_shows_with_the_recipient(office: Office) -> None:
    root = await office.house.person("Root", "admin", email="root@example.com")
    box = await office.mailbox(root, address="crm@example.com", takes_copies=True)
    async with office.house.as_person(office.ben) as work:
        first = await new_copy_address(work)
        address = await new_copy_address(work)
        assert address != first and await my_copy_address(work) == address
    async with office.house.system() as work:
        mailbox = await work.get("mailbox", box)
        copies = await copies_of(work, mailbox)
        assert copies is not None
        assert copies.whose(read(sent(address))) == office.ben
        assert copies.whose(read(sent(address, "eve@example.com"))) is None
        assert copies.whose(read(sent(first))) is None  # it is none any more
        (key,) = await store(work, mailbox, [Arrived(read(sent(address)), "out", owner=office.ben)])
    assert key is not None
    async with office.house.as_person(office.ben) as work:
        mail = await work.get("email", key)
        (filing,) = await work.find("email_filing", email=key)
        assert (await work.get("email_thread", mail["thread"])).id == mail["thread"]
    assert (filing["about"].id, filing["colleague"]) == (office.contact, office.ben)
