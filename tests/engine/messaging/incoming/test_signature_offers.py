"""What a mail's signature says of its writer is offered, and written down at a click."""

from __future__ import annotations

import pytest
from tests.engine.messaging.incoming.conftest import PLAN, Office

from relata.engine.messaging.mail.conversation import conversation
from relata.engine.ui.signature_offers import offers, take
from relata.foundation.errors import Conflict

SIGNED = (
    PLAN
    + b"""
Best regards,
--
Carla C
Head of Purchasing
Tel. +44 20 7946 0958
"""
)


async def test_a_number_and_a_title_are_offered_and_taken_once(office: Office) -> None:
    (mail,) = await office.arrive(SIGNED)
    assert mail is not None
    async with office.house.as_person(office.ada) as work:
        thread = (await work.get("email", mail))["thread"]
        (said,) = (await conversation(work, thread)).mails
        found = {one.field: one.text for one in await offers(work, said)}
        assert found == {"job_title": "Head of Purchasing", "phone": "+442079460958"}
        for field, text in found.items():
            await take(work, thread, mail, field, text)
        record = await work.get("contact", office.contact)
        assert (record["job_title"], record["phone"][0].value) == ("Head of Purchasing", "+442079460958")
        assert await offers(work, said) == ()
        with pytest.raises(Conflict):
            await take(work, thread, mail, "phone", "+442079460958")


async def test_another_persons_signature_offers_nothing(office: Office) -> None:
    (mail,) = await office.arrive(SIGNED.replace(b"Carla C\n", b"Ann Smith\n"))
    assert mail is not None
    async with office.house.as_person(office.ada) as work:
        (said,) = (await conversation(work, (await work.get("email", mail))["thread"])).mails
        assert said.record["sign_off"] and await offers(work, said) == ()
