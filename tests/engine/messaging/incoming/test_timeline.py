"""A filing stands for its mail in the timeline: who may read the mail sees it there, others what the filing holds."""

from __future__ import annotations

from uuid import UUID

from tests.engine.messaging.incoming.conftest import PLAN, Office

from relata.engine.ui.timeline import Asked, TimelineEntry, timeline


async def entry(office: Office, person: UUID) -> TimelineEntry:
    async with office.house.as_person(person) as work:
        contact = await work.get("contact", office.contact)
        page = await timeline(work, contact.object, contact, Asked(kind="email_filing"))
        (found,) = page.entries
        return found


async def test_who_may_read_the_mail_sees_it_in_the_place_of_its_filing(office: Office) -> None:
    (mail,) = await office.arrive(PLAN)
    own, others = await entry(office, office.ada), await entry(office, office.ben)
    assert (own.title, own.text, own.href) == ("The plan", "Please call me.", f"/emails/{mail}")
    assert (others.title, others.text, others.what) == ("", "", "Filed e-mail: Received")
    assert others.href.startswith("/email_filings/")
