"""A mail leaves once or says that nobody knows: states, pauses, limits, servers that fall silent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.engine.messaging.mail.conftest import Office, SmtpDouble

from relata.engine.messaging.mail.outgoing import drafts
from relata.engine.messaging.mail.outgoing.answering import begin_answer
from relata.engine.messaging.mail.outgoing.claiming import claim
from relata.engine.messaging.mail.outgoing.objects import WRITTEN
from relata.engine.messaging.mail.outgoing.sending import no_stop
from relata.engine.messaging.mail.parsing.message import read
from relata.engine.messaging.mail.storing import Arrived, store
from relata.engine.workspace.record import Record
from relata.foundation.errors import Conflict, Invalid, NotFound


async def test_a_mail_arrives_whole_and_lies_in_its_mailbox(office: Office, smtp: SmtpDouble) -> None:
    key = await office.post(cc_addresses="bob@example.com", bcc_addresses="eve@example.com")
    assert await office.send(key) == "sent"
    (mail,) = smtp.mails
    assert mail["From"] == "Ada Lovelace <ada@relata.example.com>"
    assert (mail["To"], mail["Cc"], mail["Bcc"]) == ("Anna Muster <anna@example.com>", "bob@example.com", None)
    assert [line[8:] for line in smtp.commands if line.startswith("rcpt")] == [
        "<anna@example.com>", "<bob@example.com>", "<eve@example.com>",
    ]  # fmt: skip
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == ["Hello Anna,", "", "here it is.", "", "-- ", "Ada", "Relata"]
    assert "<strong>Anna</strong>" in html.get_content()
    sent = await office.mail(key)
    async with office.house.as_person(office.ada) as work:
        email = await work.get("email", sent["email"])
    assert (email["state"], email["direction"], email["message_id"]) == ("sent", "out", sent["message_id"])
    assert mail["Message-ID"] == f"<{sent['message_id']}>"


async def test_it_goes_out_once_however_often_the_job_runs(office: Office, smtp: SmtpDouble) -> None:
    key = await office.post()
    assert [await office.send(key) for _each in range(3)] == ["sent", "", ""]
    assert len(smtp.received) == 1


async def test_it_can_be_called_back_until_its_pause_is_over(office: Office, smtp: SmtpDouble) -> None:
    key = await office.write()
    async with office.house.as_person(office.ada) as work:
        held = await drafts.send(work, office.queue, key)
        assert held["send_at"] - work.clock.now <= drafts.HOLD
    assert await office.send(key) == ""  # not yet
    async with office.house.as_person(office.ada) as work:
        assert (await drafts.call_back(work, key))["state"] == "draft"
    assert await office.send(key) == ""
    await office.post()
    other = await office.post()
    await office.send(other)
    async with office.house.as_person(office.ada) as work:
        with pytest.raises(Conflict):
            await drafts.call_back(work, other)
    assert len(smtp.received) == 1


async def test_a_server_that_falls_silent_after_the_mail_leaves_it_uncertain(office: Office, smtp: SmtpDouble) -> None:
    smtp.ending = lambda number: None
    key = await office.post()
    assert await office.send(key) == "uncertain"
    assert await office.send(key) == ""
    assert len(smtp.received) == 1
    assert len(office.told) == 1
    assert (await office.mail(key))["remedy"]


async def test_a_server_that_is_busy_is_asked_again(office: Office, smtp: SmtpDouble) -> None:
    smtp.answers = {"RCPT": "451 later"}
    key = await office.post()
    assert await office.send(key) == "queued"
    waiting = await office.mail(key)
    assert waiting["send_at"] is not None
    smtp.answers = {}
    await office.due(key)
    assert await office.send(key) == "sent"


@pytest.mark.parametrize(
    ("answers", "ending"),
    [({"RCPT": "550 unknown user"}, "250 ok"), ({"AUTH": "535 no"}, "250 ok"), ({}, "554 looks like spam")],
)
async def test_what_is_refused_for_good_is_not_tried_again(
    office: Office, smtp: SmtpDouble, answers: dict[str, str | None], ending: str
) -> None:
    smtp.answers, smtp.ending = answers, lambda number: ending
    key = await office.post()
    assert await office.send(key) == "failed"
    failed = await office.mail(key)
    assert failed["problem"] and failed["remedy"]
    assert failed["email"] is None


async def test_one_refused_recipient_does_not_keep_it_from_the_others(office: Office, smtp: SmtpDouble) -> None:
    smtp.answers = {"rcpt to:<gone@example.com>": "550 gone"}
    key = await office.post(cc_addresses="gone@example.com")
    assert await office.send(key) == "sent"
    assert "gone@example.com" in (await office.mail(key))["problem"]


@pytest.mark.parametrize("handed", [False, True])
async def test_a_worker_that_died_leaves_a_true_answer(office: Office, smtp: SmtpDouble, handed: bool) -> None:
    key = await office.post()
    async with office.house.system() as work:
        taken = await claim(work, key, no_stop)
        assert taken is not None
        if handed:
            await work.change((WRITTEN, key), {"handed_at": work.clock.now})
    await office.send(key)
    assert (await office.mail(key))["state"] == ("uncertain" if handed else "sent")
    assert len(smtp.received) == (0 if handed else 1)


async def test_the_limit_of_a_day_holds(office: Office, smtp: SmtpDouble) -> None:
    async with office.house.as_person(office.ada) as work:
        await work.change(("mailbox", office.mailbox), {"daily_limit": 2})
    keys = [await office.post() for _each in range(3)]
    assert [await office.send(key) for key in keys] == ["sent", "sent", ""]
    late = await office.mail(keys[2])
    assert late["state"] == "queued" and late["problem"]


async def test_what_is_missing_is_said_at_its_field(office: Office) -> None:
    key = await office.write(to_addresses="nobody", subject="", body="Dear {{ record.name }}")
    async with office.house.as_person(office.ada) as work:
        with pytest.raises(Invalid) as refused:
            await drafts.send(work, office.queue, key)
    assert {one.field for one in refused.value.problems} == {"to_addresses", "subject", "body"}


async def test_nobody_writes_from_anothers_mailbox_or_reads_anothers_draft(office: Office) -> None:
    key = await office.write()
    bob = await office.house.person("Bob Other")
    async with office.house.as_person(bob) as work:
        with pytest.raises(NotFound):
            await work.get(WRITTEN, key)
        with pytest.raises(NotFound):
            await drafts.save(work, key, {"mailbox": office.mailbox})


async def test_headers_cant_be_written_through_subjects_and_names(office: Office, smtp: SmtpDouble) -> None:
    key = await office.post(to_addresses='"Anna\r\nBcc: x" <anna@example.com>', subject="Hi\nX-Evil: 1")
    assert await office.send(key) == "sent"
    assert smtp.mails[0]["X-Evil"] is None
    assert [line for line in smtp.commands if line.startswith("rcpt")] == ["rcpt TO:<anna@example.com>"]


ASKED = (
    b"From: Anna <anna@example.com>\r\nTo: ada@relata.example.com, Bob <bob@example.com>\r\nSubject: Re: Ask\r\n"
    b"Message-ID: <q@x>\r\nReferences: <p@x>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\n\r\nHow much?\r\n"
)


async def _asked(office: Office) -> Record:
    async with office.house.system() as work:
        mailbox = await work.get("mailbox", office.mailbox)
        (key,) = await store(work, mailbox, [Arrived(read(ASKED), "in")])
        assert key is not None
        return await work.get("email", key)


async def test_an_answer_stays_in_its_conversation(office: Office, smtp: SmtpDouble) -> None:
    first = await _asked(office)
    async with office.house.as_person(office.ada) as work:
        begun = await begin_answer(work, first.id, "reply_all")
    assert (begun["subject"], begun["to_addresses"]) == ("Re: Ask", "Anna <anna@example.com>")
    assert begun["cc_addresses"] == "Bob <bob@example.com>"
    key = await office.post(**begun, body="Ten.")
    assert await office.send(key) == "sent"
    (mail,) = smtp.mails
    assert (mail["In-Reply-To"], mail["References"]) == ("<q@x>", "<p@x> <q@x>")
    body = mail.get_body(("plain",))
    assert body is not None
    assert "> How much?" in body.get_content()
    async with office.house.as_person(office.ada) as work:
        answer = await work.get("email", (await office.mail(key))["email"])
    assert answer["thread"] == first["thread"]
    assert (answer["text"] or "").strip() == "Ten."


async def test_two_workers_send_it_once(office: Office, smtp: SmtpDouble) -> None:
    key = await office.post()
    slow = office.ports.transport

    class Twice:
        async def send(self, login, envelope, before):  # type: ignore[no-untyped-def]
            async with office.house.system() as work:  # meanwhile somebody thinks that this worker is dead
                mail = await work.get(WRITTEN, key)
                await work.change(mail, {"attempt": mail["attempt"] + 1})
            return await slow.send(login, envelope, before)

        async def test(self, login):  # type: ignore[no-untyped-def]
            return None

    office.ports = replace(office.ports, transport=Twice())
    assert await office.send(key) == ""
    assert smtp.received == []
