"""Who writes or is written to becomes a record by itself, where the mailbox says so, and nobody else does."""

from __future__ import annotations

import pytest
from tests.engine.messaging.incoming.conftest import PLAN, Office

from relata.engine.messaging.mail.new_people import make_known, readable_name
from relata.foundation.errors import Invalid

STRANGER = PLAN.replace(b"Carla Customer <carla@acme.example>", b'"Muster, Anna" <anna@acme.example>')
NUMBER = b"<one@acme.example>"


async def _made(office: Office, *raws: bytes, direction: str = "in") -> list[str]:
    """The names of the contacts that came of these mails."""
    for at, raw in enumerate(raws):
        (email,) = await office.arrive(raw.replace(NUMBER, b"<n%d-%d@x>" % (at, len(raw))), direction=direction)
        assert email is not None
        async with office.house.system() as work:
            await make_known(work, email)
    async with office.house.as_person(office.ada) as work:
        return [one.title for one in await work.find("contact", owner=office.ada, order="created_at")]


async def _policy(office: Office, new_people: str) -> None:
    async with office.house.as_person(office.ada) as work:
        await work.change(("mailbox", office.box), {"new_people": new_people})


async def test_new_people_are_offered_unless_the_mailbox_says_otherwise(office: Office) -> None:
    assert await _made(office, STRANGER) == []
    await _policy(office, "written")
    assert await _made(office, STRANGER.replace(b"Please", b"Do")) == []
    ours = b"From: ada@example.com\nTo: Bea <bea@acme.example>, carla@acme.example\nMessage-ID: <o@x>\n\nHi\n"
    assert await _made(office, ours, direction="out") == ["Bea"]  # Carla is known


async def test_who_writes_becomes_known_once_and_belongs_to_the_owner(office: Office) -> None:
    await _policy(office, "all")
    assert await _made(office, STRANGER, STRANGER.replace(b"Please", b"Do")) == ["Anna Muster"]
    async with office.house.as_person(office.ada) as work:
        await work.delete((await work.find("contact", owner=office.ada))[0])
    assert await _made(office, STRANGER.replace(b"Please", b"Again")) == []  # who was thrown away stays away


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"anna@acme.example", b"no-reply@acme.example"),
        (b"Subject:", b"List-Id: <news.acme.example>\nSubject:"),
        (b"anna@acme.example", b"ben@example.com"),
        (b"anna@acme.example", b"anna@doctor.example"),
    ],
)
async def test_machines_colleagues_and_hidden_senders_become_nobody(office: Office, old: bytes, new: bytes) -> None:
    await _policy(office, "all")
    async with office.house.as_person(office.ada) as work:
        await work.create("mail_rule", {"mailbox": office.box, "pattern": "doctor.example", "does": "nothing"})
    assert await _made(office, STRANGER.replace(old, new)) == []


async def test_they_become_only_what_the_owner_may_make(office: Office) -> None:
    async with office.house.as_person(office.ada) as work:
        with pytest.raises(Invalid):
            await work.change(("mailbox", office.box), {"new_people": "all", "new_people_as": "user"})


def test_names_are_read_as_people_write_them() -> None:
    said = [("Muster, Anna", "a@x.at"), ("", "anna.muster@x.at"), ("anna@x.at", "anna@x.at"), ("Dr. Eva  K", "e@x.at")]
    assert [readable_name(*one) for one in said] == ["Anna Muster", "Anna Muster", "Anna", "Dr. Eva K"]
