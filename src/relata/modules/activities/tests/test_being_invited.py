"""Somebody outside invites one of us: answered, put into the calendar, followed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from relata.engine.calendars.item import Guest, Item
from relata.engine.calendars.replies import apply_reply
from relata.engine.calendars.scheduling import cancel, request
from relata.engine.messaging.mail.parsing.message import read
from relata.engine.messaging.mail.storing import Arrived, store
from relata.foundation.errors import Conflict
from relata.modules.activities import contracts
from relata.modules.activities.contracts import ATTENDEE, MEETING
from relata.testing.house import House

START = datetime(2027, 3, 8, 8, tzinfo=UTC)
GRACE = Guest("grace@acme.example", "Grace")
ASKED = Item(
    "g1@acme", "Visit", START, START + timedelta(hours=1), "Europe/Berlin", rule="FREQ=WEEKLY;COUNT=3", sequence=1,
    organizer=GRACE, guests=(Guest("ada@example.com"), Guest("bob@acme.example", "Bob", "accepted")),
)  # fmt: skip
MAIL = b"From: grace@acme.example\r\nTo: ada@example.com\r\nSubject: Visit\r\nMessage-ID: <v@x>\r\n\r\nCome.\r\n"


async def test_an_invitation_is_answered_and_follows_who_invites(house: House) -> None:
    ada = await house.person("Ada", "member", email="ada@example.com")
    async with house.as_person(ada) as work:
        box = await work.create("mailbox", {"name": "Ada", "address": "ada@example.com"})
    async with house.system() as work:
        (email,) = await store(work, await work.get("mailbox", box.id), [Arrived(read(MAIL), "in")])
        assert email is not None
    text = request(ASKED, now=START)
    async with house.as_person(ada) as work:
        stranger = replace(ASKED, organizer=Guest("eve@evil.example"))
        for wrong in (request(stranger, now=START), request(replace(ASKED, guests=()), now=START), "no calendar"):
            with pytest.raises(Conflict):
                await work.run(contracts.AnswerInvitation(email, wrong, "accepted"))
        for answer in ("tentative", "accepted"):
            made = await work.run(contracts.AnswerInvitation(email, text, answer))
        assert await work.count(MEETING, uid="g1@acme") == 1
        meeting = await work.get(MEETING, made.meeting)
        assert (meeting["owner"], meeting["invited_by"], meeting["rule"]) == (ada, GRACE.email, "FREQ=WEEKLY;COUNT=3")
        found = await work.find(ATTENDEE, meeting=meeting.id)
        guests = {one["email"]: (one["answer"], one["to_send"]) for one in found}
        assert guests == {"ada@example.com": ("accepted", "reply"), "bob@acme.example": ("accepted", None)}
        with pytest.raises(Conflict):  # ours are not invited in their name
            await work.run(contracts.InviteGuests(meeting.id))
    async with house.system() as work:
        later = replace(ASKED, starts=START + timedelta(hours=2), ends=START + timedelta(hours=3), sequence=2)
        assert await apply_reply(work, request(later, now=START), "eve@evil.example") == []
        assert await apply_reply(work, request(later, now=START), GRACE.email) == [meeting.id]
        assert (await work.get(MEETING, meeting.id))["starts_at"] == later.starts
        assert await apply_reply(work, cancel(replace(later, sequence=3), now=START), GRACE.email) == [meeting.id]
        assert (await work.get(MEETING, meeting.id))["status"] == "cancelled"
        assert await work.count(ATTENDEE, 'to_send = "request" or to_send = "cancel"') == 0
