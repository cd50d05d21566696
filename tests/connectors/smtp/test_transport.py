"""Mail by SMTP, against a server on loopback that speaks as much of it as is needed."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from relata.connectors.smtp.address import parse
from relata.connectors.smtp.transport import SmtpTransport
from relata.engine.messaging.message import Message
from relata.foundation.errors import Invalid, RelataError, Unavailable

MESSAGE = Message("anna@example.com", "Grüße", "Hallo\n.\nEnde", "<p>Hallo</p>", key="k1")
Answers = dict[str, str | None]


class Server:
    """answers: what to say to a command instead of yes; None hangs up."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.commands: list[str] = []
        self.mails: list[bytes] = []
        self.port = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip():
            self.commands.append(line)
            verb = line.split()[0].upper()
            usual = {"DATA": "354 go on", "QUIT": "221 bye", "EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": "235 in"}
            answer = self._answers.get(verb, usual.get(verb, "250 ok"))
            if answer is None:
                break
            writer.write(answer.encode() + b"\r\n")
            if verb == "DATA" and answer.startswith("354"):
                self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
                after = self._answers.get("end", "250 taken")
                if after is None:
                    break
                writer.write(after.encode() + b"\r\n")
            if verb == "QUIT":
                break
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def serving(answers: Answers | None = None) -> AsyncIterator[Server]:
    """A server on a free port."""
    server = Server(answers or {})
    listening = await asyncio.start_server(server.talk, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server


def transport(server: Server, user: str = "") -> SmtpTransport:
    """Set up as one would by the setting."""
    return SmtpTransport(f"smtp://{user}127.0.0.1:{server.port}?from=crm@example.com", timeout_seconds=5)


async def test_a_mail_arrives_whole() -> None:
    async with serving() as server:
        await transport(server).send(MESSAGE)
    assert "mail FROM:<crm@example.com>" in server.commands
    assert "rcpt TO:<anna@example.com>" in server.commands
    unstuffed = server.mails[0].removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
    mail = email.message_from_bytes(unstuffed, policy=email.policy.default)
    assert (mail["Subject"], mail["To"], mail["Message-ID"]) == ("Grüße", "anna@example.com", "<k1@example.com>")
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == ["Hallo", ".", "Ende"]
    assert html.get_content().strip() == "<p>Hallo</p>"


async def test_signs_in_where_a_user_is_given() -> None:
    async with serving() as server:
        await transport(server, "crm:p%40ss@").send(MESSAGE)
    assert "AUTH PLAIN AGNybQBwQHNz" in server.commands


@pytest.mark.parametrize(
    ("answers", "kind", "code"),
    [
        ({"RCPT": "550 nobody"}, Invalid, "recipient_refused"),
        ({"RCPT": "451 later"}, Unavailable, "mail_unavailable"),
        ({"MAIL": "550 not you"}, Unavailable, "mail_unavailable"),
        ({"EHLO": None, "HELO": None}, Unavailable, "mail_unavailable"),
        ({"DATA": "451 full"}, Unavailable, "mail_unavailable"),
        ({"end": "554 spam"}, Invalid, "mail_refused"),
        ({"end": None}, Unavailable, "delivery_uncertain"),
    ],
)
async def test_tells_whether_trying_again_helps(answers: Answers, kind: Callable[..., RelataError], code: str) -> None:
    async with serving(answers) as server:
        with pytest.raises(RelataError) as refused:
            await transport(server).send(MESSAGE)
    assert (type(refused.value), refused.value.code) == (kind, code)


async def test_never_says_the_password() -> None:
    async with serving({"AUTH": "535 wrong"}) as server:
        one = transport(server, "crm:hunter2hunter2@")
        with pytest.raises(Unavailable) as refused:
            await one.send(MESSAGE)
    assert "hunter2" not in str(refused.value) + str(refused.value.hint) + repr(vars(one))


async def test_does_not_go_on_without_the_encryption_that_was_asked_for() -> None:
    async with serving() as server:
        url = f"smtp://127.0.0.1:{server.port}?from=crm@example.com&tls=starttls"
        with pytest.raises(Unavailable):
            await SmtpTransport(url, timeout_seconds=5).send(MESSAGE)
    assert server.mails == []
    assert not any(command.startswith("mail") for command in server.commands)


def test_addresses_have_sensible_defaults() -> None:
    far, secure = parse("smtp://u:p%3A1@mail.example.com?from=a@b.c"), parse("smtps://mail.example.com?from=a@b.c")
    assert (far.security, far.port, far.password) == ("starttls", 587, "p:1")
    assert (secure.security, secure.port) == ("tls", 465)
    assert parse("smtp://localhost:25?from=a@b.c").security == "none"
    assert parse("smtp://10.0.0.1?from=a@b.c&tls=none").security == "none"
    assert parse("smtps://crm%40example.com:x@mail.example.com").sender == "crm@example.com"
    assert parse("smtps://mail.example.com").sender == "relata@mail.example.com"


@pytest.mark.parametrize(
    "url", ["", "http://x?from=a@b.c", "smtp://?from=a@b.c", "smtp://x?from=b", "smtp://x:y?from=a@b.c"]
)
def test_other_addresses_are_refused_with_an_example(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(url)
    assert "smtp://" in str(refused.value.hint)
