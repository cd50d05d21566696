"""From the button to the mail, and from a guest's answer in a mail back to the meeting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from relata.app.hearing import hear_replies
from relata.app.inviting import send_invitations
from relata.engine.calendars.reading import read_calendar
from relata.engine.calendars.scheduling import reply
from relata.engine.files.store import DiskStore
from relata.engine.messaging.message import Message
from relata.foundation.ids import new_id
from relata.modules.activities import contracts
from relata.testing.house import House

START = "2027-03-08T09:00:00Z"


class Outbox:
    """Keeps what would be sent."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def post_within(self, connection: object, message: Message) -> None:
        self.mails.append(message)


async def one_chunk(content: bytes) -> AsyncIterator[bytes]:
    """A file's bytes."""
    yield content


async def arrived(work: Any, files: DiskStore, text: bytes, sender: str) -> None:
    """A mail that came in with a calendar part."""
    values = {"subject": "Re", "direction": "in", "from_address": sender, "fingerprint": new_id().hex}
    email = await work.create("email", values)
    file: UUID = new_id()
    stored = await files.put(work.context.schema, file, one_chunk(text), max_bytes=10**6)
    await work.unit.connection.execute(
        f"insert into {work.context.schema}._file (id, name, size, media_type, sha256, object, record)"
        " values (%s, 'invitation.ics', %s, 'text/calendar', %s, 'email', %s)",
        (file, len(text), stored.sha256, email.id),
    )


async def test_guests_get_one_mail_each_and_their_answers_are_heard_once(house: House, tmp_path: Path) -> None:
    outbox, files = Outbox(), DiskStore(tmp_path)
    fake: Any = SimpleNamespace(outbox=outbox, files=files)
    ada = await house.person("Ada", email="ada@example.com")
    async with house.as_person(ada) as work:
        made = await work.create("meeting", {"subject": "Tasting", "starts_at": START})
        for name in ("grace", "alan"):
            await work.create("guest", {"meeting": made.id, "email": f"{name}@example.com"})
        assert await work.run(contracts.InviteGuests(made.id)) == 2
    async with house.system() as work:
        assert await send_invitations(work, fake) == 2
        assert await send_invitations(work, fake) == 0
        assert {one.to for one in outbox.mails} == {"grace@example.com", "alan@example.com"}
        mail = next(one for one in outbox.mails if one.to == "grace@example.com")
        assert "alan@example.com" not in (mail.calendar or "")
        (item,) = read_calendar(mail.calendar or "", "UTC").items
        assert item.organizer is not None
        assert item.organizer.email == "ada@example.com"
        guest = item.guests[0].__class__("grace@example.com", answer="declined")
        await arrived(work, files, reply(item, guest, now=work.clock.now).encode(), "grace@example.com")
        assert await hear_replies(work, fake) == 1
        assert await hear_replies(work, fake) == 0
        answers = {one["email"]: one["answer"] for one in await work.find("guest", meeting=made.id)}
    assert answers == {"grace@example.com": "declined", "alan@example.com": "waiting"}
