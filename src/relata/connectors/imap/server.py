"""IMAP as the port wants it. The library blocks, so each call runs in a thread of its own; a connection does one thing
at a time."""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from imapclient import SEEN
from imapclient.exceptions import IMAPClientError, LoginError

from relata.connectors.imap.connecting import Client
from relata.engine.fetching.addresses import Network, Resolve, checked, is_allowed, system_resolve
from relata.engine.messaging.mail.servers import REFUSED, THROTTLED, UNREACHABLE, Account, Fetched, FolderThere, Opened
from relata.foundation.errors import Invalid, Unavailable
from relata.foundation.i18n import later

T = TypeVar("T")

_ROLES = {
    b"\\Sent": "sent", b"\\Archive": "archive", b"\\Drafts": "drafts", b"\\Junk": "junk", b"\\Trash": "trash",
    b"\\All": "all", b"\\Flagged": "other", b"\\Important": "other",
}  # fmt: skip
#: What folders are called on servers that do not say what they are for.
_NAMES = {
    "sent": "sent", "sent items": "sent", "sent mail": "sent", "gesendet": "sent", "gesendete objekte": "sent",
    "drafts": "drafts", "entwürfe": "drafts", "junk": "junk", "spam": "junk", "junk e-mail": "junk", "trash": "trash",
    "deleted items": "trash", "papierkorb": "trash", "archive": "archive", "archiv": "archive",
}  # fmt: skip
_BUSY = ("throttl", "too many", "limit", "try again", "overquota", "unavailable", "inuse", "in use", "bandwidth")
#: Days of a search are counted by the server; so many uids are asked about at once.
_ASKED_AT_ONCE = 1000
#: Connections that wait keep a thread each, so they have their own, and never stand in the way of work.
_WAITING = ThreadPoolExecutor(100, thread_name_prefix="imap-idle")


