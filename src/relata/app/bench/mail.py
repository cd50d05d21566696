"""Mail: how fast a mailbox is read for the first time, with everything that follows but the network."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from relata.app.assembly import MAIN
from relata.app.bench.bench import Bench
from relata.app.bench.figures import Figure, at_least, at_most
from relata.engine.messaging.mail.ground import MailGround
from relata.engine.messaging.mail.parsing.message import read
from relata.engine.messaging.mail.servers import Account, Fetched, FolderThere, Opened
from relata.engine.messaging.mail.syncing import sync
from relata.engine.workspace.workspace import Workspace

_MESSAGES = 4000
_BEGAN = datetime(2024, 1, 1, 8, tzinfo=UTC)
_WORDS = "Thank you for the offer. We would like the larger machine, delivered in March, with the usual terms. " * 6


class _Memory:
    """A server whose one folder lies in memory."""

    def __init__(self, raws: Sequence[bytes]) -> None:
        self._raws = raws

    @contextlib.asynccontextmanager
    async def connect(self, account: Account) -> AsyncIterator[_Memory]:
        yield self

    async def folders(self) -> list[FolderThere]:
        return [FolderThere("INBOX", "inbox")]

    async def open(self, folder: str) -> Opened:
        return Opened(1, len(self._raws))

    async def uids(self, *, since: date | None = None, before: date | None = None) -> list[int]:
        return list(range(1, len(self._raws) + 1))

    async def sizes(self, uids: Sequence[int]) -> dict[int, tuple[int, bool]]:
        return {uid: (len(self._raws[uid - 1]), True) for uid in uids}

    async def fetch(self, uids: Sequence[int]) -> list[Fetched]:
        return [Fetched(uid, self._raws[uid - 1], True, _BEGAN + timedelta(minutes=uid)) for uid in uids]

    async def can_wait(self) -> bool:
        return False

    async def wait(self, seconds: float) -> bool:
        return False

    async def append(self, folder: str, raw: bytes, *, at: datetime) -> None:
        raise NotImplementedError("nothing is written to a mailbox that is only read")


async def measure(bench: Bench) -> list[Figure]:
    """Messages a second into an empty mailbox, and what one look at an unchanged one costs."""
    people = await bench.house.door.run(MAIN, None, _addresses, read_only=True)
    raws = [_letter(number, people[number % len(people)]) for number in range(_MESSAGES)]
    began = time.perf_counter()
    for raw in raws[:1000]:
        read(raw)
    parsing = 1000 / (time.perf_counter() - began)
    ground = MailGround(bench.house.door, _Memory(raws), bench.house.files, _untold)
    mailbox = await bench.house.door.run(MAIN, bench.administrator.id, _connect, via="bench")
    began = time.perf_counter()
    while await sync(ground, MAIN, mailbox.id):
        pass
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    await sync(ground, MAIN, mailbox.id)
    again = time.perf_counter() - began
    stored = await bench.house.door.run(MAIN, None, lambda work: work.count("email"), read_only=True)
    filed = await bench.house.door.run(MAIN, None, lambda work: work.count("email_filing"), read_only=True)
    note = f"{stored} stored, {filed} filings; parsing alone {parsing:.0f}/s"
    return [
        at_least("Mail: first reading of a mailbox, one worker", _MESSAGES / seconds, "messages/s", 200, note=note),
        at_most("Mail: a look at an unchanged mailbox", again * 1000, "ms", 1000),
    ]


async def _addresses(work: Workspace) -> list[str]:
    found = await work.find("contact", "not empty(email)", limit=500)
    return [one["email"][0].value for one in found]


async def _connect(work: Workspace) -> Any:
    values = {"name": "Bench", "address": "bench@relata.example", "imap_host": "mail.relata.example", "password": "x"}
    return await work.create("mailbox", values)


async def _untold(*_said: Any) -> None:
    return None


def _letter(number: int, sender: str) -> bytes:
    """Text and HTML; every third answers the one before, every tenth has a file."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Somebody <{sender}>", "bench@relata.example"
    mail["Subject"] = f"{'Re: ' if number % 3 else ''}Order {number // 3}"
    mail["Message-ID"] = f"<{number}@bench.example>"
    if number % 3:
        mail["References"] = f"<{number // 3 * 3}@bench.example>"
    mail["Date"] = _BEGAN + timedelta(minutes=number)
    quoted = (
        f"\n\nOn Mon, Jan 1, 2024 at 8:00 AM, Bench <bench@relata.example> wrote:\n> {_WORDS}" if number % 3 else ""
    )
    mail.set_content(f"Hello {number},\n\n{_WORDS}\n\nKind regards\nSomebody{quoted}\n")
    mail.add_alternative(f"<p>Hello {number},</p><p>{_WORDS}</p><p>Kind regards<br>Somebody</p>", subtype="html")
    if number % 10 == 0:
        content = f"%PDF-1.4 {number}".encode() * 500
        mail.add_attachment(content, maintype="application", subtype="pdf", filename="order.pdf")
    return mail.as_bytes()
