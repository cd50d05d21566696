"""What is noted of mails: only where everybody allows it, by addresses that name nobody and lead nowhere else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import pytest
from tests.engine.messaging.mail.conftest import Office, SmtpDouble

from relata.engine.messaging.mail.outgoing import conversations, mailings, tokens, tracking
from relata.engine.messaging.mail.outgoing.followups import unsubscribe
from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.messaging.mail.storing import store
from relata.engine.workspace.context import Settings
from relata.foundation.errors import Expired
from relata.foundation.ids import new_id

SECRET, ADDRESS = "s" * 40, "https://crm.example.com"
BODY = "See [our page](https://example.com/a?x=1&y=2) or write to [us](mailto:us@example.com)"


async def _html(office: Office, smtp: SmtpDouble, key: UUID) -> str:
    office.ports = replace(office.ports, marked=tracking.marking(SECRET, ADDRESS))
    assert await office.send(key) == "sent"
    part = smtp.mails[-1].get_body(("html",))
    assert part is not None
    return str(part.get_content())


async def _allow(office: Office, *, workspace: bool, mailbox: bool) -> None:
    context = await office.house.door.context(office.house.key)
    context.settings = Settings(name="Test company", mail_tracking=workspace)
    async with office.house.as_person(office.ada) as work:
        await work.change(("mailbox", office.mailbox), {"tracks_opens": mailbox, "tracks_clicks": mailbox})


@pytest.mark.parametrize(("workspace", "mailbox"), [(False, False), (False, True), (True, False)])
async def test_nothing_is_noted_unless_workspace_and_mailbox_say_so(
    office: Office, smtp: SmtpDouble, workspace: bool, mailbox: bool
) -> None:
    await _allow(office, workspace=workspace, mailbox=mailbox)
    key = await office.post(body=BODY)
    html = await _html(office, smtp, key)
    assert "https://example.com/a?x=1&amp;y=2" in html
    assert ADDRESS not in html
    async with office.house.system() as work:
        await tracking.note(work, key, "opened_at")
    assert (await office.mail(key))["opened_at"] is None


async def test_opened_and_clicked_are_noted_once_and_name_nobody(office: Office, smtp: SmtpDouble) -> None:
    await _allow(office, workspace=True, mailbox=True)
    key = await office.post(body=BODY)
    html = await _html(office, smtp, key)
    links = [link.replace("&amp;", "&") for link in re.findall(r'(?:href|src)="([^"]+)"', html)]
    clicked = next(link for link in links if tracking.CLICKED_AT in link)
    assert "mailto:us@example.com" in links
    assert "anna" not in clicked.lower()
    token = unquote(urlsplit(clicked).path.rpartition("/")[2])
    target = parse_qs(urlsplit(clicked).query)["to"][0]
    assert target == "https://example.com/a?x=1&y=2"
    assert tokens.read(SECRET, tokens.CLICKED, token, target) == (office.house.key, key)
    for wrong in ("https://evil.example.com/", target + "3", ""):
        with pytest.raises(Expired):
            tokens.read(SECRET, tokens.CLICKED, token, wrong)
    with pytest.raises(Expired):
        tokens.read(SECRET, tokens.OPENED, token, target)
    async with office.house.system() as work:
        await tracking.note(work, key, "clicked_at")  # a scanner, in the moment it arrives
        assert (await work.get(WRITTEN, key))["clicked_at"] is None
        await work.change((WRITTEN, key), {"sent_at": work.clock.now - timedelta(minutes=5)})
        await tracking.note(work, key, "clicked_at")
        await tracking.note(work, new_id(), "clicked_at")
    noted = await office.mail(key)
    assert noted["clicked_at"] is not None
    assert noted["opened_at"] == noted["clicked_at"]


async def test_one_click_unsubscribes_and_the_contact_says_so(office: Office, smtp: SmtpDouble) -> None:
    async with office.house.as_person(office.ada) as work:
        one = work.registry.get("contact")
        values = {"name": {"first": "Anna"}, "email": "anna@example.com"}
        contact = await work.create("contact", values)
        made = await mailings.start(
            work, office.queue, one, [contact.id], "", subject="Hi", body="x", mailbox=office.mailbox
        )
        (mail,) = await work.find(WRITTEN, mailing=made.id)
    await office.due(mail.id)
    office.ports = replace(office.ports, stop_address=tracking.stopping(SECRET, ADDRESS))
    assert await office.send(mail.id) == "sent"
    header = str(smtp.mails[0]["List-Unsubscribe"])
    assert smtp.mails[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = unquote(header.strip("<>").rpartition("/")[2])
    async with office.house.system() as work:
        for _each in range(2):
            await unsubscribe(work, tokens.read(SECRET, tokens.STOP, token)[1])
        assert (await work.get("contact", contact.id))["do_not_email"] is True
        assert await work.count("mail_stop", address="anna@example.com") == 1
    plain = await office.post()
    await office.send(plain)
    assert smtp.mails[-1]["List-Unsubscribe"] is None


async def test_who_does_not_want_to_be_watched_is_not(office: Office, smtp: SmtpDouble) -> None:
    await _allow(office, workspace=True, mailbox=True)
    async with office.house.system() as work:
        values = {"name": {"first": "Anna", "last": "Muster"}, "email": "anna@example.com", "do_not_track": True}
        await work.create("contact", values)
    assert ADDRESS not in await _html(office, smtp, await office.post(body=BODY))
    assert ADDRESS in await _html(office, smtp, await office.post(body=BODY, to_addresses="bea@example.com"))


async def test_a_forwarded_mail_brings_its_files(office: Office, smtp: SmtpDouble) -> None:
    raw = (
        b"From: Bea <bea@example.com>\r\nTo: ada@relata.example.com\r\nSubject: Plan\r\nMessage-ID: <p@x>\r\n"
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
        b"Here.\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\r\n"
        b"%PDF\r\n--b--\r\n"
    )
    schema = (await office.house.door.context(office.house.key)).schema
    arrived = await conversations.parsed(office.ports.files, schema, raw)
    assert arrived is not None
    async with office.house.system() as work:
        mailbox = await work.get("mailbox", office.mailbox)
        (email,) = await store(work, mailbox, [replace(arrived, direction="in")])
    for leaves in (False, True):
        await office.send(await office.post(answers=email, manner="forward", leaves_files=leaves))
        names = [part.get_filename() for part in smtp.mails[-1].iter_attachments()]
        assert names == ([] if leaves else ["plan.pdf"])