class ImapServers:
    """Connects to servers of the network. allow: see `fetching.addresses`; plain: whether one may speak without
    encryption to a public server. tls: for tests."""

    def __init__(
        self, allow: Sequence[Network] = (), *, plain: bool = False, resolve: Resolve = system_resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        self._allow, self._plain, self._resolve = allow, plain, resolve
        self._tls = tls

    @contextlib.asynccontextmanager
    async def connect(self, account: Account) -> AsyncIterator[ImapServer]:
        """Signed in for the time of the block."""
        addresses = await checked(account.host, account.port, self._allow, self._resolve)
        if account.security == "none" and not self._plain and any(is_allowed(one) for one in addresses):
            raise Invalid(
                later("Without encryption everybody on the way could read the password."),
                code="mail_plain", field="imap_security", hint=later("Choose TLS or STARTTLS."),
            )  # fmt: skip
        tls = self._tls if self._tls is not None else await asyncio.to_thread(_public_tls)
        client = await _threaded(lambda: Client(account, [str(one) for one in addresses], tls))
        try:
            await _threaded(lambda: _sign_in(client, account))
            yield ImapServer(client)
        finally:
            await asyncio.to_thread(_leave, client)


def _public_tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _sign_in(client: Client, account: Account) -> None:
    if account.sign_in == "oauth":
        client.oauth2_login(account.user, account.password)
    else:
        client.login(account.user, account.password)


def _leave(client: Client) -> None:
    with contextlib.suppress(Exception):  # the connection may be gone; nobody waits for a goodbye
        client.socket().settimeout(2)
        client.logout()
        return
    with contextlib.suppress(Exception):
        client.shutdown()


class ImapServer:
    """One connection."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._folder = ""

    async def folders(self) -> list[FolderThere]:
        """All that can be opened."""
        listed = await _threaded(self._client.list_folders)
        return [
            FolderThere(str(name), _role(flags, delimiter, str(name)))
            for flags, delimiter, name in listed
            if b"\\Noselect" not in flags and b"\\NonExistent" not in flags and len(str(name)) <= 500
        ]

    async def open(self, folder: str) -> Opened:
        """Read-only."""
        found = await _threaded(lambda: self._client.select_folder(folder, readonly=True))
        self._folder = folder
        return Opened(int(found.get(b"UIDVALIDITY", 0)), int(found.get(b"EXISTS", 0)))

    async def uids(self, *, since: date | None = None, before: date | None = None) -> list[int]:
        """In order."""
        what: list[Any] = ["SINCE", since] if since else ["BEFORE", before] if before else ["ALL"]
        return sorted(int(one) for one in await _threaded(lambda: self._client.search(what)))

    async def sizes(self, uids: Sequence[int]) -> dict[int, tuple[int, bool]]:
        """A thousand at once."""
        found: dict[int, tuple[int, bool]] = {}
        for at in range(0, len(uids), _ASKED_AT_ONCE):
            part = list(uids[at : at + _ASKED_AT_ONCE])
            answer = await _threaded(lambda part=part: self._client.fetch(part, ["RFC822.SIZE", "FLAGS"]))  # type: ignore[misc]
            for uid, data in answer.items():
                found[uid] = (int(data.get(b"RFC822.SIZE", 0)), SEEN in data.get(b"FLAGS", ()))
        return found

    async def fetch(self, uids: Sequence[int]) -> list[Fetched]:
        """All at once; where one breaks the answer, one by one, so that it alone is lost."""
        try:
            return await self._fetch(uids)
        except Unavailable:
            raise
        except Exception:
            # a hostile or broken message makes the parsers below raise whatever they like (imapclient, imaplib, email:
            # ValueError, IndexError, UnicodeError, ProtocolError, …); it alone must be put aside, not its folder
            if len(uids) == 1:
                return [Fetched(uids[0], None, False, None)]
        found = []
        for uid in uids:
            found += await self.fetch([uid])
        return found

    async def _fetch(self, uids: Sequence[int]) -> list[Fetched]:
        wanted = ["FLAGS", "INTERNALDATE", "BODY.PEEK[]"]
        answer = await _threaded(lambda: self._client.fetch(list(uids), wanted), strict=False)
        return [
            Fetched(uid, data[b"BODY[]"], SEEN in data.get(b"FLAGS", ()), _aware(data.get(b"INTERNALDATE")))
            for uid, data in answer.items()
            if uid in set(uids) and isinstance(data.get(b"BODY[]"), bytes)
        ]

    async def can_wait(self) -> bool:
        """By IDLE (RFC 2177)."""
        return await _threaded(lambda: bool(self._client.has_capability("IDLE")))

    async def wait(self, seconds: float) -> bool:
        """In a thread of those that only wait."""
        return await _threaded(lambda: _idle(self._client, seconds), pool=_WAITING)

    async def append(self, folder: str, raw: bytes, *, at: datetime) -> None:
        """With the flag of a read message."""
        await _threaded(lambda: self._client.append(folder, raw, (SEEN,), at))


def _idle(client: Client, seconds: float) -> bool:
    client.idle()
    heard: list[Any] = []
    try:
        heard += client.idle_check(timeout=seconds)
    finally:
        heard += client.idle_done()[1]  # what came between the last look and the goodbye
    return any(len(one) > 1 and one[1] in (b"EXISTS", b"EXPUNGE", b"FETCH") for one in heard)


def _role(flags: Sequence[bytes], delimiter: bytes | None, name: str) -> str:
    if name.upper() == "INBOX":
        return "inbox"
    for flag in flags:
        if flag in _ROLES:
            return _ROLES[flag] if _ROLES[flag] != "all" else "other"
    last = name.rpartition((delimiter or b"/").decode("ascii", "replace"))[2].lower()
    return _NAMES.get(last, "other")


def _aware(moment: Any) -> datetime | None:
    """The library gives the local time of this machine, without saying so."""
    if not isinstance(moment, datetime):
        return None
    try:
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


async def _threaded(call: Callable[[], T], *, strict: bool = True, pool: Executor | None = None) -> T:
    """The call in a thread, its failures in our words: none of the server's, which may hold anything. strict: also what
    the library could not understand is a failure of the server."""
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, call)
    except LoginError:
        raise Unavailable(
            later("The server refuses the user or the password."), code=REFUSED,
            hint=later("Check them; many providers want a password of its own for each application."),
        ) from None  # fmt: skip
    except ssl.SSLError:
        raise Unavailable(
            later("The server's certificate is not valid, or it does not speak TLS there."), code=UNREACHABLE,
            hint=later("Check server, port and encryption."),
        ) from None  # fmt: skip
    except (IMAPClientError, imaplib.IMAP4.error) as error:
        if any(word in str(error).lower() for word in _BUSY):
            raise Unavailable(
                later("The server asks to wait."), code=THROTTLED, hint=later("It is tried again by itself.")
            ) from None
        if isinstance(error, imaplib.IMAP4.abort) or strict:
            raise Unavailable(
                later("The server broke off."), code=UNREACHABLE, hint=later("It is tried again by itself.")
            ) from None
        raise
    except (OSError, EOFError):
        raise Unavailable(
            later("The server does not answer."),
            code=UNREACHABLE,
            hint=later("Check server and port, or try again later."),
        ) from None
