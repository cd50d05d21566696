"""Invitations and answers, as calendar programs write and read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from relata.connectors.smtp.transport import compose
from relata.engine.calendars.item import Guest, Item
from relata.engine.calendars.replies import apply_reply
from relata.engine.calendars.scheduling import cancel, read_replies, reply, request
from relata.engine.messaging.invitation import invitation
from relata.testing.house import House

START = datetime(2027, 3, 8, 8, tzinfo=UTC)
GRACE = Guest("grace@example.com", "Grace Hopper")
ITEM = Item(
    "u1@relata", "Tasting", START, START + timedelta(hours=1), "Europe/Berlin", sequence=2,
    organizer=Guest("ada@example.com", "Ada"), guests=(GRACE,),
)  # fmt: skip


def test_an_invitation_names_its_method_and_asks_for_an_answer() -> None:
    text = request(ITEM, now=START)
    assert "METHOD:REQUEST" in text
    assert "SEQUENCE:2" in text
    assert "RSVP=TRUE" in text.replace("\r\n ", "")
    assert "STATUS:CANCELLED" in cancel(ITEM, now=START)
    assert "METHOD:CANCEL" in cancel(ITEM, now=START)


def test_the_mail_carries_it_as_a_part_with_the_method() -> None:
    mail = invitation(
        "grace@example.com", request(ITEM, now=START), subject="Tasting", starts=ITEM.starts, ends=ITEM.ends,
        zone=ITEM.zone, of_days=False, place="Hall 2", link="", text="", host="Ada", is_over=False, key="k",
        language="en",
    )  # fmt: skip
    made = compose(mail, "crm@example.com")
    part = next(one for one in made.walk() if one.get_content_type() == "text/calendar")
    assert part.get_param("method") == "REQUEST"
    assert "2027-03-08 09:00 – 10:00 (Europe/Berlin)" in mail.text


def test_an_answer_is_read_and_a_request_is_none() -> None:
    (found,) = read_replies(reply(ITEM, Guest("grace@example.com", "Grace", "accepted"), now=START))
    assert (found.uid, found.email, found.answer, found.sequence) == ("u1@relata", "grace@example.com", "accepted", 2)
    assert read_replies(request(ITEM, now=START)) == []
    counter = reply(ITEM, GRACE, now=START).replace("METHOD:REPLY", "METHOD:COUNTER")
    assert read_replies(counter)[0].proposed == (ITEM.starts, ITEM.ends)


async def test_only_the_guest_answers_for_the_guest(house: House) -> None:
    async with house.system() as work:
        made = await work.create("meeting", {"subject": "Tasting", "starts_at": START})
        guest = await work.create("guest", {"meeting": made.id, "email": "Grace@Example.com"})
        item = Item(made["uid"], "Tasting", START, START + timedelta(hours=1), "UTC")
        text = reply(item, Guest("grace@example.com", answer="accepted"), now=START)
        assert await apply_reply(work, text, "eve@example.com") == []
        assert await apply_reply(work, text, "grace@example.com") == [made.id]
        assert (await work.get("guest", guest.id))["answer"] == "accepted"
        await work.change((await work.get("meeting", made.id)), {"location": "Hall 3"})
        assert await apply_reply(work, text, "grace@example.com") == []  # about what it was before
        assert await apply_reply(work, "no calendar", "grace@example.com") == []


async def test_who_was_invited_is_asked_anew_when_the_time_changes(house: House) -> None:
    async with house.system() as work:
        made = await work.create("meeting", {"subject": "Tasting", "starts_at": START})
        values = {"meeting": made.id, "email": "grace@example.com", "answer": "accepted", "invited_at": START}
        guest = await work.create("guest", values)
        moved = await work.change(made, {"starts_at": START + timedelta(hours=1)})
        asked = await work.get("guest", guest.id)
        assert (asked["to_send"], asked["answer"]) == ("request", "waiting")
        await work.move(moved, to="cancelled")
        assert (await work.get("guest", guest.id))["to_send"] == "cancel"
