"""The port through which a mailbox's mail leaves: its own server, with its own name and password."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

#: Called when the server is ready to take the mail, just before the first byte of it: what raises here stops it.
BeforeHanding = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Login:
    """A mailbox's server. security: tls, starttls or none. method: password or oauth."""

    host: str
    port: int
    security: str
    user: str
    secret: str = field(repr=False)
    method: str = "password"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A mail as it travels: from whom, to whom, and its bytes."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class Handed:
    """The server has taken it. refused: recipients that it did not take, with what it said."""

    refused: tuple[tuple[str, str], ...] = ()


class MailboxTransport(Protocol):
    """Port: hands mails to the servers of mailboxes. Never called inside a transaction."""

    async def send(self, login: Login, envelope: Envelope, before: BeforeHanding) -> Handed:
        """Hand it over. Raises Denied where name or password are refused, Invalid where the mail or all recipients are
        refused for good, Unavailable when a later attempt may work, with the code `delivery_uncertain` when it may have
        gone out already."""

    async def test(self, login: Login) -> None:
        """Sign in and leave; raises like `send`."""
