"""The port to servers that keep mail. A connector fills it; the engine asks it and believes nothing that it says."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from relata.engine.workspace.record import Record
from relata.engine.workspace.secret_fields import reveal
from relata.foundation.errors import Unavailable

#: Codes of Unavailable: the sign-in is refused, nobody answers, the server asks to wait.
REFUSED, UNREACHABLE, THROTTLED = "mail_sign_in_refused", "mail_server_away", "mail_server_busy"


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """How a server is reached and who signs in. security: tls, starttls or none. sign_in: password or oauth."""

    host: str
    port: int
    security: str
    user: str
    password: str
    sign_in: str = "password"


@dataclass(frozen=True, slots=True)
class FolderThere:
    """A folder on the server. role: inbox, sent, archive, drafts, junk, trash or other."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Opened:
    """An open folder. uidvalidity: another number means that all uids are new."""

    uidvalidity: int
    messages: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message. raw: None where the server could not give it."""

    uid: int
    raw: bytes | None
    is_seen: bool
    received_at: datetime | None


class MailServer(Protocol):
    """A signed-in connection. Every call raises Unavailable with one of the codes above."""

    async def folders(self) -> list[FolderThere]:
        """Those that can be opened."""

    async def open(self, folder: str) -> Opened:
        """Look into a folder without changing anything there."""

    async def uids(self, *, since: date | None = None, before: date | None = None) -> list[int]:
        """Of the messages in the open folder, in order; since, before: by the day on which the server got them."""

    async def sizes(self, uids: Sequence[int]) -> dict[int, tuple[int, bool]]:
        """Bytes, and whether somebody has read it, by uid."""

    async def fetch(self, uids: Sequence[int]) -> list[Fetched]:
        """The messages, without marking them as read."""

    async def can_wait(self) -> bool:
        """Whether the server tells by itself that something happened."""

    async def wait(self, seconds: float) -> bool:
        """Whether something happened in the open folder within the time."""

    async def append(self, folder: str, raw: bytes, *, at: datetime) -> None:
        """Put a message into a folder, as read."""


class MailServers(Protocol):
    """What connects."""

    def connect(self, account: Account) -> AbstractAsyncContextManager[MailServer]:
        """A connection for the time of the block. Invalid for an address that may not be used, else
        Unavailable."""


def account_of(mailbox: Record) -> Account:
    """How the mailbox is read. Unavailable where that is not said."""
    password = reveal(mailbox, "password")
    if not mailbox["imap_host"] or not password:
        raise Unavailable("The mailbox has no server or no password yet.", code=REFUSED)
    return Account(
        mailbox["imap_host"],
        mailbox["imap_port"] or 993,
        mailbox["imap_security"] or "tls",
        mailbox["user_name"] or mailbox["address"],
        password,
        mailbox["sign_in"] or "password",
    )
