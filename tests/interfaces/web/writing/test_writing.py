"""Writing a mail on the screen: begun, kept while one types, refused at the field, sent off and called back."""

from __future__ import annotations

import re

from tests.access.conftest import Connect
from tests.interfaces.web.writing.conftest import Links, mailbox_of

from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.testing.house import House

HTMX = {"hx-request": "true"}


async def test_a_mail_from_the_first_word_until_it_is_called_back(house: House, connect: Connect) -> None:
    person = await house.person("Ada Admin")
    ada, bob = await connect(person, browser=True), await connect(await house.person("Bob"), browser=True)
    async with house.system() as work:
        contact = await work.create("contact", {"name": {"first": "Anna"}, "email": "anna@example.com"})
    address = f"/write?about=contact:{contact.id}"
    assert f'hx-get="{address}"' in (await ada.get(f"/contacts/{contact.id}")).text
    assert "No address to write from" in (await ada.get(address, headers=HTMX)).text
    box = await mailbox_of(house, person)
    dialog = (await ada.get(address, headers=HTMX)).text
    assert 'value="Anna &lt;anna@example.com&gt;"' in dialog
    path = re.search(r'action="(/write/[0-9a-f-]{36})/send"', dialog)
    assert path is not None
    form = {"mailbox": str(box), "to_addresses": ["Anna <anna@example.com>", "new:bob@example.com"], "body": "Hello",
            "about": f"contact:{contact.id}", "manner": "new", "subject": ""}  # fmt: skip
    assert "Saved" in (await ada.post(f"{path[1]}/save", data=form, headers=HTMX)).text
    refused = await ada.post(f"{path[1]}/send", data=form, headers=HTMX)
    assert refused.status_code == 422
    assert 'id="write-subject-error"' in refused.text
    sent = await ada.post(f"{path[1]}/send", data={**form, "subject": "Offer"}, headers=HTMX)
    assert f"{path[1]}/undo" in sent.headers["hx-trigger"]
    async with house.as_person(person) as work:
        (mail,) = await work.find(WRITTEN)
    assert (mail["state"], mail["to_addresses"]) == ("held", "Anna <anna@example.com>, bob@example.com")
    assert "About to go" in (await ada.get(path[1])).text
    assert (await bob.get(path[1])).status_code == 404
    assert (await bob.post(f"{path[1]}/undo")).status_code == 404
    assert (await ada.post(f"{path[1]}/undo")).status_code == 303
    again = await ada.get(f"/written_emails/{mail.id}")
    assert again.headers["location"] == path[1]
    assert "Offer" in (await ada.get(path[1])).text


async def test_a_template_takes_the_recipients_values_and_names_what_is_missing(house: House, connect: Connect) -> None:
    person = await house.person("Ada Admin")
    ada, box = await connect(person, browser=True), await mailbox_of(house, person)
    async with house.as_person(person) as work:
        await work.create("contact", {"name": {"first": "Anna"}, "email": "anna@example.com"})
        values = {"name": "T", "object": "contact", "subject": "For {{ record.name.first }}",
                  "body": "As {{ record.job_title }}"}  # fmt: skip
        template = await work.create("email_template", values)
    key = "01a201b5-877e-73a9-804a-f39f397088bc"
    form = {
        "mailbox": str(box),
        "to_addresses": "anna@example.com",
        "template": str(template.id),
        "subject": "",
        "body": "",
    }
    filled = (await ada.post(f"/write/{key}/template", data=form, headers=HTMX)).text
    assert 'value="For Anna"' in filled
    assert "There is no value for {{ record.job_title }}" in filled
    refused = await ada.post(
        f"/write/{key}/send", data={**form, "subject": "x", "body": "As {{ record.job_title }}"}, headers=HTMX
    )
    assert refused.status_code == 422


async def test_a_mailing_says_before_who_gets_it(house: House, connect: Connect) -> None:
    person = await house.person("Ada Admin")
    ada, box = await connect(person, browser=True), await mailbox_of(house, person)
    async with house.as_person(person) as work:
        ids = [
            (await work.create("contact", {"name": {"first": name}, **more})).id
            for name, more in (("Anna", {"email": "a@example.com"}), ("Bob", {}))
        ]
    chosen = await ada.post(
        "/contacts/bulk/ask", data={"what": "mail", "selected": [str(key) for key in ids]}, headers=HTMX
    )
    order = re.search(r'name="order" value="([^"]+)"', chosen.text)
    assert order is not None
    form = {"order": order[1].replace("&#34;", '"'), "mailbox": str(box), "subject": "Hi", "body": "{{ record.name }}"}
    looked = (await ada.post("/write/mailing/preview", data=form, headers=HTMX)).text
    assert "1 person gets it." in looked
    assert "There is no e-mail address." in looked
    wrong = (await ada.post("/write/mailing/preview", data={**form, "body": "{{ record.x }}"}, headers=HTMX)).text
    assert 'id="field-body-error"' in wrong
    sent = await ada.post("/write/mailing/send", data=form, headers=HTMX)
    page = await ada.get(sent.headers["hx-redirect"])
    assert "On its way" in page.text


async def test_unsubscribing_takes_a_press_and_links_lead_only_where_they_led(
    house: House, connect: Connect, links: Links
) -> None:
    anybody = await connect(await house.person("Ada"), browser=True)
    assert (await anybody.get("/mail/stop/wrong")).status_code in (403, 410)
    assert (await anybody.get("/mail/stop/right")).status_code == 200
    assert links.happened == []
    assert (await anybody.post("/mail/stop/right", data={"List-Unsubscribe": "One-Click"})).status_code == 200
    assert (await anybody.get("/mail/o/right")).headers["content-type"] == "image/gif"
    assert (await anybody.get("/mail/o/wrong")).status_code == 200
    there = await anybody.get("/mail/c/right?to=https://example.com/")
    assert (there.status_code, there.headers["location"]) == (303, "https://example.com/")
    assert (await anybody.get("/mail/c/right?to=https://evil.example.com/")).status_code in (403, 410)
    assert links.happened == ["stopped", "opened", "clicked"]
