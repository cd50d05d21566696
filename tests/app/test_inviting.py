"""From the button to the mail, and from a guest's answer in a mail back to the meeting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from relata.app.hearing import hear_replies
from relata.app.inviting import send_invitations
from relata.engine.calendars.item import Guest, Item
from relata.engine.calendars.reading import read_calendar
from relata.engine.calendars.scheduling import read_replies, reply, request
from relata.engine.files.store import DiskStore
from relata.engine.messaging.message import Message
from relata.foundation.errors import Conflict, Invalid
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


async def invited(work: Any, fake: Any, **values: Any) -> tuple[Any, Any]:
    """A meeting with one guest who got the invitation."""
    made = await work.create("meeting", {"subject": "Tasting", "starts_at": START, "zone": "UTC", **values})
    guest = await work.create("guest", {"meeting": made.id, "email": "grace@example.com"})
    await work.run(contracts.InviteGuests(made.id))
    await send_invitations(work, fake)
    return made, guest


async def test_another_time_is_accepted_or_refused(house: House, tmp_path: Path) -> None:
    fake: Any = SimpleNamespace(outbox=Outbox(), files=DiskStore(tmp_path))
    later = datetime(2027, 3, 9, 14, tzinfo=UTC)
    async with house.system() as work:
        for accepts in (False, True):
            made, guest = await invited(work, fake)
            (item,) = read_calendar(fake.outbox.mails[-1].calendar or "", "UTC").items
            asked = replace(item, starts=later, ends=later + timedelta(minutes=30))
            counter = reply(asked, Guest("grace@example.com"), now=work.clock.now)
            await arrived(work, fake.files, counter.replace(":REPLY", ":COUNTER").encode(), "grace@example.com")
            assert await hear_replies(work, fake) == 1
            command = contracts.AcceptProposal if accepts else contracts.RefuseProposal
            await work.run(command(made.id, guest.id))
            await send_invitations(work, fake)
            meeting, known = await work.get("meeting", made.id), await work.get("guest", guest.id)
            assert meeting["starts_at"] == (later if accepts else datetime.fromisoformat(START))
            assert known["proposed_at"] is None
            assert fake.outbox.mails[-1].method == ("REQUEST" if accepts else "DECLINECOUNTER")
        assert (known["answer"], meeting["ends_at"]) == ("accepted", later + timedelta(minutes=30))


async def test_whoever_invites_us_is_asked_for_another_time(house: House, tmp_path: Path) -> None:
    fake: Any = SimpleNamespace(outbox=Outbox(), files=DiskStore(tmp_path))
    ada, later = await house.person("Ada", email="ada@example.com"), datetime(2027, 3, 9, 14, tzinfo=UTC)
    starts = datetime.fromisoformat(START)
    theirs = Item(
        "v1@acme", "Visit", starts, starts + timedelta(hours=1), "UTC", organizer=Guest("grace@acme.example"),
        guests=(Guest("ada@example.com"),),
    )  # fmt: skip
    async with house.system() as work:
        email = await work.create("email", {"subject": "Visit", "direction": "in", "from_address": "grace@acme.example",
                                            "fingerprint": new_id().hex, "owner": ada})  # fmt: skip
    async with house.as_person(ada) as work:
        text = request(theirs, now=work.clock.now)
        made = (await work.run(contracts.AnswerInvitation(email.id, text, "accepted"))).meeting
        own = await work.create("meeting", {"subject": "Ours", "starts_at": START})
        for wrong in ((own.id, later), (made, starts), (made, datetime(2020, 1, 1, tzinfo=UTC))):
            with pytest.raises((Conflict, Invalid)):
                await work.run(contracts.ProposeTime(*wrong))
        await work.run(contracts.ProposeTime(made, later))
        assert (await work.get("meeting", made))["starts_at"] == starts
    async with house.system() as work:
        assert await send_invitations(work, fake) == 1
        mail = fake.outbox.mails[-1]
        (reply_of_ours,) = read_replies(mail.calendar or "")
        assert (mail.to, mail.method) == ("grace@acme.example", "COUNTER")
        assert reply_of_ours.proposed == (later, later + timedelta(hours=1))
        stays = request(theirs, now=work.clock.now).replace(":REQUEST", ":DECLINECOUNTER").encode()
        await arrived(work, fake.files, stays, "eve@evil.example")
        assert await hear_replies(work, fake) == 0
        await arrived(work, fake.files, stays, "grace@acme.example")
        assert await hear_replies(work, fake) == 1
        guest = await work.first("guest", meeting=made, email="ada@example.com")
        assert guest is not None and guest["proposed_at"] is None


async def test_an_answer_to_one_of_a_series_leaves_the_others(house: House, tmp_path: Path) -> None:
    fake: Any = SimpleNamespace(outbox=Outbox(), files=DiskStore(tmp_path))
    async with house.system() as work:
        _made, guest = await invited(work, fake, repeats="weekly")
        (item,) = read_calendar(fake.outbox.mails[-1].calendar or "", "UTC").items
        second = item.starts + timedelta(weeks=1)
        one = replace(item, rule="", starts=second, ends=second + timedelta(hours=1), original=second)
        text = reply(one, Guest("grace@example.com", answer="declined"), now=work.clock.now).encode()
        await arrived(work, fake.files, text, "eve@example.com")
        assert await hear_replies(work, fake) == 0
        known = await work.get("guest", guest.id)
        assert "eve@example.com" in known["unverified"] and known["single_answers"] is None
        await arrived(work, fake.files, text, "grace@example.com")
        await hear_replies(work, fake)
        known = await work.get("guest", guest.id)
    assert (known["answer"], known["single_answers"]) == ("waiting", {second.isoformat(): "declined"})
    assert known["unverified"] is None


async def test_who_is_taken_off_hears_of_it_once(house: House, tmp_path: Path) -> None:
    fake: Any = SimpleNamespace(outbox=Outbox(), files=DiskStore(tmp_path))
    async with house.system() as work:
        made, guest = await invited(work, fake)
        await work.delete(await work.get("guest", guest.id))
        assert [await send_invitations(work, fake) for _ in range(2)] == [1, 0]
        assert fake.outbox.mails[-1].method == "CANCEL"
        other, _guest = await invited(work, fake)
        await work.delete(other)
        assert await send_invitations(work, fake) == 1
        assert (fake.outbox.mails[-1].method, fake.outbox.mails[-1].to) == ("CANCEL", "grace@example.com")
        assert made.id != other.id


async def test_who_invites_us_is_told_whether_we_come(house: House, tmp_path: Path) -> None:
    fake: Any = SimpleNamespace(outbox=Outbox(), files=DiskStore(tmp_path))
    async with house.system() as work:
        values = {"subject": "Visit", "starts_at": START, "invited_by": "grace@acme.example", "uid": "g1@acme"}
        made = await work.create("meeting", values)
        own = await work.create("guest", {"meeting": made.id, "email": "ada@example.com", "answer": "declined"})
        await work.change(own, {"to_send": "reply"})
        assert await send_invitations(work, fake) == 1
        assert (await work.get("guest", own.id))["invited_at"] is None
    (mail,) = fake.outbox.mails
    (heard,) = read_replies(mail.calendar or "")
    assert (mail.to, mail.method, mail.subject) == ("grace@acme.example", "REPLY", "Declined: Visit")
    assert (heard.uid, heard.email, heard.answer) == ("g1@acme", "ada@example.com", "declined")
