"""Hands mails to the servers that people name for their mailboxes: only to addresses that may be reached, each checked
and the connection pinned to it."""

from __future__ import annotations

import asyncio
import base64
import functools
import smtplib
import socket
import ssl
from collections.abc import Sequence

from relata.engine.fetching.addresses import Address, Network, Resolve, checked, system_resolve
from relata.engine.messaging.mail.outgoing.wire import BeforeHanding, Envelope, Handed, Login
from relata.foundation.errors import Denied, Invalid, RelataError, Unavailable

TIMEOUT_SECONDS = 30.0
#: Where mail servers listen; anything else would be a way to speak to other services, but for an operator's networks.
PORTS = (25, 465, 587, 2525)


class MailboxSender:
    """A MailboxTransport. allow: networks that are not public and may be reached all the same. tls: whom to believe;
    the public authorities when None."""

    def __init__(
        self, allow: Sequence[Network] = (), *, resolve: Resolve = system_resolve,
        tls: ssl.SSLContext | None = None, timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:  # fmt: skip
        self._allow = allow
        self._resolve = resolve
        self._tls = tls
        self._timeout_seconds = timeout_seconds

    async def send(self, login: Login, envelope: Envelope, before: BeforeHanding) -> Handed:
        """See the port. `before` runs when sender and at least one recipient are accepted."""
        server = await self._open(login)
        try:
            refused = await asyncio.to_thread(_address, server, envelope)
            await before()
            await asyncio.to_thread(_hand_over, server, envelope.content)
        finally:
            await asyncio.to_thread(_leave, server)
        return Handed(refused)

    async def test(self, login: Login) -> None:
        """Sign in and leave."""
        await asyncio.to_thread(_leave, await self._open(login))

    async def _open(self, login: Login) -> smtplib.SMTP:
        addresses = await checked(login.host, login.port, self._allow, self._resolve)
        if login.port not in PORTS and not all(_is_ours(one, self._allow) for one in addresses):
            ports = ", ".join(map(str, PORTS))
            raise Invalid("This is no port of a mail server.", code="mail_port", hint=f"Use one of {ports}.")
        return await asyncio.to_thread(self._connected, login, addresses)

    def _connected(self, login: Login, addresses: Sequence[Address]) -> smtplib.SMTP:
        """Greeted, encrypted as asked, signed in."""
        tls = self._tls or ssl.create_default_context()
        server: _Pinned | _PinnedTls | None = None
        try:
            if login.security == "tls":
                server = _PinnedTls(login.host, addresses, self._timeout_seconds, tls)
            else:
                server = _Pinned(login.host, addresses, self._timeout_seconds)
            code, answer = server.connect(login.host, login.port)
            _check(code, "The mail server lets nobody in.", "mail_unavailable", answer)
            if login.security == "starttls":
                server.starttls(context=tls)
            server.ehlo_or_helo_if_needed()
            if login.user:
                _sign_in(server, login)
            return server
        except RelataError:
            _leave(server)
            raise
        except smtplib.SMTPAuthenticationError as error:
            _leave(server)
            if 400 <= error.smtp_code < 500:
                raise _later("The mail server lets nobody in at the moment.") from None
            raise Denied(
                "The mail server refuses the user or the password.", code="mail_sign_in",
                hint="Check them in the settings of the mailbox.",
            ) from None  # fmt: skip
        except ssl.SSLError:
            _leave(server)
            raise _later(
                "The mail server's encryption can't be trusted.",
                "Check the server's name, its port and the encryption.",
            ) from None
        except smtplib.SMTPNotSupportedError:
            _leave(server)
            raise Invalid(
                "The mail server does not offer this encryption or sign-in.", code="mail_unsupported",
                hint="Choose another encryption in the settings of the mailbox.",
            ) from None  # fmt: skip
        except (smtplib.SMTPException, OSError):
            _leave(server)
            raise _later("The mail server does not answer.") from None


def _is_ours(address: Address, allow: Sequence[Network]) -> bool:
    return any(address in network for network in allow if network.version == address.version)


class _Pinned(smtplib.SMTP):
    """Connects to the addresses that were checked, whatever the name means by now."""

    def __init__(self, host: str, addresses: Sequence[Address], seconds: float) -> None:
        self._addresses = addresses
        super().__init__(local_hostname=_own_name(), timeout=seconds)
        self._host = host  # for the certificate's name

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return _first(self._addresses, port, timeout)


class _PinnedTls(smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""

    def __init__(self, host: str, addresses: Sequence[Address], seconds: float, tls: ssl.SSLContext) -> None:
        self._addresses = addresses
        super().__init__(local_hostname=_own_name(), timeout=seconds, context=tls)
        self._host = host

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.context.wrap_socket(_first(self._addresses, port, timeout), server_hostname=host)


@functools.cache
def _own_name() -> str:
    """How this machine greets; asked once, since it may take seconds."""
    name = socket.getfqdn()
    return name if "." in name and name.isascii() else "[127.0.0.1]"


def _first(addresses: Sequence[Address], port: int, timeout: float) -> socket.socket:
    """A connection to the first address that answers."""
    failure: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((str(address), port), timeout)
        except OSError as error:
            failure = error
    raise failure or OSError("no address")


def _sign_in(server: smtplib.SMTP, login: Login) -> None:
    if login.method != "oauth":
        server.login(login.user, login.secret)
        return
    told = base64.b64encode(f"user={login.user}\1auth=Bearer {login.secret}\1\1".encode()).decode()
    code, answer = server.docmd("AUTH", f"XOAUTH2 {told}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)


def _address(server: smtplib.SMTP, envelope: Envelope) -> tuple[tuple[str, str], ...]:
    """Tell from whom and to whom; the recipients that are refused. Raises where none is left."""
    wide = not all(text.isascii() for text in (envelope.sender, *envelope.recipients))
    options = ["SMTPUTF8", "BODY=8BITMIME"] if wide and server.has_extn("smtputf8") else []
    try:
        code, answer = server.mail(envelope.sender, options)
        _check(code, "The mail server refuses this sender.", "mail_sender_refused", answer)
        refused, later = [], 0
        for one in envelope.recipients:
            code, answer = server.rcpt(one)
            if code not in (250, 251):
                refused.append((one, _words(answer)))
                later += code < 500
    except RelataError:
        raise
    except (smtplib.SMTPException, OSError, UnicodeError):
        raise _later("The mail server fell silent.") from None
    if len(refused) == len(envelope.recipients):
        if later:
            raise _later("The mail server does not take mail for this address at the moment.")
        words = f" It says: {refused[0][1]}" if refused[0][1] else ""
        raise Invalid(f"The mail server refuses this address.{words}", code="recipient_refused", field="to_addresses")
    return tuple(refused)


def _hand_over(server: smtplib.SMTP, content: bytes) -> None:
    """From the server's go-ahead on, a lost connection leaves open whether the mail went out."""
    try:
        code, answer = server.docmd("DATA")
    except (smtplib.SMTPException, OSError):
        raise _later("The mail server fell silent.") from None
    if code != 354:
        _check(code if code >= 400 else 451, "The mail server does not take this mail.", "mail_refused", answer)
    try:
        server.send(_dotted(content))
        code, answer = server.getreply()
    except (smtplib.SMTPException, OSError):
        raise Unavailable(
            "The mail server fell silent while it took the mail.", code="delivery_uncertain",
            hint="Ask the recipient, or look into the folder of sent mail, before sending it again.",
        ) from None  # fmt: skip
    _check(code, "The mail server refuses this mail.", "mail_refused", answer)


def _dotted(content: bytes) -> bytes:
    """The mail as RFC 5321, 4.5.2 wants it: points at the beginning of lines doubled, and a line with one at the
    end."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"


def _check(code: int, message: str, name: str, answer: bytes | str) -> None:
    if 200 <= code < 300:
        return
    words = _words(answer)
    said = f"{message} It says: {words}" if words else message
    raise Invalid(said, code=name) if code >= 500 else _later(said)


def _words(answer: bytes | str) -> str:
    """What a server said, as one short line."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))[:160]


def _leave(server: smtplib.SMTP | None) -> None:
    if server is None:
        return
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()


def _later(message: str, hint: str = "It is tried again.") -> Unavailable:
    return Unavailable(message, code="mail_unavailable", hint=hint)
