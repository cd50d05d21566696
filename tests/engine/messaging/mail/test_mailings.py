"""A mailing reaches who wants it, says of everybody else why not, and accounts for each of its mails."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest
from tests.engine.messaging.mail.conftest import Office, SmtpDouble

from relata.engine.history.feed import Change
from relata.engine.messaging.mail.outgoing import mailings
from relata.engine.messaging.mail.outgoing.bounce_telling import told_of_bounce
from relata.engine.messaging.mail.outgoing.followups import note_followup, settle_uncertain, stop_address
from relata.engine.messaging.mail.outgoing.objects import STOP, WRITTEN
from relata.engine.messaging.mail.parsing.message import read
from relata.engine.messaging.mail.storing import Arrived, store
from relata.engine.storage.planner import quoted
from relata.foundation.errors import Invalid
from relata.foundation.ids import new_id

BODY = "Hello {{ record.name.first }}, as {{ record.job_title }}"


async def _contacts(office: Office, *rows: dict[str, object]) -> list[UUID]:
    found = []
    async with office.house.as_person(office.ada) as work:
        for at, values in enumerate(rows):
            given = {"name": {"first": f"P{at}", "last": "X"}, "job_title": "Boss", "email": f"p{at}@example.com"}
            made = await work.create("contact", {name: value for name, value in {**given, **values}.items() if value})
            found.append(made.id)
    return found


async def test_everybody_gets_it_or_is_named_with_a_reason(office: Office) -> None:
    async with office.house.as_person(office.ada) as work:
        firm = await work.create("account", {"name": "Shy", "do_not_contact": True})
        await work.create(STOP, {"address": "stopped@example.com", "reason": "asked"})
    ids = await _contacts(
        office, {}, {"do_not_email": True}, {"account": firm.id}, {"email": None}, {"email": "p0@example.com"},
        {"email": "stopped@example.com"}, {"job_title": None},
    )  # fmt: skip
    async with office.house.as_person(office.ada) as work:
        made = await mailings.plan(work, work.registry.get("contact"), ids, "", "Hi", BODY)
    assert [one.record for one in made.sends] == ids[:1]
    assert made.sends[0].letter.body == "Hello P0, as Boss"
    assert {one.record: one.reason for one in made.left_out} == {
        ids[1]: "unwilling", ids[2]: "unwilling", ids[3]: "no_address", ids[4]: "twice", ids[5]: "stopped",
        ids[6]: "missing_value",
    }  # fmt: skip


async def test_every_mail_of_a_mailing_is_accounted_for(office: Office, smtp: SmtpDouble) -> None:
    endings = {0: "250 taken", 1: None, 2: "554 no", 3: "250 taken"}
    smtp.ending = lambda number: endings[number % 4]
    ids = await _contacts(office, *[{} for _each in range(24)])
    async with office.house.as_person(office.ada) as work:
        one = work.registry.get("contact")
        mailing = await mailings.start(
            work, office.queue, one, ids, "", subject="Hi", body=BODY, mailbox=office.mailbox
        )
        mails = await work.find(WRITTEN, mailing=mailing.id)
    for mail in mails:
        await office.due(mail.id)
        await office.send(mail.id)
        await office.send(mail.id)  # a second worker, or the same after a restart
    async with office.house.as_person(office.ada) as work:
        states = Counter([each["state"] for each in await work.find(WRITTEN, mailing=mailing.id)])
    assert states == {"sent": 12, "uncertain": 6, "failed": 6}
    assert len(smtp.received) == 24
    assert {mail["To"] for mail in smtp.mails} == {f"P{at} X <p{at}@example.com>" for at in range(24)}


async def test_what_has_not_left_can_be_called_back(office: Office, smtp: SmtpDouble) -> None:
    ids = await _contacts(office, {}, {})
    async with office.house.as_person(office.ada) as work:
        one = work.registry.get("contact")
        made = await mailings.start(work, office.queue, one, ids, "", subject="Hi", body="x", mailbox=office.mailbox)
        mails = await work.find(WRITTEN, mailing=made.id)
        assert await mailings.call_back_all(work, made.id) == 2
    assert [await office.send(mail.id) for mail in mails] == ["", ""]
    assert smtp.received == []


async def test_too_many_and_nobody_are_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = await _contacts(office, {}, {"do_not_email": True})
    async with office.house.as_person(office.ada) as work:
        one = work.registry.get("contact")
        with pytest.raises(Invalid) as nobody:
            await mailings.start(work, office.queue, one, ids[1:], "", subject="Hi", body="x", mailbox=office.mailbox)
        assert nobody.value.code == "nobody"
        monkeypatch.setattr(mailings, "MOST", 1)
        with pytest.raises(Invalid) as many:
            await mailings.plan(work, one, ids, "", "Hi", "x")
    assert many.value.code == "too_many"


def _raw(message_id: str, more: str, body: str = "x") -> bytes:
    return (
        f"From: Anna <anna@example.com>\r\nTo: ada@relata.example.com\r\nSubject: Re: Offer\r\n"
        f"Message-ID: <{message_id}>\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n{more}\r\n\r\n{body}\r\n"
    ).encode()


async def _arrives(office: Office, raw: bytes, direction: str = "in") -> None:
    async with office.house.system() as work:
        (key,) = await store(work, await work.get("mailbox", office.mailbox), [Arrived(read(raw), direction)])
        assert key is not None
        await note_followup(work, Change(0, 0, "email", key, "created", work.clock.now, None, "sync", {}, {}, {}))


async def test_an_answer_and_a_report_are_noted_on_the_mail(office: Office, smtp: SmtpDouble) -> None:
    answered, bounced = await office.post(), await office.post(to_addresses="gone@example.com", subject="Second")
    await office.send(answered)
    await office.send(bounced)
    first, second = (await office.mail(answered))["message_id"], (await office.mail(bounced))["message_id"]
    await _arrives(office, _raw("r1@x", f"In-Reply-To: <{first}>\r\nReferences: <{first}>"))
    report = (
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
        "Auto-Submitted: auto-replied"
    )
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nUnknown user\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; gone@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 unknown user\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: <{second}>\r\nSubject: Second\r\n\r\nx\r\n--b--"
    )
    await _arrives(office, _raw("b1@x", report, body))
    assert (await office.mail(answered))["replied_at"] is not None
    came_back = await office.mail(bounced)
    assert came_back["state"] == "bounced"
    assert "gone@example.com" in came_back["problem"] and "550 unknown user" in came_back["problem"]
    async with office.house.system() as work:
        assert await told_of_bounce(work, bounced, office.ports.tell)
        stopped = [one["address"] for one in await work.find("mail_stop")]
    assert office.told == ["“Second” came back. Not to gone@example.com: 550 unknown user"]
    assert stopped == ["gone@example.com"]


async def test_a_report_about_somebody_else_or_a_full_mailbox_stops_nobody(office: Office, smtp: SmtpDouble) -> None:
    key = await office.post(to_addresses="full@example.com, anna@example.com")
    await office.send(key)
    message_id = (await office.mail(key))["message_id"]
    for number, (address, status) in enumerate([("boss@example.com", "5.1.1"), ("full@example.com", "5.2.2")]):
        headers = (
            "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
            f"Auto-Submitted: auto-replied\r\nReferences: <{message_id}>"
        )
        body = (
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
            f"Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: {status}\r\n\r\n--b--"
        )
        await _arrives(office, _raw(f"f{number}@x", headers, body))
    mail = await office.mail(key)
    async with office.house.system() as work:
        stopped = await work.find("mail_stop")
    assert (mail["state"], mail["bounced_addresses"], stopped) == ("bounced", "full@example.com", [])


async def test_an_uncertain_mail_that_lies_in_the_sent_folder_was_sent(office: Office, smtp: SmtpDouble) -> None:
    smtp.ending = lambda number: None
    key = await office.post()
    assert await office.send(key) == "uncertain"
    message_id = (await office.mail(key))["message_id"]
    async with office.house.system() as work:  # our own record of it is not proof
        for each in await work.find("email", message_id=message_id):
            await note_followup(work, Change(0, 0, "email", each.id, "created", work.clock.now, None, "x", {}, {}, {}))
    assert (await office.mail(key))["state"] == "uncertain"
    async with office.house.system() as work:
        await settle_uncertain(work)  # not on its server yet
    assert (await office.mail(key))["state"] == "uncertain"
    async with office.house.system() as work:
        folder, email = new_id(), (await work.find("email", message_id=message_id))[0].id
        await work.unit.connection.execute(
            f"insert into {quoted(work.context.schema)}._mail_message (folder, uid, state, email)"
            " values (%s, 1, 's', %s)",
            (folder, email),
        )
        await settle_uncertain(work)
    assert (await office.mail(key))["state"] == "sent"


async def test_who_unsubscribes_is_left_out_of_the_next(office: Office) -> None:
    (key,) = await _contacts(office, {})
    async with office.house.as_person(office.ada) as work:
        one = work.registry.get("contact")
        made = await mailings.start(work, office.queue, one, [key], "", subject="Hi", body="x", mailbox=office.mailbox)
        (mail,) = await work.find(WRITTEN, mailing=made.id)
    async with office.house.system() as work:
        await stop_address(work, await work.get(WRITTEN, mail.id), "unsubscribed")
    async with office.house.as_person(office.ada) as work:
        again = await mailings.plan(work, one, [key], "", "Hi", "x")
    assert [each.reason for each in again.left_out] == ["stopped"]
