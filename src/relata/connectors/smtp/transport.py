"""Hands one mail at a time to an SMTP server, in a thread: the standard library's client blocks."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

from relata.connectors.smtp.address import parse
from relata.engine.messaging.message import Message
from relata.foundation.errors import Invalid, RelataError, Unavailable

TIMEOUT_SECONDS = 20.0


class SmtpTransport:
    """A MailTransport. url: see `address.parse`."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._address = parse(url)
        self._timeout_seconds = timeout_seconds

    async def send(self, message: Message) -> None:
        """Deliver to the server. Errors as the port says; their text holds no password and no words of the server."""
        await asyncio.to_thread(self._send, compose(message, self._address.sender), message.to)

    def _send(self, mail: EmailMessage, to: str) -> None:
        try:
            with self._connected() as server:
                code, _ = server.mail(self._address.sender)
                if code != 250:
                    raise _later("The mail server refuses our sender address.", "Check `from` in RELATA_SMTP_URL.")
                _check_recipient(server.rcpt(to)[0])
                _hand_over(server, mail.as_bytes(policy=SMTP))
        except RelataError:
            raise
        except smtplib.SMTPAuthenticationError as error:
            raise _later("The mail server refuses our user or password.", "Check RELATA_SMTP_URL.") from error
        except (smtplib.SMTPException, OSError) as error:
            raise _later("The mail server does not answer.", "Check RELATA_SMTP_URL and the server.") from error

    def _connected(self) -> smtplib.SMTP:
        """Greeted, encrypted as asked, signed in."""
        one = self._address
        secure = ssl.create_default_context()
        server: smtplib.SMTP
        if one.security == "tls":
            server = smtplib.SMTP_SSL(one.host, one.port, timeout=self._timeout_seconds, context=secure)
        else:
            server = smtplib.SMTP(one.host, one.port, timeout=self._timeout_seconds)
        try:
            if one.security == "starttls":
                server.starttls(context=secure)
            server.ehlo_or_helo_if_needed()
            if one.user:
                server.login(one.user, one.password)
        except BaseException:
            server.close()
            raise
        return server


def compose(message: Message, sender: str) -> EmailMessage:
    """The mail in MIME: text, with HTML beside it if there is any, and its files."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{message.key}@{sender.rpartition('@')[2].strip('> ')}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html")
    if message.calendar is not None:
        mail.add_alternative(message.calendar, subtype="calendar", params={"method": message.method})
    for one in message.attachments:
        kind, _slash, subtype = one.kind.partition("/")
        mail.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one.name)
    return mail


def _check_recipient(code: int) -> None:
    if 500 <= code < 600:
        raise Invalid("The mail server refuses this address.", code="recipient_refused", field="to")
    if code not in (250, 251):
        raise _later("The mail server does not take mail for this address at the moment.", "It is tried again.")


def _hand_over(server: smtplib.SMTP, mail: bytes) -> None:
    """From here on a lost connection leaves open whether the mail went out: it must not simply be repeated."""
    try:
        code, _ = server.data(mail)
    except smtplib.SMTPDataError as error:
        raise _later("The mail server does not take mail at the moment.", "It is tried again.") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable(
            "The mail server fell silent while it took the mail.",
            code="delivery_uncertain",
            hint="Ask the recipient before sending it again.",
        ) from error
    if code != 250:
        refused = "The mail server refuses this mail."
        raise Invalid(refused, code="mail_refused") if code >= 500 else _later(refused, "It is tried again.")


def _later(message: str, hint: str) -> Unavailable:
    return Unavailable(message, code="mail_unavailable", hint=hint)
