"""What is noted of mails: only where everybody allows it, by addresses that name nobody and lead nowhere else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import pytest
from tests.engine.messaging.mail.conftest import Office, SmtpDouble

from relata.engine.messaging.mail.outgoing import (
    actions,
    conversations,
    drafts,
    mailings,
    sending,
    tokens,
    tracking,
)
from relata.engine.messaging.mail.outgoing.claiming import Claimed, claim
from relata.engine.messaging.mail.outgoing.followups import unsubscribe
from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.messaging.mail.storing import store
from relata.engine.workspace.context import Settings
from relata.engine.workspace.record import Record
from relata.foundation.errors import Conflict, Expired
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


async def test_of_each_recipient_is_noted_what_they_did(office: Office, smtp: SmtpDouble) -> None:
    await _allow(office, workspace=True, mailbox=True)
    async with office.house.system() as work:
        values = {"name": {"first": "Eve", "last": "Privat"}, "email": "eve@example.com", "do_not_track": True}
        await work.create("contact", values)
    smtp.answers = {"rcpt to:<gone@example.com>": "550 gone"}
    more = {"cc_addresses": "bob@example.com, gone@example.com", "bcc_addresses": "eve@example.com"}
    key = await office.post(body=BODY, **more)
    office.ports = replace(office.ports, marked=tracking.marking(SECRET, ADDRESS))
    assert await office.send(key) == "sent"
    htmls = [part.get_content() for mail in smtp.mails if (part := mail.get_body(("html",)))]
    assert {(mail["To"], mail["Cc"], mail["Message-ID"]) for mail in smtp.mails} == {
        ("Anna Muster <anna@example.com>", "bob@example.com, gone@example.com", smtp.mails[0]["Message-ID"])
    }
    assert [ADDRESS in html for html in htmls] == [True, True, False]  # Eve is not watched, and nobody else is by her
    assert htmls[0] != htmls[1]
    rows = await _recipients(office, key)
    assert {row["address"]: row["state"] for row in rows.values()} == {
        "anna@example.com": "sent", "bob@example.com": "sent", "gone@example.com": "refused", "eve@example.com": "sent",
    }  # fmt: skip
    async with office.house.system() as work:
        bob = rows["bob@example.com"]
        await work.change(("mail_recipient", bob.id), {"sent_at": work.clock.now - timedelta(minutes=5)})
        await work.change((WRITTEN, key), {"sent_at": work.clock.now - timedelta(minutes=5)})
        await tracking.note(work, bob.id, "clicked_at")
        await tracking.note(work, rows["eve@example.com"].id, "opened_at")
    opened = {address for address, row in (await _recipients(office, key)).items() if row["opened_at"]}
    assert opened == {"bob@example.com"}
    assert (await office.mail(key))["clicked_at"] is not None


async def _recipients(office: Office, key: UUID) -> dict[str, Record]:
    async with office.house.as_person(office.ada) as work:
        return {row["address"]: row for row in await work.find("mail_recipient", mail=key)}


async def test_a_copy_that_is_lost_on_the_way_is_uncertain_for_one_alone(office: Office, smtp: SmtpDouble) -> None:
    await _allow(office, workspace=True, mailbox=True)
    smtp.ending = lambda number: None if number == 1 else "250 taken"
    smtp.answers = {"rcpt to:<late@example.com>": "451 later"}
    office.ports = replace(office.ports, marked=tracking.marking(SECRET, ADDRESS))
    key = await office.post(to_addresses="anna@example.com, bob@example.com, late@example.com")
    assert await office.send(key) == "queued"  # for the one who waits
    async with office.house.as_person(office.ada) as work:
        with pytest.raises(Conflict):
            await drafts.call_back(work, key)  # the others have it
    smtp.answers = {}
    await office.due(key)
    assert await office.send(key) == "uncertain"
    assert len(smtp.received) == 3  # nobody got it twice
    states = {address: row["state"] for address, row in (await _recipients(office, key)).items()}
    assert states == {"anna@example.com": "sent", "bob@example.com": "uncertain", "late@example.com": "sent"}
    async with office.house.as_person(office.ada) as work:
        await actions.write_again.perform(work, actions.WriteAgain(key))
        assert (await work.get(WRITTEN, key))["to_addresses"] == "bob@example.com"


async def test_a_worker_that_died_between_two_copies_leaves_a_true_answer(office: Office, smtp: SmtpDouble) -> None:
    await _allow(office, workspace=True, mailbox=True)
    office.ports = replace(office.ports, marked=tracking.marking(SECRET, ADDRESS))
    key = await office.post(to_addresses="anna@example.com, bob@example.com")
    async with office.house.system() as work:
        taken = await claim(work, key, sending.no_stop)
        assert isinstance(taken, Claimed)
        await work.change(taken.rows[0], {"handed_at": work.clock.now})
        await work.change((WRITTEN, key), {"handed_at": work.clock.now})
    assert await office.send(key) == "uncertain"
    assert [line[8:] for line in smtp.commands if line.startswith("rcpt")] == ["<bob@example.com>"]
    states = {address: row["state"] for address, row in (await _recipients(office, key)).items()}
    assert states == {"anna@example.com": "uncertain", "bob@example.com": "sent"}
